/** @module View: Stage I trained in the page, with the replicator equation drawn ahead of it. */
import * as Plot from "@observablehq/plot";
import type { View } from "../explore/types.ts";
import {
  type Figure,
  formatNumber,
  formatPower,
  type Panel,
  type Point,
  runColor,
  runDots,
  theme,
  theoryLine,
} from "../figure/mod.ts";
import { remembered } from "./explorer/remembered.ts";
import { sharesPanel } from "./figures/shares_panel.ts";
import { setColor } from "./figures/statistics.ts";
import type { LiveSample } from "./live.ts";
import { dataOf, type LivePlan, planOf } from "./live_plan.ts";
import { compressedEngine } from "./model/compressed.ts";
import { initialWeights, zeroWeights } from "./model/weights.ts";
import { countWindows } from "./model/window_counts.ts";
import { labelOf, type Mask, subsets } from "./subsets.ts";
import { replicatorAt, selectionRate } from "./theory.ts";

interface Model extends LivePlan {
  readonly sets: readonly Mask[];
  /** Drives of the data at the start, [subsets]. */
  readonly J: Float64Array;
  /** 4a/C. */
  readonly rate: number;
  /** Index of the set with the largest drive. */
  readonly winner: number;
  /** How far a share may lie from the flow. */
  readonly band: number;
}

/** Drives drift with the coefficients, by as much as the notebook's runs with small steps show. */
const drift = 0.01;

/** Drives of a plan's data at the start. */
const measure = remembered(
  (plan: LivePlan) => {
    const engine = compressedEngine(countWindows(dataOf(plan), plan.architecture, false), plan.loss);
    const weights = initialWeights(plan.architecture, plan.start);
    engine.descend(weights, zeroWeights(weights), ["c"]);
    return engine.drives.slice();
  },
  ({ chain, architecture, start, L, N, seed }) => [chain, architecture, start, L, N, seed],
);

/** The training beside its prediction. */
export const training: View<Model> = {
  id: "training",
  title: "Live training",
  lead:
    "Theory first: lines are the replicator equation with the drives of the data's first gradient. Start, and the network itself trains " +
    "here, over sequences and by automatic differentiation; its dots should walk along the lines.",
  controls: [
    { kind: "slider", name: "logAlpha", label: "log₁₀ α (prior)", min: -2, max: 0.5, step: 0.05, value: -1 },
    { kind: "slider", name: "gap", label: "Initial gap w₊ − w₋", min: 0.1, max: 6, step: 0.1, value: 2.9 },
    { kind: "slider", name: "D", label: "Degree D", min: 1, max: 3, step: 1, value: 2 },
    { kind: "slider", name: "N", label: "Sequences N", min: 32, max: 256, step: 32, value: 128 },
    { kind: "slider", name: "L", label: "Length L (tokens)", min: 10, max: 60, step: 5, value: 40 },
    { kind: "slider", name: "eta", label: "Step size η", min: 0.01, max: 0.3, step: 0.01, value: 0.08 },
    { kind: "slider", name: "T", label: "Time T (step size × steps)", min: 1, max: 12, step: 0.5, value: 4 },
    { kind: "slider", name: "seed", label: "Seed of the data", min: 1, max: 20, step: 1, value: 1 },
    { kind: "choice", name: "device", label: "Device", options: ["auto", "webgpu", "cpu"], value: "auto" },
  ],
  compute: (state) => {
    const plan = planOf(state), { architecture: { H, D }, start: { a0, c0 } } = plan;
    const sets = subsets(H, D), J = measure(plan), rate = selectionRate(a0, sets.length * c0 * c0);
    const winner = J.indexOf(Math.max(...J));
    return { ...plan, sets, J, rate, winner, band: drift + stepError(plan, J, rate) };
  },
  figure: (model, parts) => draw(model, parts as readonly LiveSample[]),
  readings: (model, parts = []) => read(model, parts as readonly LiveSample[]),
  live: { label: "Stage I", total: (state) => planOf(state).sampleAt.length },
  cell: (state) => {
    const { chain: { prior }, start: { plus }, architecture: { D }, L, N } = planOf(state);
    return [
      'import { openNotebook } from "@trained/proved/notebook";',
      'import { figures, ownRun } from "@trained/proved/markov_induction";',
      'const notebook = await openNotebook("markov_induction");',
      `const run = ownRun({ prior: ${JSON.stringify(prior)}, gap: ${plus}, D: ${D}, L: ${L}, N: ${N} });`,
      "await notebook.show(figures.threeStageRun(await notebook.records(run)));",
    ].join("\n");
  },
};

/** Shares of the flow from equal coefficients. */
const flowAt = ({ J, rate }: Pick<Model, "J" | "rate">, t: number) =>
  replicatorAt(equal(J.length), J, rate, t);
const equal = (n: number) => new Array<number>(n).fill(1 / n);

/**
 * Largest distance between the shares of the flow and those of gradient descent, with the drives held: what a step of this size misses,
 * c_S <- c_S (1 + eta (2a/C) (J_S - mean)), C = sum of squares.
 */
function stepError({ eta, steps, start: { a0, c0 } }: LivePlan, J: Float64Array, rate: number): number {
  let c = Array.from(J, () => c0), largest = 0;
  for (let step = 1; step <= steps; step++) {
    const C = c.reduce((sum, x) => sum + x * x, 0);
    const mean = c.reduce((sum, x, s) => sum + x * x * J[s], 0) / C;
    c = c.map((x, s) => x * (1 + eta * 2 * a0 / C * (J[s] - mean)));
    const total = c.reduce((sum, x) => sum + x * x, 0);
    const p = flowAt({ J, rate }, step * eta);
    c.forEach((x, s) => largest = Math.max(largest, Math.abs(x * x / total - p[s])));
  }
  return largest;
}

