/** @module View: the six-scalar model trained in the page, with the flow drawn ahead of it. */
import * as Plot from "@observablehq/plot";
import type { View } from "../explore/types.ts";
import {
  type Figure,
  formatNumber,
  type Point,
  referenceValue,
  runColor,
  runDots,
  theme,
  theoryLine,
  verticalTimes,
} from "../figure/mod.ts";
import { crossing } from "./crossing.ts";
import type { LiveSample } from "./live.ts";
import { constantsOf, plateauLoss } from "./theory/mod.ts";
import { type Solved, solveFlow } from "./explorer/flow.ts";
import { planOf, type TrainingPlan } from "./live_plan.ts";

interface Model extends TrainingPlan {
  /** Time at the end. */
  readonly t1: number;
  /** The flow to order 1/N. */
  readonly flow: Solved;
  /** Stated band of times, relative. */
  readonly band: number;
}

/**
 * How far, relatively, the time of a level of β up to one half may lie from the flow's: the next order in 1/N, taken as twice the square of
 * the last one's effect on T_50, and three standard deviations of the noise of batches, $4\sqrt{\eta/(B\,T_{50})}$ (measured: 264
 * trainings of 19 tasks, L = 20 to 60, batches of 32 to 128).
 */
export function bandOf(
  { eta, batch }: Pick<TrainingPlan, "eta" | "batch">,
  { leading, corrected }: { leading: number; corrected: number },
): number {
  return 2 * (leading / corrected - 1) ** 2 + 3 * 4 * Math.sqrt(eta / (batch * corrected));
}

/** The training beside its prediction. */
export const training: View<Model> = {
  id: "training",
  title: "Live training",
  lead:
    "Theory first: lines are the gradient flow, solved before anything is trained. Start, and the real model trains here, " +
    "by automatic differentiation that knows no formula of the theory; its dots should walk along the lines.",
  controls: [
    {
      kind: "slider",
      name: "alphaStar",
      label: "Mixing weight α*",
      min: 0.1,
      max: 3,
      step: 0.05,
      value: 0.5,
    },
    {
      kind: "slider",
      name: "wStar",
      label: "Sharpness of the target w*",
      min: 0.3,
      max: 0.63,
      step: 0.01,
      value: 0.55,
    },
    {
      kind: "slider",
      name: "logSigma",
      label: "Start scale log₁₀ σ",
      min: -4,
      max: -0.8,
      step: 0.1,
      value: -1.3,
    },
    { kind: "slider", name: "L", label: "Length L (tokens)", min: 20, max: 120, step: 1, value: 30 },
    { kind: "slider", name: "eta", label: "Step size η", min: 0.25, max: 4, step: 0.25, value: 2 },
    { kind: "slider", name: "batch", label: "Sequences a step", min: 32, max: 512, step: 32, value: 64 },
    { kind: "slider", name: "seed", label: "Seed of the data", min: 1, max: 20, step: 1, value: 1 },
    { kind: "choice", name: "device", label: "Device", options: ["auto", "webgpu", "cpu"], value: "auto" },
  ],
  compute: (state) => {
    const plan = planOf(state), t1 = plan.steps * plan.eta;
    const flow = solveFlow(plan, "corrected", t1), corrected = flow.times.t50;
    if (!Number.isFinite(corrected)) {
      throw new RangeError("to order 1/N the flow does not get half way: make L larger or w* smaller");
    }
    const { t50: leading } = solveFlow(plan, "leading", t1).times;
    return { ...plan, t1, flow, band: bandOf(plan, { leading, corrected }) };
  },
  figure: (model, parts) => draw(model, parts as readonly LiveSample[]),
  readings: (model, parts = []) => read(model, parts as readonly LiveSample[]),
  live: {
    label: "Six-scalar model",
    total: (state) => planOf(state).sampleAt.length,
  },
  cell: (state) => {
    const { task: { alphaStar, wStar, L }, sigma, batch } = planOf(state);
    return [
      'import { openNotebook } from "@trained/proved/notebook";',
      'import { figures, ownRun } from "@trained/proved/lazy_to_rich";',
      'const notebook = await openNotebook("lazy_to_rich");',
      `const knobs = { alphaStar: ${alphaStar}, wStar: ${wStar}, L: ${L}, sigma: ${
        Number(sigma.toPrecision(6))
      }, batch: ${batch} };`,
      'await notebook.show(figures.fourPhases(await notebook.records(ownRun(knobs)), { name: "own_run" }));',
    ].join("\n");
  },
};

/** Time at which the trained model's match reaches half of its limit. */
function measuredHalf({ eta, task }: Model, samples: readonly LiveSample[]): number | null {
  const half = constantsOf(task).bStar / 2;
  return crossing(samples.map(({ step }) => step * eta), samples.map(({ beta }) => beta), half);
}

