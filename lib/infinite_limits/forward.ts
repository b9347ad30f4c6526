/**
 * @module The network itself in plain float64, in the parameter layout the trainable model uses, with exact gradients.
 *
 * Unit-variance storage: every weight starts with independent N(0, 1) entries and is applied with the prefactors of
 * {@link parametrise}. Matrices are stored [in, out], row-major, so that activations [tokens, d] multiply from the left:
 * $h^1 = D^{-1/2} x W^0 (+ p_s)$, hidden products $d^{-1/2} a W$, outputs $w\cdot h/(\gamma_0 d)$. Head h owns columns
 * hN .. hN + N - 1 of queries, keys and values.
 */
import type { RandomStream } from "../numerics/mod.ts";
import { type Architecture, completeArchitecture } from "./fields/architecture.ts";
import { attentionOver, type Heads } from "./fields/attention.ts";
import { accumulate, innerProducts, type Rows, rows } from "./fields/dense.ts";
import { gelu, geluDerivative } from "./fields/gelu.ts";
import { addBackward, normalise } from "./fields/normalisation.ts";
import { type Sites, sitesOf } from "./fields/sites.ts";
import type { Parametrisation, WeightKind } from "./parametrisation.ts";

/** Everything that fixes the function up to its weights. */
export interface NetworkShape {
  /** Sizes, prefactors and rates. */
  readonly scales: Parametrisation;
  /** Default: the reference model. */
  readonly architecture?: Architecture;
  /** Features a token, D. */
  readonly features: number;
  /** Tokens a sequence, S. */
  readonly tokens: number;
  /** Outputs, C; default 1. */
  readonly outputs?: number;
  /** Read out the mean over tokens (default) or every token. */
  readonly pool?: "mean" | "token";
}

/** Weights (or gradients) by name: `embedding`, `position`, `block0.query` .. `block0.down`, `readout`. */
export type NetworkParameters = Record<string, Float64Array>;

/** One weight of the layout. */
export interface WeightSpec {
  /** Key in the parameters. */
  readonly name: string;
  /** Selects its learning rate. */
  readonly kind: WeightKind;
  /** [in, out]. */
  readonly shape: readonly [number, number];
}

/**
 * Names, kinds and shapes of all weights, in order.
 *
 * @throws RangeError for infinite width: a network has a size
 */
export function parameterLayout(shape: NetworkShape): WeightSpec[] {
  const { scales: { width: d, L }, features, tokens, outputs = 1 } = shape;
  if (d === Infinity) {
    throw new RangeError("a network needs finite N and H; infinite ones are for the theory");
  }
  const architecture = completeArchitecture(shape.architecture);
  const layout: WeightSpec[] = [{ name: "embedding", kind: "embedding", shape: [features, d] }];
  if (architecture.positional) layout.push({ name: "position", kind: "position", shape: [tokens, d] });
  const inside: WeightKind[] = [
    "query",
    "key",
    "value",
    "output",
    ...architecture.mlp ? ["up", "down"] as const : [],
  ];
  for (let l = 0; l < L; l++) {
    for (const kind of inside) layout.push({ name: `block${l}.${kind}`, kind, shape: [d, d] });
  }
  layout.push({ name: "readout", kind: "readout", shape: [d, outputs] });
  return layout;
}

/** Independent N(0, 1) entries; every weight has its own substream. */
export function initialParameters(shape: NetworkShape, stream: RandomStream): NetworkParameters {
  return Object.fromEntries(
    parameterLayout(shape).map(({ name, shape: [a, b] }) => [
      name,
      stream.child(name).fillNormal(new Float64Array(a * b)),
    ]),
  );
}

/** What one block leaves behind for the backward pass; all fields are rows [P S, d]. */
export interface BlockTrace {
  /** What queries, keys and values read: the normalised residual. */
  readonly input: Rows;
  /** Root mean squares that normalised it, [P S]. */
  readonly rms: Float64Array;
  /** Queries. */
  readonly q: Rows;
  /** Keys. */
  readonly k: Rows;
  /** Values. */
  readonly v: Rows;
  /** Attended values, input of the output matrix. */
  readonly attended: Rows;
  /** Logits and attention of every head. */
  readonly heads: Heads;
  /** The MLP branch, where there is one. */
  readonly mlp?: {
    readonly input: Rows;
    readonly rms: Float64Array;
    readonly m: Rows;
    readonly activation: Rows;
  };
}

/** A forward pass with everything it computed. */
export interface NetworkTrace {
  /** Row-major [P, C], or [P, S, C] when every token is read out. Not centred. */
  readonly outputs: Float64Array;
  /** Residual stream in front of block l (l < L) and behind the last (l = L), rows [P S, d]. */
  readonly residual: readonly Rows[];
  /** One trace a block. */
  readonly blocks: readonly BlockTrace[];
  /** What is read out: the last residual, normalised if the architecture says so. */
  readonly top: Rows;
  /** Root mean squares of the final normalisation, [P S]. */
  readonly topRms: Float64Array;
  /** The inputs given. */
  readonly inputs: Float64Array;
  /** P. */
  readonly samples: number;
}

