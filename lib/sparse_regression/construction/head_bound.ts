/**
 * @module Why layer 1 needs d heads (derived for arXiv 2408.04532): with H heads, at most H of the d products
 * $\hat r_k x_{jk}$ can be read linearly from its output.
 *
 * Proof of the exact statement: let all context tokens be equal to z = (x, y). One masked linear-attention layer then
 * updates a token by $\sum_h (V_h z)(z^\top A_h)\,\mathrm{token}$, a map of rank at most H; it must be diag(x_k y + c), whose rank is d.
 */
import { linearProbe } from "./probe.ts";
import { type Architecture, forward, type TransformerParameters, zeroParameters } from "../forward.ts";
import { drawPrompts, promptTokens, type SparseTask } from "../data.ts";
import { Matrix, type RandomStream, rank, svd } from "../../numerics/mod.ts";

/**
 * The largest share of the d products $r_k x_k$ that an H-head layer can carry in the population limit, with E r = 0 and
 * E[r r^T] = diag(power): heads contribute $\sum_h (B_h r)\,a_h^\top$, so the unfolding of the target tensor
 * $\delta_{ijk}$ along the query axis is approximated by a matrix of rank H, and Eckart-Young gives
 * $R^2 = \sum_{h\le H}\sigma_h^2/\sum_h\sigma_h^2$: H/d for equal powers.
 * @param power E r_k^2, [d]
 */
export function bestProbeShare(power: readonly number[], heads: number): number {
  const d = power.length;
  const unfolded = new Matrix(d * d, d); // row (i, l): output i, correlation l; column: query coordinate
  for (let k = 0; k < d; k++) unfolded.set(k * d + k, k, Math.sqrt(power[k]));
  const squares = svd(unfolded).s.map((value) => value ** 2);
  return squares.slice(0, heads).reduce((a, b) => a + b, 0) / squares.reduce((a, b) => a + b, 0);
}

/** A one-layer network and its weights. */
export interface FirstLayer {
  /** Shapes; one layer. */
  readonly architecture: Architecture;
  /** Weights. */
  readonly parameters: TransformerParameters;
}

/**
 * A first layer with H heads and Gaussian weights: every head reads one direction of x with its query, the label with its
 * key, and writes all d values x_i into scratch rows of its own, so nothing but the number of heads limits a probe.
 */
export function randomFirstLayer(d: number, heads: number, random: RandomStream): FirstLayer {
  const D = d + 1 + heads * d;
  const architecture: Architecture = {
    d,
    width: D,
    attention: "linear",
    layers: [{ heads, keyWidth: 1, valueWidth: d }],
  };
  const parameters = zeroParameters(architecture);
  const put = (name: string, [h, i, j]: number[], value: number) => {
    const { data, shape } = parameters[name];
    data[(h * shape[1] + i) * shape[2] + j] = value;
  };
  for (let i = 0; i <= d; i++) parameters["embedding.weight"].data[i * D + i] = 1;
  for (let h = 0; h < heads; h++) {
    put("layer1.key", [h, d, 0], 1);
    for (let k = 0; k < d; k++) {
      put("layer1.query", [h, k, 0], random.normal());
      for (let o = 0; o < d; o++) {
        put("layer1.value", [h, k, o], random.normal());
        put("layer1.output", [h, k, d + 1 + h * d + o], random.normal());
      }
    }
  }
  return { architecture, parameters };
}

/** The map token -> update of layer 1 when all context tokens equal z, as a matrix [D, D] (row vectors). */
export function repeatedTokenOperator(layer: FirstLayer, z: ArrayLike<number>): Matrix {
  const { width: D, layers: [{ heads, keyWidth, valueWidth }] } = layer.architecture;
  const blocks = (name: string, h: number, rows: number, columns: number) =>
    Matrix.from1DArray(
      rows,
      columns,
      Array.from(layer.parameters[`layer1.${name}`].data).slice(h * rows * columns, (h + 1) * rows * columns),
    );
  const embedding = layer.parameters["embedding.weight"], bias = layer.parameters["embedding.bias"].data;
  const token = Matrix.rowVector(Array.from(z)).mmul(
    Matrix.from1DArray(z.length, D, Array.from(embedding.data)),
  ).add(Matrix.rowVector(Array.from(bias)));
  let sum = Matrix.zeros(D, D);
  for (let h = 0; h < heads; h++) {
    const read = blocks("query", h, D, keyWidth).mmul(token.mmul(blocks("key", h, D, keyWidth)).transpose());
    const write = token.mmul(blocks("value", h, D, valueWidth)).mmul(blocks("output", h, valueWidth, D));
    sum = sum.add(read.mmul(write));
  }
  return sum;
}

/** Rank of {@link repeatedTokenOperator}: at most the number of heads. */
export function repeatedTokenRank(layer: FirstLayer, z: ArrayLike<number>): number {
  return rank(repeatedTokenOperator(layer, z), 1e-9);
}

/** How the probe is measured. */
export interface ProbeOptions {
  /** Context length. */
  readonly n: number;
  /** Prompts; each gives q rows to the regression. */
  readonly prompts: number;
  /** Queries a prompt; default 4. */
  readonly q?: number;
  /** Names the prompts. */
  readonly seed: number;
}

/**
 * How much of $\hat r_k x_{jk}$ a linear probe reads from a query's stream after layer 1: R^2 for every k, [d], on fresh
 * prompts (fit on the first half, judged on the second).
 */
export function firstLayerProbe(layer: FirstLayer, task: SparseTask, options: ProbeOptions): Float64Array {
  const { n, prompts, q = 4, seed } = options, { d, width: D } = layer.architecture;
  const features: Float64Array[] = [], products: Float64Array[] = [];
  const one: Architecture = { ...layer.architecture, layers: layer.architecture.layers.slice(0, 1) };
  for (const prompt of drawPrompts(task, { n, q }, { seed, count: prompts })) {
    const { x, y } = prompt, r = new Float64Array(d);
    for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) r[k] += x[i * d + k] * y[i] / n;
    const { streams } = forward(one, layer.parameters, promptTokens(prompt), n, { record: true });
    for (let j = n; j < n + q; j++) {
      features.push(streams![1].slice(j * D, (j + 1) * D));
      products.push(r.map((value, k) => value * x[j * d + k]));
    }
  }
  return linearProbe(features, products);
}
