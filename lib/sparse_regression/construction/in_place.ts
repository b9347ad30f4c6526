/** @module Constructions that overwrite x by the re-weighted inputs instead of using scratch rows. */
import { checkSteps, type Construction, type Draft, type Layout, startDraft, writeDescent } from "./draft.ts";
import { descentLayer } from "./descent.ts";

/** Heads 0..d-1 of layer 1 add $\hat r_k x_{jk}$ to row k itself. */
function writeInPlace(draft: Draft, layout: Layout, d: number): void {
  for (let k = 0; k < d; k++) {
    draft.set("layer1.query", [k, k, 0], 1);
    draft.set("layer1.key", [k, layout.label, 0], 1);
    draft.set("layer1.value", [k, k, 0], 1);
    draft.set("layer1.output", [k, 0, k], 1);
  }
}

/**
 * Construction B (derived): stream [x | y], D = d + 1; layer 1 keeps only the label row on its skip connection, so x becomes
 * $\hat R x$ in place.
 */
export function constructInPlace(d: number, steps: readonly number[]): Construction {
  checkSteps(d, steps);
  const layout: Layout = { features: 0, x: 0, label: d, constant: -1 };
  const skip = Array.from({ length: d + 1 }, (_, row) => row === d ? 1 : 0);
  const draft = startDraft(d, d + 1, layout, [
    { heads: d, keyWidth: 1, valueWidth: 1, skip },
    ...steps.map(() => descentLayer(d)),
  ]);
  writeInPlace(draft, layout, d);
  steps.forEach((eta, t) => writeDescent(draft, t + 2, d, layout, eta));
  return draft.finish();
}

/**
 * Construction C (derived): stream [x | y | 1], D = d + 2, full skip connections; 2d heads in layer 1, of which d add
 * $\hat R x$ and d subtract x by means of the constant channel.
 */
export function constructWithConstant(d: number, steps: readonly number[]): Construction {
  checkSteps(d, steps);
  const layout: Layout = { features: 0, x: 0, label: d, constant: d + 1 };
  const draft = startDraft(d, d + 2, layout, [
    { heads: 2 * d, keyWidth: 1, valueWidth: 1 },
    ...steps.map(() => descentLayer(d)),
  ]);
  writeInPlace(draft, layout, d);
  for (let k = 0; k < d; k++) {
    draft.set("layer1.query", [d + k, k, 0], 1);
    draft.set("layer1.key", [d + k, layout.constant, 0], 1);
    draft.set("layer1.value", [d + k, layout.constant, 0], 1);
    draft.set("layer1.output", [d + k, 0, k], -1);
  }
  steps.forEach((eta, t) => writeDescent(draft, t + 2, d, layout, eta));
  return draft.finish();
}

/**
 * Negative control (derived): d heads in place with the full skip connection give $(I + \hat R)x$, the preconditioner
 * $(1 + \hat r_j)^2$, which depends on the sign of $\hat r_j$ and is not preprocessing.
 */
export function constructSkipped(d: number, steps: readonly number[]): Construction {
  checkSteps(d, steps);
  const layout: Layout = { features: 0, x: 0, label: d, constant: -1 };
  const draft = startDraft(d, d + 1, layout, [
    { heads: d, keyWidth: 1, valueWidth: 1 },
    ...steps.map(() => descentLayer(d)),
  ]);
  writeInPlace(draft, layout, d);
  steps.forEach((eta, t) => writeDescent(draft, t + 2, d, layout, eta));
  return draft.finish();
}