/** Loss that the flow has gained by a time: a times the growth of the mean drive, for gradients in c alone have no other part. */
function gainAt(model: Model, t: number): number {
  const mean = (p: ArrayLike<number>) => model.J.reduce((sum, j, s) => sum + j * p[s], 0);
  return model.start.a0 * (mean(flowAt(model, t)) - mean(equal(model.J.length)));
}

/** Largest distance of a share from the flow so far. */
function distance(model: Model, samples: readonly LiveSample[]): number {
  return Math.max(...samples.map(({ step, shares }) => {
    const p = flowAt(model, step * model.eta);
    return Math.max(...shares.map((share, s) => Math.abs(share - p[s])));
  }));
}

function read(model: Model, samples: readonly LiveSample[]) {
  const { sets, winner, band, J, steps, eta } = model, last = samples.at(-1);
  const far = samples.length > 0 ? distance(model, samples) : undefined;
  return [
    { label: "Largest drive", value: `${labelOf(sets[winner])}, ${formatNumber(J[winner])}` },
    {
      label: `Share of ${labelOf(sets[winner])}`,
      value: last === undefined ? "–" : last.shares[winner].toFixed(3),
    },
    {
      label: "… by the flow",
      value: last === undefined ? "–" : flowAt(model, last.step * eta)[winner].toFixed(3),
    },
    { label: "Largest distance of a share", value: far === undefined ? "–" : far.toFixed(4) },
    { label: "Stated band", value: `±${band.toFixed(4)}` },
    { label: "Within the band", value: far === undefined ? "–" : far <= band ? "yes" : "no" },
    { label: "Step", value: `${last?.step ?? 0} of ${steps}` },
    { label: "Loss", value: last === undefined ? "–" : last.loss.toFixed(6) },
    { label: "Loss gained", value: last === undefined ? "–" : formatPower(samples[0].loss - last.loss) },
  ];
}

const points = 120;

function draw(model: Model, samples: readonly LiveSample[]): Figure {
  const { sets, winner, eta, steps, band, N, L, chain, start, architecture } = model;
  const end = steps * eta, times = Array.from({ length: points }, (_, k) => end * k / (points - 1));
  const last = samples.at(-1),
    alpha = chain.prior.kind === "dirichlet" ? formatNumber(chain.prior.alpha) : "";
  return {
    name: "explorer_training",
    title: last === undefined
      ? `The replicator equation says that ${labelOf(sets[winner])} wins`
      : `After ${last.step} steps ${labelOf(sets[winner])} has ${
        (100 * last.shares[winner]).toFixed(1)
      } %; the equation says ${(100 * flowAt(model, last.step * eta)[winner]).toFixed(1)} %`,
    caption:
      `Lines: p_S(t) ∝ exp((4a/C) J_S t) with the drives J_S of the first gradient on this data (derived), nothing fitted. Dots: the theory's ` +
      `network, coefficients c alone, trained by gradient descent with step size ${eta} on ${N} sequences of length ${L} (${
        last?.step ?? 0
      } steps so far). Rows of the kernels Dirichlet(${alpha}), parents 1 and 2, gap ${start.plus}, degree ${architecture.D}, log loss with ` +
      `ε = 0.1, a = c₀ = ${start.c0}. Shaded: ± ${
        band.toFixed(3)
      }, of which ${drift} is the drift of the drives and the rest what a step of ` +
      "this size misses of the flow. Loss gained: a (J̄(t) − J̄(0)), J̄ = Σ p_S J_S.",
    panels: [sharesOf(model, times, samples), gainPanel(model, times, samples)],
    sources: [],
  };
}

function sharesOf(model: Model, times: readonly number[], samples: readonly LiveSample[]): Panel {
  const { sets, winner, eta, band } = model;
  const theory = times.map((t) => flowAt(model, t));
  const panel = sharesPanel({
    sets,
    times,
    theory,
    // Where it starts is known.
    measured: sets.map((_, s) => [
      { x: 0, y: 1 / sets.length },
      ...samples.slice(1).map(({ step, shares }) => ({ x: step * eta, y: shares[s] })),
    ]),
  });
  const area = times.map((t, i) => ({ t, low: theory[i][winner] - band, high: theory[i][winner] + band }));
  return {
    ...panel,
    plot: {
      ...panel.plot,
      x: { ...panel.plot.x, domain: [0, times[times.length - 1]] },
      marks: [
        Plot.areaY(area, {
          x: "t",
          y1: ({ low }) => Math.max(0, low),
          y2: ({ high }) => Math.min(1, high),
          fill: setColor(sets[winner]),
          fillOpacity: 0.2,
        }),
        ...panel.plot.marks ?? [],
      ],
    },
  };
}

function gainPanel(model: Model, times: readonly number[], samples: readonly LiveSample[]): Panel {
  const scale = 1e4,
    dots: Point[] = samples.map(({ step, loss }) => ({
      x: step * model.eta,
      y: scale * (samples[0].loss - loss),
    }));
  return {
    title: "Loss gained since the start, in units of 10⁻⁴",
    legend: [
      { label: "trained", color: runColor(0), mark: "dot" },
      { label: "a (J̄(t) − J̄(0))", color: theme.colors.theory },
    ],
    plot: {
      x: { label: "time t (step size × steps)", domain: [0, times[times.length - 1]] },
      y: { label: "10⁴ (L(0) − L(t))", zero: true },
      marks: [
        theoryLine(times.map((t) => ({ x: t, y: scale * gainAt(model, t) }))),
        runDots(dots, { color: runColor(0) }),
      ],
    },
  };
}
