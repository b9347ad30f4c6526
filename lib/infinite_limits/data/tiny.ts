/** @module The supervised task that the training theory and its reference networks solve, and the data that come by formula. */

/** P sequences of S tokens with D features, and one real target a sequence. */
export interface SequenceRegression {
  /** Sequences. */
  readonly P: number;
  /** Tokens a sequence. */
  readonly S: number;
  /** Features a token. */
  readonly D: number;
  /** Row-major [P, S, D]. */
  readonly inputs: Float64Array;
  /** [P]. */
  readonly targets: Float64Array;
}

/**
 * Tiny data by formula, reproducible in any language (indices from 1):
 * $x_{psi} = \sqrt2\,\sin(p\,i + 0.7\,s^2 (i+1))$, targets the first P of (1, -1, 0.5, -0.5, 0.8, -0.2).
 *
 * @throws RangeError unless 1 <= P <= 6 and S, D >= 1
 */
export function tinyData(P = 3, S = 3, D = 4): SequenceRegression {
  const targets = [1, -1, 0.5, -0.5, 0.8, -0.2];
  if (!(Number.isInteger(P) && P >= 1 && P <= targets.length)) {
    throw new RangeError(`tiny data has 1 to ${targets.length} samples, got P = ${P}`);
  }
  for (const [name, value] of [["S", S], ["D", D]] as const) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${name} must be a whole number >= 1, got ${value}`);
    }
  }
  const inputs = new Float64Array(P * S * D);
  for (let p = 1, o = 0; p <= P; p++) {
    for (let s = 1; s <= S; s++) {
      for (let i = 1; i <= D; i++, o++) inputs[o] = Math.SQRT2 * Math.sin(p * i + 0.7 * s * s * (i + 1));
    }
  }
  return { P, S, D, inputs, targets: Float64Array.from(targets.slice(0, P)) };
}

/**
 * Input kernel $K^x_{ab} = x_a\cdot x_b/D$ over the B = P S tokens, plus $\delta_{ss'}$ with positional codes.
 *
 * @returns row-major [B, B]
 */
export function inputKernel(task: SequenceRegression, positional = false): Float64Array {
  const { P, S, D, inputs } = task, b = P * S;
  const kernel = new Float64Array(b * b);
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) {
      let s = 0;
      for (let k = 0; k < D; k++) s += inputs[i * D + k] * inputs[j * D + k];
      kernel[i * b + j] = s / D + (positional && i % S === j % S ? 1 : 0);
    }
  }
  return kernel;
}

/**
 * Sequence kernel $\bar K_{\mu\nu} = S^{-2}\sum_{ss'} K_{(\mu s)(\nu s')}$.
 *
 * @param kernel row-major [P S, P S]
 * @returns row-major [P, P]
 */
export function sequenceKernel(kernel: Float64Array, P: number, S: number): Float64Array {
  const b = P * S, out = new Float64Array(P * P);
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) out[Math.floor(i / S) * P + Math.floor(j / S)] += kernel[i * b + j] / (S * S);
  }
  return out;
}
