/** @module Constructions that write the re-weighted inputs into scratch rows: stream [x | y | R x], D = 2d + 1. */
import { checkSteps, type Construction, type Draft, type Layout, startDraft, writeDescent } from "./draft.ts";
import { descentLayer } from "./descent.ts";

/** Layer 1: head k reads y_i x_ik from the context and writes $\hat r_k x_{jk}$ into scratch row k. */
function writePreprocessing(draft: Draft, layout: Layout, coordinates: readonly number[]): void {
  coordinates.forEach((k, h) => {
    draft.set("layer1.query", [h, layout.x + k, 0], 1);
    draft.set("layer1.key", [h, layout.label, 0], 1);
    draft.set("layer1.value", [h, layout.x + k, 0], 1);
    draft.set("layer1.output", [h, 0, layout.features + k], 1);
  });
}

const scratch = (d: number): Layout => ({ features: d + 1, x: 0, label: d, constant: -1 });

/** Which heads layer 1 has. */
export interface ScratchOptions {
  /** One head for each of these input coordinates (distinct, from 0); default all d. A coordinate without a head is lost. */
  readonly coordinates?: readonly number[];
}

function coordinatesOf(d: number, options: ScratchOptions): readonly number[] {
  const coordinates = options.coordinates ?? Array.from({ length: d }, (_, k) => k);
  const bad = coordinates.find((k, i) =>
    !Number.isInteger(k) || k < 0 || k >= d || coordinates.indexOf(k) < i
  );
  if (bad !== undefined || coordinates.length === 0) {
    throw new RangeError(
      `coordinates must be distinct whole numbers from 0 to ${d - 1}, got [${coordinates}]`,
    );
  }
  return coordinates;
}

/**
 * Construction A (derived): layer 1 with d heads of width 1 preprocesses, $\tilde x = \hat R x$, layer 1 + t with one head
 * makes GD step t on $(\tilde x_i, y_i)$. Row `label` of layer 1 + t holds $y_i - \langle u_t, \tilde x_i\rangle$.
 * @param steps eta_t of the L - 1 later layers
 */
export function constructPreprocessed(
  d: number,
  steps: readonly number[],
  options: ScratchOptions = {},
): Construction {
  checkSteps(d, steps);
  const coordinates = coordinatesOf(d, options), layout = scratch(d);
  const draft = startDraft(d, 2 * d + 1, layout, [
    { heads: coordinates.length, keyWidth: 1, valueWidth: 1 },
    ...steps.map(() => descentLayer(d)),
  ]);
  writePreprocessing(draft, layout, coordinates);
  steps.forEach((eta, t) => writeDescent(draft, t + 2, d, layout, eta));
  return draft.finish();
}

/** One step of the mixed preconditioner $a I + k \hat R^2$. */
export interface MixedStep {
  /** Coefficient a of plain GD. */
  readonly a: number;
  /** Coefficient k of the preprocessed part. */
  readonly k: number;
}

/**
 * Construction A' (derived): as A, each later layer steps with $a_t I + k_t \hat R^2$, still by one head of key width 2d.
 * Contains GD (k = 0) and preprocessed GD (a = 0). Negative coefficients are allowed: their sign sits in W_Q.
 */
export function constructMixed(
  d: number,
  steps: readonly MixedStep[],
  options: ScratchOptions = {},
): Construction {
  checkSteps(d, steps.flatMap(({ a, k }) => [a, k]));
  const coordinates = coordinatesOf(d, options), layout = scratch(d);
  const draft = startDraft(d, 2 * d + 1, layout, [
    { heads: coordinates.length, keyWidth: 1, valueWidth: 1 },
    ...steps.map(() => ({ heads: 1, keyWidth: 2 * d, valueWidth: 1 })),
  ]);
  writePreprocessing(draft, layout, coordinates);
  steps.forEach(({ a, k }, t) => {
    const name = `layer${t + 2}`;
    for (let j = 0; j < d; j++) {
      for (const [row, column, weight] of [[layout.x + j, j, a], [layout.features + j, d + j, k]]) {
        draft.set(`${name}.query`, [0, row, column], Math.sign(weight) * Math.sqrt(Math.abs(weight)));
        draft.set(`${name}.key`, [0, row, column], Math.sqrt(Math.abs(weight)));
      }
    }
    draft.set(`${name}.value`, [0, layout.label, 0], 1);
    draft.set(`${name}.output`, [0, 0, layout.label], -1);
  });
  return draft.finish();
}
