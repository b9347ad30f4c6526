/** @module What knowing nothing gets: heads that look everywhere alike, an output that is always zero. */
import { mean, softmax, stream } from "../numerics/mod.ts";
import { gaussianTokens, mixedTarget, type MixedTask, scoreDiagonal } from "./data.ts";

/** The target's own attention $a^* = \mathrm{softmax}_s(x_L^\top W^* x_{s-1})$ on s = 2..L-1, [L - 2]; tokens [L, d]. */
export function targetAttention(
  tokens: ArrayLike<number>,
  task: Pick<MixedTask, "wStar" | "bStar" | "d">,
): Float64Array {
  const d = task.d ?? 1, L = tokens.length / d, diagonal = scoreDiagonal(task);
  const logits = Float64Array.from(
    { length: L - 2 },
    (_, key) => diagonal.reduce((sum, b, i) => sum + b * tokens[(L - 1) * d + i] * tokens[key * d + i], 0),
  );
  return softmax(logits);
}

/** Scores and losses of a network that knows nothing, in the units in which trained ones are measured. */
export type Ignorance = {
  /** Mass of a uniform head on the previous token, mean over queries 2..L: $\frac{1}{L-1}\sum_{k=1}^{L-1} 1/k$. */
  readonly previousToken: number;
  /** Overlap of a uniform head (1/(L-1) on every earlier token) with the target's attention, mean over sequences. */
  readonly inductionScore: number;
  /** Loss of the output 0 on x_{L-2}: $c^2 d / 2$. */
  readonly fourGram: number;
  /** Loss of the output 0 on the induction part, mean over sequences. */
  readonly induction: number;
};

/** The references of a task; two of them are means over `sequences` Gaussian sequences. Derived. */
export function ignorance(task: MixedTask, options: { sequences: number; seed: number }): Ignorance {
  const { L, d = 1, alphaStar } = task;
  const random = stream(options.seed, "lazy_to_rich", "ignorance");
  const samples = Array.from({ length: options.sequences }, () => {
    const tokens = gaussianTokens(random, L, d);
    const overlap = targetAttention(tokens, task).reduce((sum, a) => sum + Math.min(a, 1 / (L - 1)), 0);
    const loss = mixedTarget(tokens, task).subarray(d).reduce((sum, y) => sum + y * y / 2, 0);
    return { overlap, loss };
  });
  return {
    previousToken: mean(Array.from({ length: L - 1 }, (_, k) => 1 / (k + 1))),
    inductionScore: mean(samples.map(({ overlap }) => overlap)),
    fourGram: (alphaStar / (1 + alphaStar)) ** 2 * d / 2,
    induction: mean(samples.map(({ loss }) => loss)),
  };
}