function field(tokens: number, width: number): Rows {
  return rows(new Float64Array(tokens * width), tokens, width);
}

/** y += scale * a W, with W [in, out]. */
function multiply(y: Rows, a: Rows, weight: Float64Array, scale: number): void {
  const inputs = weight.length / y.stride;
  accumulate(y, rows(weight, inputs, y.stride), y.stride, scale, a.data, a.offset, a.stride, 1);
}

/** z += scale * b W^T. */
function multiplyTransposed(z: Rows, b: Rows, weight: Float64Array, scale: number): void {
  const inputs = weight.length / b.stride;
  innerProducts(b, rows(weight, inputs, b.stride), b.stride, scale, z.data, z.offset, z.stride, 1);
}

/** scale * a^T b as a fresh [in, out] gradient. */
function outer(a: Rows, b: Rows, scale: number, inputs: number): Float64Array {
  const gradient = new Float64Array(inputs * b.stride);
  accumulate(rows(gradient, inputs, b.stride), b, b.stride, scale, a.data, a.offset, 1, a.stride);
  return gradient;
}

/**
 * The forward pass of P sequences.
 *
 * @param inputs row-major [P, S, D]
 * @throws RangeError when the inputs are not a whole number of sequences
 */
export function forward(
  shape: NetworkShape,
  parameters: NetworkParameters,
  inputs: Float64Array,
): NetworkTrace {
  const { scales, features: D, tokens: S, outputs: C = 1, pool = "mean" } = shape;
  const architecture = completeArchitecture(shape.architecture);
  const d = scales.width, P = inputs.length / (S * D), B = P * S, sites = sitesOf(d);
  if (!Number.isInteger(P) || P < 1) {
    throw new RangeError(
      `inputs must be whole sequences of ${S} x ${D} numbers, got ${inputs.length} numbers`,
    );
  }
  const h = field(B, d);
  multiply(h, rows(inputs, B, D), parameters.embedding, D ** -0.5);
  if (architecture.positional) {
    for (let i = 0; i < h.data.length; i++) h.data[i] += parameters.position[i % (S * d)];
  }
  const residual = [rows(h.data.slice(), B, d)];
  const blocks: BlockTrace[] = [];
  for (let l = 0; l < scales.L; l++) {
    blocks.push(forwardBlock(shape, architecture, parameters, l, h, P, sites));
    residual.push(rows(h.data.slice(), B, d));
  }
  const topRms = new Float64Array(B);
  if (architecture.finalNorm) normalise(architecture.layerNorm, h, h, sites, topRms);
  const perToken = rows(new Float64Array(B * C), B, C);
  multiply(perToken, h, parameters.readout, scales.outputScale);
  let outputs = perToken.data;
  if (pool === "mean") {
    outputs = new Float64Array(P * C);
    for (let i = 0; i < perToken.data.length; i++) {
      outputs[Math.floor(i / (S * C)) * C + i % C] += perToken.data[i] / S;
    }
  }
  return { outputs, residual, blocks, top: h, topRms, inputs, samples: P };
}

/** Adds one block's two branches to `h` in place. */
function forwardBlock(
  shape: NetworkShape,
  architecture: Required<Architecture>,
  parameters: NetworkParameters,
  l: number,
  h: Rows,
  P: number,
  sites: Sites,
): BlockTrace {
  const { scales, tokens: S } = shape;
  const d = h.stride, B = h.count, w = (kind: WeightKind) => parameters[`block${l}.${kind}`];
  const scale = scales.hiddenScale, beta = scales.branchScale;
  const heads = attentionOver(sites, {
    P,
    S,
    N: scales.N,
    alphaA: scales.alphaA,
    causal: architecture.causal,
  });
  const [input, q, k, v, attended] = Array.from({ length: 5 }, () => field(B, d));
  const rms = new Float64Array(B);
  normalise(architecture.layerNorm, h, input, sites, rms);
  multiply(q, input, w("query"), scale);
  multiply(k, input, w("key"), scale);
  multiply(v, input, w("value"), scale);
  heads.forward(q, k, v, attended);
  multiply(h, attended, w("output"), beta * scale);
  const trace = { input, rms, q, k, v, attended, heads };
  if (!architecture.mlp) return trace;
  const [below, m, activation] = Array.from({ length: 3 }, () => field(B, d));
  const mlpRms = new Float64Array(B);
  normalise(architecture.layerNorm, h, below, sites, mlpRms);
  multiply(m, below, w("up"), scale);
  for (let i = 0; i < m.data.length; i++) activation.data[i] = gelu(m.data[i]);
  multiply(h, activation, w("down"), beta * scale);
  return { ...trace, mlp: { input: below, rms: mlpRms, m, activation } };
}

