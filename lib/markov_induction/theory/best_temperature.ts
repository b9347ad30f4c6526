/**
 * @module Stage III at finite length: with one-hot coefficients and copying the loss of a is a function of counts alone
 * (derived for arXiv 2409.10559).
 */
import { checkLoss, type Loss } from "../loss.ts";
import { type MatchCounts, scoreOf, softInductionHead } from "./estimators.ts";

/** Mean loss of the soft head on counted sequences under the true laws [count, d] of their targets. */
export function countedLoss(counts: MatchCounts, laws: Float64Array, loss: Loss, a: number): number {
  return scoreOf(softInductionHead(counts, a), laws, counts.d, loss).loss;
}

/**
 * $\dot a$ on counted sequences: $\mathbb E\,\frac{e^aN(n-N)}{(n-N+e^aN)^2}\sum_eg_e\,(\frac{N_e}N-\frac{n_e-N_e}{n-N})$, g the pull expected under the
 * true law. Sequences without a match, or with nothing but matches, do not pull.
 */
export function countedDrive(counts: MatchCounts, laws: Float64Array, loss: Loss, a: number): number {
  checkLoss(loss);
  const { d, count, all, matched } = counts, y = softInductionHead(counts, a), x = Math.exp(-a);
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
      const g = loss.kind === "cesoft"
        ? law - Math.exp(y[at + e]) / normaliser
        : law > 0
        ? law / (y[at + e] + loss.epsilon)
        : 0;
      if (g !== 0) pull += g * (matched[at + e] / N - (all[at + e] - matched[at + e]) / (n - N));
    }
    sum += x * N * (n - N) / (x * (n - N) + N) ** 2 * pull;
  }
  return sum / count;
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
