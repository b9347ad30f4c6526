/**
 * @module The lazy limit gamma0 -> 0 of the one-block reference model: a fixed kernel, split by kind of weight.
 *
 * $f(t+1) = f(t) + (\eta_0/P)\,K\,(y - f(t))$. With $J_{s,rj} = \sigma_{sr}(\delta_{rj} - \sigma_{sj})$, attention of the same
 * head for both samples, the parts of K are (derived):
 * readout $S^{-2}\sum(K^x + \beta^2 V^\sigma)$, output $\beta^2S^{-2}\sum V^\sigma$, value $\sum\Gamma^v\circ K^x$, key and query
 * $N^{2\alpha_A-2}\sum\Gamma^{k,q}\circ K^x$, embedding $\sum(S^{-2} + \Gamma^v + \Gamma^k + \Gamma^q)\circ K^x$.
 * At N = infinity, alphaA = 1: $K = (2 + 4\beta^2)\bar K^x$. Keys and queries contribute O(1/N) for every alphaA.
 */
import type { RandomStream } from "../../numerics/mod.ts";
import { inputKernel, sequenceKernel, type SequenceRegression } from "../data/tiny.ts";
import type { Parametrisation } from "../parametrisation.ts";
import { attentionOf, squareRoot, valueKernel } from "./value_kernel.ts";

/** Parts of the tangent kernel, each row-major [P, P], and their sum over trained weights. */
export interface TangentKernel {
  /** Part of the embedding. */
  readonly embedding: Float64Array;
  /** Part of the queries. */
  readonly query: Float64Array;
  /** Part of the keys. */
  readonly key: Float64Array;
  /** Part of the values. */
  readonly value: Float64Array;
  /** Part of the output matrix. */
  readonly output: Float64Array;
  /** Part of the readout. */
  readonly readout: Float64Array;
  /** Sum over the weights that train. */
  readonly total: Float64Array;
}

/** Which heads to average over. */
export interface TangentOptions {
  /** Heads drawn at finite N; default 20000. */
  readonly heads?: number;
  /** Needed at finite N. */
  readonly stream?: RandomStream;
}

/**
 * The tangent kernel of the reference model (one block, no normalisation, no mask, mean pooling) at H = infinity.
 *
 * @throws RangeError for more than one block, or finite N without a random stream
 */
export function tangentKernel(
  task: SequenceRegression,
  scales: Parametrisation,
  options: TangentOptions = {},
): TangentKernel {
  const { P, S } = task, { N, alphaA, L, branchScale: beta, frozen } = scales;
  if (L !== 1) throw new RangeError(`the closed tangent kernel is for one block, got L = ${L}`);
  const kx = inputKernel(task);
  const weights = N === Infinity ? infiniteHeads(kx, P, S, alphaA) : finiteHeads(kx, task, scales, options);
  const { value, gammaV, gammaK, gammaQ } = weights;
  const share = (beta / S) ** 2, keyShare = N === Infinity ? 0 : N ** (2 * alphaA - 2);
  const part = (entry: (i: number) => number) => {
    const kernel = Float64Array.from(kx, (_, i) => entry(i));
    return sequenceKernel(kernel, P, S).map((x) => x * S * S);
  };
  const parts = {
    embedding: part((i) => (1 / S ** 2 + share * (gammaV[i] + gammaK[i] + gammaQ[i])) * kx[i]),
    query: part((i) => keyShare * share * gammaQ[i] * kx[i]),
    key: part((i) => keyShare * share * gammaK[i] * kx[i]),
    value: part((i) => share * gammaV[i] * kx[i]),
    output: part((i) => share * value[i]),
    readout: part((i) => kx[i] / S ** 2 + share * value[i]),
  };
  const total = new Float64Array(P * P);
  for (const [kind, kernel] of Object.entries(parts)) {
    if (!frozen.includes(kind as keyof typeof parts)) kernel.forEach((x, i) => total[i] += x);
  }
  return { ...parts, total };
}

/** Averages over heads, each row-major [B, B], without the factor $(\beta/S)^2$. */
interface HeadWeights {
  readonly value: Float64Array;
  readonly gammaV: Float64Array;
  readonly gammaK: Float64Array;
  readonly gammaQ: Float64Array;
}

/** N = infinity with vanishing logits: attention is uniform, every token sends its whole value to the pool. */
function infiniteHeads(kx: Float64Array, P: number, S: number, alphaA: number): HeadWeights {
  if (alphaA <= 0.5) {
    throw new RangeError(`at N = Infinity the tangent kernel needs alphaA > 1/2, got ${alphaA}`);
  }
  const zero = new Float64Array(kx.length);
  return {
    value: valueKernel(kx, { P, S, N: Infinity, alphaA }),
    gammaV: zero.map(() => 1),
    gammaK: zero,
    gammaQ: zero,
  };
}