/** Gradients, with the fields that carried them. */
export interface NetworkGradients {
  /** Gradients of the weights, same names and layout. */
  readonly parameters: NetworkParameters;
  /** $\partial/\partial h^l$ of the scalar differentiated, l = 0 .. L, rows [P S, d]. */
  readonly residual: readonly Rows[];
  /** Part of each block's input gradient that arrives through keys, $d^{-1/2} g^k W_K^\top$, rows [P S, d]. */
  readonly throughKeys: readonly Rows[];
}

/**
 * Exact gradients of $\sum_i c_i f_i$ for given cotangents c of the outputs.
 *
 * @param cotangents same layout as `trace.outputs`
 */
export function backward(
  shape: NetworkShape,
  parameters: NetworkParameters,
  trace: NetworkTrace,
  cotangents: ArrayLike<number>,
): NetworkGradients {
  const { scales, features: D, tokens: S, outputs: C = 1, pool = "mean" } = shape;
  const architecture = completeArchitecture(shape.architecture);
  const d = scales.width, B = trace.samples * S, sites = sitesOf(d);
  const perToken = field(B, C);
  for (let i = 0; i < perToken.data.length; i++) {
    perToken.data[i] = pool === "mean" ? cotangents[Math.floor(i / (S * C)) * C + i % C] / S : cotangents[i];
  }
  const gradients: NetworkParameters = { readout: outer(trace.top, perToken, scales.outputScale, d) };
  const top = field(B, d);
  multiplyTransposed(top, perToken, parameters.readout, scales.outputScale);
  let g = top;
  if (architecture.finalNorm) {
    g = field(B, d);
    addBackward(architecture.layerNorm, top, trace.top, g, sites, trace.topRms);
  }
  const residual = [rows(g.data.slice(), B, d)], throughKeys: Rows[] = [];
  for (let l = scales.L - 1; l >= 0; l--) {
    throughKeys.unshift(
      backwardBlock(shape, architecture, parameters, trace.blocks[l], l, g, sites, gradients),
    );
    residual.unshift(rows(g.data.slice(), B, d));
  }
  gradients.embedding = outer(rows(trace.inputs, B, D), g, D ** -0.5, D);
  if (architecture.positional) {
    gradients.position = new Float64Array(S * d);
    for (let i = 0; i < g.data.length; i++) gradients.position[i % (S * d)] += g.data[i];
  }
  return { parameters: gradients, residual, throughKeys };
}

/** Turns the gradient behind a block into the one in front of it, in place; returns the part through keys. */
function backwardBlock(
  shape: NetworkShape,
  { layerNorm }: Required<Architecture>,
  parameters: NetworkParameters,
  trace: BlockTrace,
  l: number,
  g: Rows,
  sites: Sites,
  gradients: NetworkParameters,
): Rows {
  const { scales } = shape, d = g.stride, B = g.count;
  const w = (kind: WeightKind) => parameters[`block${l}.${kind}`];
  const keep = (kind: WeightKind, a: Rows, b: Rows, factor: number) => {
    gradients[`block${l}.${kind}`] = outer(a, b, factor * scales.hiddenScale, d);
  };
  const scale = scales.hiddenScale, beta = scales.branchScale;
  if (trace.mlp !== undefined) {
    const { input, rms, m, activation } = trace.mlp;
    const [back, z] = [field(B, d), field(B, d)];
    keep("down", activation, g, beta);
    multiplyTransposed(back, g, w("down"), beta * scale);
    for (let i = 0; i < m.data.length; i++) back.data[i] *= geluDerivative(m.data[i]);
    keep("up", input, back, 1);
    multiplyTransposed(z, back, w("up"), scale);
    addBackward(layerNorm, z, input, g, sites, rms);
  }
  const [r, gq, gk, gv, z, throughKeys] = Array.from({ length: 6 }, () => field(B, d));
  keep("output", trace.attended, g, beta);
  multiplyTransposed(r, g, w("output"), beta * scale);
  trace.heads.backward(r, trace.q, trace.k, trace.v, gq, gk, gv);
  keep("query", trace.input, gq, 1);
  keep("key", trace.input, gk, 1);
  keep("value", trace.input, gv, 1);
  multiplyTransposed(throughKeys, gk, w("key"), scale);
  z.data.set(throughKeys.data);
  multiplyTransposed(z, gq, w("query"), scale);
  multiplyTransposed(z, gv, w("value"), scale);
  addBackward(layerNorm, z, trace.input, g, sites, trace.rms);
  return throughKeys;
}
