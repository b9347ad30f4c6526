/** @module Plain gradient descent, one single-head layer a step. */
import { checkSteps, type Construction, type Layout, startDraft, writeDescent } from "./draft.ts";

/** Shape of a descent layer: one head, keys of width d, a value of width 1. */
export const descentLayer = (d: number) => ({ heads: 1, keyWidth: d, valueWidth: 1 });

/**
 * GD on the raw inputs, $w_{t+1} = w_t + \eta_t(\hat r - \hat\Sigma w_t)$, as weights (derived). Stream [x | y], D = d + 1.
 * @param steps eta_t of each layer
 */
export function constructDescent(d: number, steps: readonly number[]): Construction {
  checkSteps(d, steps);
  const layout: Layout = { features: 0, x: 0, label: d, constant: -1 };
  const draft = startDraft(d, d + 1, layout, steps.map(() => descentLayer(d)));
  steps.forEach((eta, t) => writeDescent(draft, t + 1, d, layout, eta));
  return draft.finish();
}
