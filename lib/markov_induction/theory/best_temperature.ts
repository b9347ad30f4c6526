/**
 * @module Stage III at finite length: with one-hot coefficients and copying the loss of a is a function of counts alone
 * (derived for arXiv 2409.10559).
 */
import { checkLoss, type Loss } from "../loss.ts";
import { inductionHead, softInductionHead } from "./estimators.ts";
import type { MatchCounts } from "./match_counts.ts";
import { scoreOf } from "./scores.ts";

/** Mean loss of the soft head on counted sequences under the true laws [count, d] of their targets. */
export function countedLoss(counts: MatchCounts, laws: Float64Array, loss: Loss, a: number): number {
  return scoreOf(softInductionHead(counts, a), laws, counts.d, loss).loss;
}

/** Mean of weight(N, n) times the pull of predictions y, expected under the true laws, along the match: what moves a. */
function meanPull(
  counts: MatchCounts,
  laws: Float64Array,
  loss: Loss,
  y: Float64Array,
  weight: (N: number, n: number) => number,
): number {
  checkLoss(loss);
  const { d, count, all, matched } = counts;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = i * d;
    let n = 0, N = 0, normaliser = 0;
    for (let e = 0; e < d; e++) {
      n += all[at + e];
      N += matched[at + e];
      normaliser += Math.exp(y[at + e]);
    }
    if (N === 0 || N === n) continue;
    let pull = 0;
    for (let e = 0; e < d; e++) {
      const law = laws[at + e];
      const along = matched[at + e] / N - (all[at + e] - matched[at + e]) / (n - N);
      if (loss.kind === "cesoft") pull += (law - Math.exp(y[at + e]) / normaliser) * along;
      else if (law > 0 && along !== 0) pull += law / (y[at + e] + loss.epsilon) * along;
    }
    sum += weight(N, n) * pull;
  }
  return sum / count;
}

/**
 * $\dot a$ on counted sequences: $\mathbb E\,\frac{e^aN(n-N)}{(n-N+e^aN)^2}\sum_eg_e\,(\frac{N_e}N-\frac{n_e-N_e}{n-N})$, g the pull expected under the
 * true law. Sequences without a match, or with nothing but matches, do not pull.
 */
export function countedDrive(counts: MatchCounts, laws: Float64Array, loss: Loss, a: number): number {
  const x = Math.exp(-a);
  return meanPull(
    counts,
    laws,
    loss,
    softInductionHead(counts, a),
    (N, n) => x * N * (n - N) / (x * (n - N) + N) ** 2,
  );
}

/**
 * Constant K of the tail $\dot a\approx Ke^{-a}$ at finite length, epsilon > 0 or `cesoft`: that of {@link countedDrive} with the hard head's
 * prediction and weight (n - N)/N. Only contexts that occur count, so it is below the population's `tailConstant`; where it is
 * negative, a does not grow without bound.
 * @throws {RangeError} for `logeps` with epsilon 0, where outcomes never seen after a match pull without limit
 */
export function countedTailConstant(counts: MatchCounts, laws: Float64Array, loss: Loss): number {
  if (loss.kind === "logeps" && loss.epsilon === 0) {
    throw new RangeError(
      "at epsilon = 0 an outcome that was never seen pulls without limit: give epsilon > 0",
    );
  }
  return meanPull(counts, laws, loss, inductionHead(counts), (N, n) => (n - N) / N);
}

/** Minimiser of {@link countedLoss} over a in [low, high] by golden section; an optimum at `high` means that a grows without bound. */
export function bestTemperature(
  counts: MatchCounts,
  laws: Float64Array,
  loss: Loss,
  options: { readonly low?: number; readonly high?: number; readonly tolerance?: number } = {},
): { readonly a: number; readonly loss: number; readonly interior: boolean } {
  const { low = 0, high = 14, tolerance = 1e-3 } = options;
  if (!(high > low)) throw new RangeError(`bestTemperature needs low < high, got ${low} and ${high}`);
  const golden = (Math.sqrt(5) - 1) / 2, at = (a: number) => countedLoss(counts, laws, loss, a);
  let [left, right] = [low, high];
  let [a1, a2] = [right - golden * (right - left), left + golden * (right - left)];
  let [f1, f2] = [at(a1), at(a2)];
  while (right - left > tolerance) {
    if (f1 <= f2) {
      [right, a2, f2] = [a2, a1, f1];
      f1 = at(a1 = right - golden * (right - left));
    } else {
      [left, a1, f1] = [a1, a2, f2];
      f2 = at(a2 = left + golden * (right - left));
    }
  }
  const a = (left + right) / 2;
  return { a, loss: at(a), interior: a - low > 2 * tolerance && high - a > 2 * tolerance };
}
