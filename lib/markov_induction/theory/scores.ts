/** @module How good predictions are, expected under the true law of the target, so that the noise of the target does not enter. */
import { expectedLoss, type Loss } from "../loss.ts";
import type { Predictions } from "./estimators.ts";

/** How good predictions are, expected under the true law of the target. */
export interface Score {
  /** Mean loss. */
  readonly loss: number;
  /** Its standard error over the sequences. */
  readonly lossStandardError: number;
  /** Mean probability of the predicted token (the first of the largest). */
  readonly accuracy: number;
  /** Its standard error over the sequences. */
  readonly accuracyStandardError: number;
  /** Mean total variation distance to the true law. */
  readonly totalVariation: number;
}

/** Scores predictions [count, d] against the true laws [count, d] of the same sequences. */
export function scoreOf(predictions: Predictions, laws: Predictions, d: number, loss: Loss): Score {
  if (predictions.length !== laws.length) {
    throw new RangeError(`${predictions.length} predicted probabilities for ${laws.length} true ones`);
  }
  const n = predictions.length / d;
  let [losses, squares, hits, hitSquares, distance] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const y = predictions.subarray(i * d, (i + 1) * d), law = laws.subarray(i * d, (i + 1) * d);
    const value = expectedLoss(loss, y, law);
    let best = 0, away = 0;
    for (let e = 0; e < d; e++) {
      if (y[e] > y[best]) best = e;
      away += Math.abs(y[e] - law[e]) / 2;
    }
    losses += value;
    squares += value * value;
    hits += law[best];
    hitSquares += law[best] ** 2;
    distance += away;
  }
  const error = (sum: number, square: number) =>
    Math.sqrt(Math.max(0, square / n - (sum / n) ** 2) / (n - 1));
  return {
    loss: losses / n,
    lossStandardError: error(losses, squares),
    accuracy: hits / n,
    accuracyStandardError: error(hits, hitSquares),
    totalVariation: distance / n,
  };
}
