/** @module Exact gradients of the float64 network by hand: the reverse of `forward.ts`, block by block. */
import { type Architecture, completeArchitecture } from "./fields/architecture.ts";
import { accumulate, field, innerProducts, type Rows, rows } from "./fields/dense.ts";
import { geluDerivative } from "./fields/gelu.ts";
import { addBackward } from "./fields/normalisation.ts";
import { type Sites, sitesOf } from "./fields/sites.ts";
import type { BlockTrace, NetworkTrace } from "./forward.ts";
import type { NetworkParameters, NetworkShape } from "./layout.ts";
import type { WeightKind } from "./parametrisation.ts";

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
