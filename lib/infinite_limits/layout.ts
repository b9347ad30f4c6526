/** @module Which weights a network has: names, kinds, shapes and initial values, shared by float64 and trainable versions. */
import type { RandomStream } from "../numerics/mod.ts";
import { type Architecture, completeArchitecture } from "./fields/architecture.ts";
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
