/** @module The largest deviation of a construction from its target over random bounded sequences. */
import type { RandomStream } from "../../numerics/mod.ts";

/** What to compare, on which sequences. */
export interface MeasureOptions {
  /** Token width. */
  readonly d: number;
  /** Sequence lengths L to try. */
  readonly lengths: readonly number[];
  /** Sequences per length. */
  readonly sequences: number;
  /** Source of the sequences. */
  readonly random: RandomStream;
}

/**
 * Largest |run - target| over sequences of tokens in [-1, 1]: every other sequence is uniform, the rest have random signs
 * (the corners, where the logits are largest).
 */
export function supremumError(
  run: (tokens: Float64Array) => ArrayLike<number>,
  target: (tokens: Float64Array) => ArrayLike<number>,
  options: MeasureOptions,
): number {
  const { d, lengths, sequences, random } = options;
  let worst = 0;
  for (const L of lengths) {
    for (let b = 0; b < sequences; b++) {
      const tokens = new Float64Array(L * d);
      if (b % 2 === 0) random.fillUniform(tokens, -1, 1);
      else random.fillSign(tokens);
      const got = run(tokens), wanted = target(tokens);
      for (let i = 0; i < d; i++) worst = Math.max(worst, Math.abs(got[i] - wanted[i]));
    }
  }
  return worst;
}
