/**
 * @module The network itself in plain float64, in the parameter layout the trainable model uses, with exact gradients.
 *
 * Unit-variance storage: every weight starts with independent N(0, 1) entries and is applied with the prefactors of
 * {@link parametrise}. Matrices are stored [in, out], row-major, so that activations [tokens, d] multiply from the left:
 * $h^1 = D^{-1/2} x W^0 (+ p_s)$, hidden products $d^{-1/2} a W$, outputs $w\cdot h/(\gamma_0 d)$. Head h owns columns
 * hN .. hN + N - 1 of queries, keys and values.
 */
import { type Architecture, completeArchitecture } from "./fields/architecture.ts";
import { attentionOver, type Heads } from "./fields/attention.ts";
import { accumulate, field, type Rows, rows } from "./fields/dense.ts";
import { gelu } from "./fields/gelu.ts";
import { normalise } from "./fields/normalisation.ts";
import { type Sites, sitesOf } from "./fields/sites.ts";
import type { NetworkParameters, NetworkShape } from "./layout.ts";
import type { WeightKind } from "./parametrisation.ts";

export { backward, type NetworkGradients } from "./backward.ts";
export {
  initialParameters,
  type NetworkParameters,
  type NetworkShape,
  parameterLayout,
  type WeightSpec,
} from "./layout.ts";

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

/** y += scale * a W, with W [in, out]. */
function multiply(y: Rows, a: Rows, weight: Float64Array, scale: number): void {
  const inputs = weight.length / y.stride;
  accumulate(y, rows(weight, inputs, y.stride), y.stride, scale, a.data, a.offset, a.stride, 1);
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
