/**
 * @module Kernel of attended values at initialisation, averaged over heads, in each of the limits.
 *
 * $V^\sigma_{ab} = E\sum_{rr'}\sigma_{sr}(A_\mu)\sigma_{s'r'}(A_{\mu'})\bar K_{(\mu r)(\mu' r')}$ with the *same* head for
 * both samples. Logits of one head: $A = N^{-\alpha_A}\sum_n q_n k_n^\top$ with rows $q_n, k_n\sim N(0,\bar K)$; for
 * $N\to\infty$ they are Gaussian at alphaA = 1/2 and vanish above (derived; at alphaA = 1/2 also known from 2506.00846).
 */
import { type RandomStream, symmetricEigen } from "../../numerics/mod.ts";

/** Which heads to average over. */
export interface HeadLaw {
  /** Samples. */
  readonly P: number;
  /** Tokens a sample. */
  readonly S: number;
  /** Head width, `Infinity` for the limit. */
  readonly N: number;
  /** Logit exponent. */
  readonly alphaA: number;
  /** Token s attends to s' <= s only; default false. */
  readonly causal?: boolean;
}

/** Symmetric square root of a positive semi-definite kernel: smooth in the kernel, which a pivoted factor is not. */
export function squareRoot(kernel: Float64Array, B: number): Float64Array {
  const rows = Array.from({ length: B }, (_, i) => kernel.subarray(i * B, (i + 1) * B));
  const { values, vectors } = symmetricEigen(rows);
  const out = new Float64Array(B * B);
  for (let e = 0; e < B; e++) {
    const root = Math.sqrt(Math.max(0, values[e]));
    for (let i = 0; i < B; i++) {
      const f = root * vectors.get(i, e);
      for (let j = 0; j < B; j++) out[i * B + j] += f * vectors.get(j, e);
    }
  }
  return out;
}

/** Draws the logits of independent heads; `draw` fills [P, S, S] (a view that is overwritten by the next draw). */
export function logitSampler(
  kernelBar: Float64Array,
  law: HeadLaw,
  stream: RandomStream,
): { draw(): Float64Array } {
  const { P, S, N, alphaA } = law, B = P * S;
  const root = squareRoot(kernelBar, B), logits = new Float64Array(P * S * S);
  if (N === Infinity) {
    if (alphaA > 0.5) return { draw: () => logits };
    const noise = new Float64Array(B * B), half = new Float64Array(B * B);
    return {
      draw() {
        // A = L z L^T, of which only the blocks within a sample are needed.
        stream.fillNormal(noise);
        half.fill(0);
        for (let a = 0; a < B; a++) {
          for (let e = 0; e < B; e++) {
            const l = root[a * B + e];
            for (let f = 0; f < B; f++) half[a * B + f] += l * noise[e * B + f];
          }
        }
        fillBlocks(logits, P, S, (a, b) => {
          let s = 0;
          for (let f = 0; f < B; f++) s += half[a * B + f] * root[b * B + f];
          return s;
        });
        return logits;
      },
    };
  }
  const noise = new Float64Array(2 * N * B), q = new Float64Array(N * B), k = new Float64Array(N * B);
  const scale = N ** -alphaA;
  return {
    draw() {
      stream.fillNormal(noise);
      q.fill(0);
      k.fill(0);
      for (let n = 0; n < N; n++) {
        for (let a = 0; a < B; a++) {
          let sq = 0, sk = 0;
          for (let e = 0; e < B; e++) {
            sq += root[a * B + e] * noise[n * B + e];
            sk += root[a * B + e] * noise[(N + n) * B + e];
          }
          q[n * B + a] = sq;
          k[n * B + a] = sk;
        }
      }
      fillBlocks(logits, P, S, (a, b) => {
        let s = 0;
        for (let n = 0; n < N; n++) s += q[n * B + a] * k[n * B + b];
        return scale * s;
      });
      return logits;
    },
  };
}

function fillBlocks(
  logits: Float64Array,
  P: number,
  S: number,
  value: (a: number, b: number) => number,
): void {
  for (let p = 0, o = 0; p < P; p++) {
    for (let s = 0; s < S; s++) {
      for (let r = 0; r < S; r++, o++) logits[o] = value(p * S + s, p * S + r);
    }
  }
}

/** Softmax of every row of [P, S, S], into `out`; `sign` -1 uses the mirrored logits. */
export function attentionOf(logits: Float64Array, law: HeadLaw, out: Float64Array, sign = 1): void {
  const { P, S, causal = false } = law;
  for (let a = 0; a < P * S; a++) {
    const o = a * S, reach = causal ? a % S + 1 : S;
    let top = -Infinity, sum = 0;
    for (let j = 0; j < reach; j++) top = Math.max(top, sign * logits[o + j]);
    for (let j = 0; j < reach; j++) sum += out[o + j] = Math.exp(sign * logits[o + j] - top);
    for (let j = 0; j < S; j++) out[o + j] = j < reach ? out[o + j] / sum : 0;
  }
}

/** out += weight * T K T^T with T block diagonal, [P, S, S]. */
function addConjugated(
  attention: Float64Array,
  kernelBar: Float64Array,
  law: HeadLaw,
  half: Float64Array,
  out: Float64Array,
  weight: number,
): void {
  const { P, S } = law, B = P * S;
  for (let a = 0; a < B; a++) {
    const block = Math.floor(a / S) * S;
    for (let b = 0; b < B; b++) {
      let s = 0;
      for (let r = 0; r < S; r++) s += attention[a * S + r] * kernelBar[(block + r) * B + b];
      half[a * B + b] = s;
    }
  }
  for (let a = 0; a < B; a++) {
    for (let b = 0; b < B; b++) {
      const block = Math.floor(b / S) * S;
      let s = 0;
      for (let r = 0; r < S; r++) s += half[a * B + block + r] * attention[b * S + r];
      out[a * B + b] += weight * s;
    }
  }
}

/** How to average over heads. */
export interface HeadAverage {
  /** Number of heads drawn; ignored where attention is deterministic. */
  readonly heads: number;
  /** Where the heads are drawn from. */
  readonly stream: RandomStream;
  /** Use every draw twice, with logits A and -A (equal in law): halves the error of a limit; false for a finite H. */
  readonly mirrored?: boolean;
}

/**
 * $V^\sigma$ of a normalised kernel, averaged over `average.heads` heads: many for H = infinity, H for one network.
 *
 * @param kernelBar row-major [B, B], B = P S
 * @returns row-major [B, B]
 */
export function valueKernel(kernelBar: Float64Array, law: HeadLaw, average?: HeadAverage): Float64Array {
  const { P, S, N, alphaA } = law, B = P * S;
  const out = new Float64Array(B * B),
    half = new Float64Array(B * B),
    attention = new Float64Array(P * S * S);
  if (N === Infinity && alphaA > 0.5) {
    attentionOf(new Float64Array(P * S * S), law, attention);
    addConjugated(attention, kernelBar, law, half, out, 1);
    return out;
  }
  if (average === undefined) {
    throw new RangeError(`attention is random at N = ${N}: give heads and a random stream`);
  }
  const { heads, stream, mirrored = true } = average;
  const sampler = logitSampler(kernelBar, law, stream);
  for (let m = 0; m < heads; m++) {
    const logits = sampler.draw();
    for (const sign of mirrored ? [1, -1] : [1]) {
      attentionOf(logits, law, attention, sign);
      addConjugated(attention, kernelBar, law, half, out, 1 / (heads * (mirrored ? 2 : 1)));
    }
  }
  return out;
}
