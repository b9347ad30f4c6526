/**
 * @module Where things live in the residual stream of a construction: [x, e | slot 1 | ... | slot n-1 | features | out | sink].
 *
 * x is the token (d), e = 1 marks a token (0 on BOS): what a slot copied tells whether it read a real token.
 */
import { type Architecture, type LayerShape, zeroParameters } from "../forward/architecture.ts";

/** Offsets into the residual stream. */
export interface Layout {
  /** Token width. */
  readonly d: number;
  /** Patches have n - 1 tokens. */
  readonly n: number;
  /** Offset of the x part of slot i (slot 0 is the token itself). */
  x(i: number): number;
  /** Offset of the e part of slot i. */
  e(i: number): number;
  /** Offset of feature `index` (generalised heads only). */
  feature(index: number): number;
  /** Offset of the output. */
  readonly out: number;
  /** Offset of the BOS indicator (sink only), or -1. */
  readonly sink: number;
  /** Width D of the stream. */
  readonly width: number;
}

/** Layout for patches of n - 1 tokens of width d, with `features` extra coordinates and optionally a sink indicator. */
export function layoutOf(n: number, d: number, features = 0, sink = false): Layout {
  const slots = n * (d + 1);
  return {
    d,
    n,
    x: (i) => i * (d + 1),
    e: (i) => i * (d + 1) + d,
    feature: (index) => slots + index,
    out: slots + features,
    sink: sink ? slots + features + d : -1,
    width: slots + features + d + (sink ? 1 : 0),
  };
}

/** A transformer under construction. */
export interface Draft {
  /** Shapes. */
  readonly architecture: Architecture;
  /** Weights, all zero at first. */
  readonly parameters: Record<string, { data: Float64Array; shape: number[] }>;
  /** Sets one weight by its index along every axis. */
  set(name: string, index: readonly number[], value: number): void;
}

/** Zero parameters with the parts every construction shares: x and e embedded, BOS as sink, readout of `out`. */
export function startDraft(layout: Layout, layers: readonly LayerShape[], bos: boolean): Draft {
  const { d } = layout;
  const architecture: Architecture = { d, width: layout.width, outputs: d, bos, layers };
  const parameters = zeroParameters(architecture);
  const set = (name: string, index: readonly number[], value: number) => {
    const { data, shape } = parameters[name];
    data[index.reduce((at, position, axis) => at * shape[axis] + position, 0)] = value;
  };
  for (let i = 0; i < d; i++) {
    set("embedding.weight", [i, layout.x(0) + i], 1);
    set("readout", [layout.out + i, i], 1);
  }
  set("embedding.bias", [layout.e(0)], 1);
  if (layout.sink >= 0) set("bos", [layout.sink], 1);
  return { architecture, parameters, set };
}