function read(model: Model, samples: readonly LiveSample[]) {
  const { eta, steps, flow, band } = model, last = samples.at(-1), half = measuredHalf(model, samples);
  const ratio = half === null ? undefined : half / flow.times.t50;
  return [
    { label: "T₅₀ of the flow", value: formatNumber(flow.times.t50) },
    { label: "T₅₀ trained", value: half === null ? "–" : formatNumber(half) },
    { label: "Trained / flow", value: ratio === undefined ? "–" : ratio.toFixed(3) },
    { label: "Stated band", value: `±${percent(band)} %` },
    {
      label: "Within the band",
      value: ratio === undefined ? "–" : Math.abs(ratio - 1) <= band ? "yes" : "no",
    },
    { label: "Step", value: `${last?.step ?? 0} of ${steps}` },
    { label: "Time t = η × step", value: formatNumber((last?.step ?? 0) * eta) },
    { label: "Loss", value: last === undefined ? "–" : formatNumber(last.fourGram + last.induction) },
  ];
}

const points = 160;
const percent = (x: number) => (100 * x).toFixed(1);

function draw(model: Model, samples: readonly LiveSample[]): Figure {
  const { task, sigma, t1, eta, batch, band, flow: { flow, solution, times } } = model;
  const { bStar } = constantsOf(task);
  const states = Array.from({ length: points }, (_, k) => {
    const t = t1 * k / (points - 1), y = Float64Array.from(solution.at(t));
    return { t, beta: flow.beta(y) / bStar, ...flow.losses(y) };
  });
  const low = plateauLoss(constantsOf(task)) / 300;
  const line = (f: (state: typeof states[number]) => number): Point[] =>
    states.map((state) => ({ x: state.t, y: f(state) })).filter(({ y }) => y > low);
  const dots = (f: (sample: LiveSample) => number): Point[] =>
    samples.map((sample) => ({ x: sample.step * eta, y: f(sample) })).filter(({ y }) => y > low);
  const end = states.findIndex(({ beta }) => beta > 0.5);
  const rise = states.slice(0, end < 0 ? undefined : end).concat({ ...states[0], t: times.t50, beta: 0.5 });
  const half = measuredHalf(model, samples);
  const colors = { fourGram: runColor(0), induction: runColor(1), beta: runColor(2) };
  const n = samples.at(-1)?.step ?? 0;
  return {
    name: "explorer_training",
    title: half === null
      ? `The flow says that half of the induction head is there at T₅₀ = ${formatNumber(times.t50)}`
      : `Trained: T₅₀ = ${formatNumber(half)}; the flow said ${formatNumber(times.t50)}`,
    caption:
      `Lines: gradient flow of the population loss to order 1/N (derived), with no constant fitted. Dots: the six-scalar model, stage two, ` +
      `trained by gradient descent with step size ${eta} on fresh batches of ${batch} sequences (${n} steps so far), losses on 500 others. ` +
      `α* = ${task.alphaStar}, w* = ${task.wStar}, L = ${task.L}, σ = ${
        formatNumber(sigma)
      }, all scalars small at the start. Shaded: ` +
      `times within ${
        100 * band
      } % of the flow's, up to half of the limit; beyond it the order 1/N over-corrects.`,
    panels: [
      {
        title: "Losses",
        legend: [
          { label: "4-gram", color: colors.fourGram, mark: "dot" },
          { label: "induction", color: colors.induction, mark: "dot" },
          { label: "flow", color: theme.colors.theory },
        ],
        plot: {
          x: { label: "time t (step size × steps)", domain: [0, t1] },
          y: { type: "log", label: "loss", domain: [low, 1.5 * states[0].fourGram] },
          marks: [
            theoryLine(line(({ fourGram }) => fourGram)),
            theoryLine(line(({ induction }) => induction)),
            runDots(dots(({ fourGram }) => fourGram), { color: colors.fourGram }),
            runDots(dots(({ induction }) => induction), { color: colors.induction }),
          ],
        },
      },
      {
        title: "The match β = w_Q w_K",
        legend: [
          { label: "trained", color: colors.beta, mark: "dot" },
          { label: "flow", color: theme.colors.theory },
          { label: `T ± ${percent(band)} %`, color: colors.beta },
        ],
        plot: {
          x: { label: "time t (step size × steps)", domain: [0, t1] },
          y: { label: "β / w*²", domain: [0, 1.25] },
          marks: [
            Plot.areaX(rise, {
              y: "beta",
              x1: ({ t }) => (1 - band) * t,
              x2: ({ t }) => Math.min(t1, (1 + band) * t),
              fill: colors.beta,
              fillOpacity: 0.2,
            }),
            referenceValue(1),
            verticalTimes([{ at: times.t50, label: "T₅₀" }]),
            theoryLine(line(({ beta }) => beta)),
            runDots(dots(({ beta }) => beta / bStar), { color: colors.beta }),
          ],
        },
      },
    ],
    sources: [],
  };
}