/** Finite N: an average over drawn heads. */
function finiteHeads(
  kx: Float64Array,
  { P, S }: SequenceRegression,
  { N, alphaA }: Parametrisation,
  { heads = 20000, stream }: TangentOptions,
): HeadWeights {
  if (stream === undefined) throw new RangeError(`attention is random at N = ${N}: give a random stream`);
  const B = P * S, law = { P, S, N, alphaA }, root = squareRoot(kx, B);
  const noise = new Float64Array(2 * N * B), q = new Float64Array(B * N), k = new Float64Array(B * N);
  const logits = new Float64Array(P * S * S),
    sigma = new Float64Array(P * S * S),
    column = new Float64Array(B);
  const out = [0, 1, 2, 3].map(() => new Float64Array(B * B));
  const [value, gammaV, gammaK, gammaQ] = out;
  const block = new Float64Array(S * S), half = new Float64Array(S * S);
  const qq = new Float64Array(B * B), kk = new Float64Array(B * B);
  const path = N ** (1 - 2 * alphaA);
  for (let m = 0; m < heads; m++) {
    stream.fillNormal(noise);
    colour(root, noise, 0, q, B, N);
    colour(root, noise, N * B, k, B, N);
    for (let p = 0, o = 0; p < P; p++) {
      for (let s = 0; s < S; s++) {
        for (let r = 0; r < S; r++, o++) logits[o] = N ** -alphaA * dot(q, p * S + s, k, p * S + r, N);
      }
    }
    attentionOf(logits, law, sigma);
    column.fill(0);
    for (let a = 0; a < B; a++) {
      for (let r = 0; r < S; r++) column[a - a % S + r] += sigma[a * S + r];
    }
    gram(q, B, N, path / N, qq);
    gram(k, B, N, path / N, kk);
    // Everything is symmetric under exchange of the two tokens: half the pairs, the diagonal at half weight.
    for (let a = 0; a < B; a++) {
      for (let b = a; b < B; b++) {
        const i = a * B + b, pa = a - a % S, pb = b - b % S, w = a === b ? 0.5 : 1;
        gammaV[i] += w * column[a] * column[b];
        // block[r, r'] = sum_{jj'} J_{a,rj} J_{b,r'j'} K_{(pa+j)(pb+j')}; its plain contraction is V^sigma.
        let both = 0;
        for (let r = 0; r < S; r++) {
          for (let j = 0; j < S; j++) {
            const x = block[r * S + j] = kx[(pa + r) * B + pb + j];
            both += sigma[a * S + r] * sigma[b * S + j] * x;
          }
        }
        value[i] += w * both;
        conjugate(sigma, a, b, S, block, half);
        for (let r = 0; r < S; r++) {
          for (let j = 0; j < S; j++) {
            const x = w * block[r * S + j], pair = (pa + r) * B + pb + j;
            gammaK[pair] += x * qq[i];
            gammaQ[i] += x * kk[pair];
          }
        }
      }
    }
  }
  for (const kernel of out) {
    for (let a = 0; a < B; a++) {
      for (let b = 0; b <= a; b++) {
        kernel[a * B + b] = kernel[b * B + a] = (kernel[a * B + b] + kernel[b * B + a]) / heads;
      }
    }
  }
  return { value, gammaV, gammaK, gammaQ };
}

/** block <- J_a block J_b^T, J_{rj} = sigma_r (delta_rj - sigma_j). */
function conjugate(
  sigma: Float64Array,
  a: number,
  b: number,
  S: number,
  block: Float64Array,
  half: Float64Array,
): void {
  for (let j = 0; j < S; j++) {
    let mean = 0;
    for (let r = 0; r < S; r++) mean += sigma[a * S + r] * block[r * S + j];
    for (let r = 0; r < S; r++) half[r * S + j] = sigma[a * S + r] * (block[r * S + j] - mean);
  }
  for (let r = 0; r < S; r++) {
    let mean = 0;
    for (let j = 0; j < S; j++) mean += sigma[b * S + j] * half[r * S + j];
    for (let j = 0; j < S; j++) block[r * S + j] = sigma[b * S + j] * (half[r * S + j] - mean);
  }
}

/** out[a, n] = sum_e root[a, e] noise[offset + n B + e]. */
function colour(
  root: Float64Array,
  noise: Float64Array,
  offset: number,
  out: Float64Array,
  B: number,
  N: number,
): void {
  for (let a = 0; a < B; a++) {
    for (let n = 0; n < N; n++) {
      let s = 0;
      for (let e = 0; e < B; e++) s += root[a * B + e] * noise[offset + n * B + e];
      out[a * N + n] = s;
    }
  }
}

/** out[a, b] = scale * x_a.x_b. */
function gram(x: Float64Array, B: number, N: number, scale: number, out: Float64Array): void {
  for (let a = 0; a < B; a++) {
    for (let b = a; b < B; b++) out[a * B + b] = out[b * B + a] = scale * dot(x, a, x, b, N);
  }
}

function dot(x: Float64Array, a: number, y: Float64Array, b: number, N: number): number {
  let s = 0;
  for (let n = 0; n < N; n++) s += x[a * N + n] * y[b * N + n];
  return s;
}

/**
 * Outputs of gradient descent with a fixed kernel, f(0) = 0 .. f(steps), each [P].
 *
 * @param kernel row-major [P, P]
 */
export function lazyOutputs(
  kernel: Float64Array,
  targets: Float64Array,
  eta0: number,
  steps: number,
): Float64Array[] {
  const P = targets.length, out = [new Float64Array(P)];
  for (let t = 0; t < steps; t++) {
    const f = out[t];
    out.push(f.map((value, p) => {
      let s = 0;
      for (let n = 0; n < P; n++) s += kernel[p * P + n] * (targets[n] - f[n]);
      return value + eta0 / P * s;
    }));
  }
  return out;
}
