/** @module View: construction A on one prompt, layer by layer, with any head of layer 1 taken out. */
import type { View } from "../../explore/types.ts";
import { type Figure, formatNumber, type Panel } from "../../figure/mod.ts";
import { drawResidualStream } from "../figures/residual_stream.ts";
import { excessRisk, preprocessedPath } from "../theory/mod.ts";
import { type Walkthrough, walkThrough } from "../walkthrough.ts";
import { priorChoice, sliders } from "./setting.ts";

interface Knobs {
  readonly d: number;
  readonly s: number;
  readonly sigma: number;
  readonly n: number;
  readonly eta: number;
  readonly steps: number;
  readonly layer: number;
  /** Head of layer 1 that is removed, from 1; 0 removes none. */
  readonly head: number;
  readonly prior: "rad" | "gau";
  readonly seed: number;
}

interface Model extends Knobs {
  readonly walk: Walkthrough;
  /** $\|w_t-w^*\|^2$ at every step. */
  readonly risks: readonly number[];
  /** Steps above it diverge: 2 / largest eigenvalue of R Σ R. */
  readonly largestStep: number;
}

const most = { d: 16, n: 400, steps: 16 };

/** A whole number within a range. @throws {RangeError} naming it */
function requireWhole(name: string, value: number, low: number, high: number, why: string): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be a whole number from ${low} to ${high} (${why}), got ${value}`);
  }
}

/** The algorithm as a network. */
export const layers: View<Model> = {
  id: "layers",
  title: "Layer by layer",
  lead:
    "Layer 1 has a head for every coordinate and re-weights it by its correlation with the label; each later layer is one step " +
    "of descent. Delete a head: its coordinate is lost, and with it all that the label owes to it.",
  controls: [
    { kind: "slider", name: "head", label: "Delete head k (0: none)", min: 0, max: 16, step: 1, value: 0 },
    { kind: "slider", name: "eta", label: "Step size η", min: 0.05, max: 6, step: 0.05, value: 1 },
    { kind: "slider", name: "steps", label: "Descent layers", min: 1, max: 16, step: 1, value: 6 },
    {
      kind: "slider",
      name: "layer",
      label: "Show the stream after layer",
      min: 1,
      max: 17,
      step: 1,
      value: 1,
    },
    { ...sliders.d, max: most.d, value: 8 },
    { ...sliders.s, value: 2 },
    { ...sliders.sigma, min: 0, value: 0.3 },
    { ...sliders.n, max: 200, step: 1 },
    priorChoice,
    { kind: "slider", name: "seed", label: "Prompt number", min: 1, max: 40, step: 1, value: 11 },
  ],
  compute: (state) => {
    const knobs = state as unknown as Knobs, { d, n, steps, layer, head, eta } = knobs;
    requireWhole("d", d, 1, most.d, "a page draws no more rows");
    requireWhole("n", n, 1, most.n, "a page draws its first 12 tokens");
    requireWhole("the number of descent layers", steps, 1, most.steps, "a row each");
    requireWhole("the layer shown", layer, 1, steps + 1, "layer 1 and the descent layers");
    requireWhole(
      "the deleted head",
      head,
      0,
      d,
      "layer 1 has a head for each of d coordinates; 0 deletes none",
    );
    if (!(eta > 0)) throw new RangeError(`the step size η must be > 0, got ${eta}`);
    const walk = walkThrough({ ...knobs, deleteHead: head === 0 ? undefined : head - 1 });
    const { statistics: { weights }, path, scale } = walk;
    const largestStep = 2 / preprocessedPath(walk.statistics, scale).largest;
    if (!(walk.difference < Infinity)) {
      throw new RangeError(
        `with η = ${eta} the weights overflow in ${steps} steps: on this prompt steps diverge from η = ${
          formatNumber(largestStep)
        } on`,
      );
    }
    return { ...knobs, walk, largestStep, risks: path.map((w) => excessRisk(w, weights)) };
  },
  figure: draw,
  readings: ({ walk, risks, largestStep, steps, n, head, d }) => {
    const last = walk.path[steps];
    const direct = Array.from({ length: walk.queries }, (_, i) => {
      const at = (n + i) * d;
      return last.reduce((sum, w, j) => sum + w * walk.prompt.x[at + j], 0);
    });
    return [
      ...direct.slice(0, 2).flatMap((value, i) => [
        { label: `Query ${i + 1}: network`, value: signed(walk.predictions[i]) },
        { label: `Query ${i + 1}: algorithm`, value: signed(value) },
        { label: `Query ${i + 1}: ⟨w*, x⟩`, value: signed(walk.prompt.targets[i]) },
      ]),
      { label: "Largest difference, all tokens and layers", value: formatNumber(walk.difference, 2) },
      { label: `Error ‖w − w*‖² after ${steps} steps`, value: formatNumber(risks[steps]) },
      ...head === 0 ? [] : [{
        label: `True weight of coordinate ${head}`,
        value: signed(walk.prompt.weights[head - 1]),
      }],
      {
        label: "Steps diverge from η =",
        value: largestStep < Infinity ? formatNumber(largestStep) : "never",
      },
    ];
  },
};

const signed = (x: number) => x.toFixed(4).replace("-", "−");

let streams: { keys: readonly string[]; panels: readonly Panel[] } | undefined;

function draw(
  { walk, layer, d, s, sigma, n, prior, seed, head, risks, steps, eta, largestStep }: Model,
): Figure {
  const figure = drawResidualStream(walk, layer);
  // The same panel again where a slider leaves it as it is: what is read in knows no step size.
  const prompt = JSON.stringify([d, s, sigma, n, prior, seed]);
  const later = layer === 1 ? "" : JSON.stringify([layer, eta]);
  const keys = [prompt, prompt + head + later];
  const panels = figure.panels.map((panel, i) =>
    keys[i] && streams?.keys[i] === keys[i] ? streams.panels[i] : panel
  );
  streams = { keys, panels };
  const deleted = head === 0 ? "" : `, head ${head} deleted`;
  return {
    ...figure,
    name: "explorer_layers",
    title: eta >= largestStep
      ? `With η = ${eta} descent diverges on this prompt: steps are safe below ${
        formatNumber(largestStep)
      }${deleted}`
      : `After ${steps} steps the error ‖w − w*‖² is ${formatNumber(risks[steps])}${deleted}`,
    panels,
  };
}
