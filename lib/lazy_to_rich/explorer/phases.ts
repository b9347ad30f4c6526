/** @module View: four phases of training by gradient flow, and their predicted times. */
import type { View } from "../../explore/types.ts";
import {
  type Figure,
  formatNumber,
  phases,
  type Point,
  referenceValue,
  runColor,
  theme,
  theoryLine,
  verticalTimes,
} from "../../figure/mod.ts";
import {
  constantsOf,
  CORRECTED_LIMIT,
  emergenceTime,
  emergenceWidth,
  firstPhaseTime,
  type Initialisation,
  INITIALISATIONS,
  maskingThreshold,
  plateauFraction,
  plateauLoss,
} from "../theory/mod.ts";
import { endOf, type PhaseName, type Solved, solveFlow, type Start } from "./flow.ts";

interface Model extends Start {
  readonly t1: number;
  /** Leading order in 1/N. */
  readonly leading: Solved;
  /** Order 1/N, where it is known. */
  readonly corrected?: Solved;
  /** By flow, to order 1/N where it is known; T_90 at leading order, since there the 1/N term over-corrects. */
  readonly times: Readonly<Record<PhaseName, number>>;
  /** By formula. */
  readonly closed: Readonly<Record<PhaseName, number>>;
}

const points = 180;

/** Phases of one training run. */
export const phasesView: View<Model> = {
  id: "phases",
  title: "Four phases",
  lead:
    "The 4-gram head is learned first; the induction head waits on a plateau, then emerges. Make σ smaller or L longer: " +
    "the wait grows, the jump keeps its width.",
  controls: [
    { kind: "slider", name: "alphaStar", label: "Mixing weight α*", min: 0.1, max: 5, step: 0.05, value: 1 },
    {
      kind: "slider",
      name: "wStar",
      label: "Sharpness of the target w*",
      min: 0.05,
      max: 0.95,
      step: 0.01,
      value: 0.5,
    },
    {
      kind: "slider",
      name: "logSigma",
      label: "Start scale log₁₀ σ",
      min: -8,
      max: -0.2,
      step: 0.1,
      value: -2,
    },
    { kind: "slider", name: "L", label: "Length L (tokens)", min: 4, max: 1000, step: 1, value: 40 },
    {
      kind: "choice",
      name: "initialisation",
      label: "Initialisation",
      options: INITIALISATIONS,
      value: "all-small",
    },
  ],
  compute: ({ alphaStar, wStar, logSigma, L, initialisation }) => {
    const task = { alphaStar: Number(alphaStar), wStar: Number(wStar), L: Number(L) };
    const start = {
      task,
      sigma: 10 ** Number(logSigma),
      initialisation: initialisation as Initialisation,
    };
    const t1 = endOf(start);
    const by = (x: number) => emergenceTime(task, x, start);
    const leading = solveFlow(start, "leading", t1);
    const corrected = task.wStar < CORRECTED_LIMIT ? solveFlow(start, "corrected", t1) : undefined;
    return {
      ...start,
      t1,
      leading,
      corrected,
      times: { ...(corrected ?? leading).times, t90: leading.times.t90 },
      closed: {
        firstPhase: firstPhaseTime(task, start.sigma, start.initialisation),
        t10: by(0.1),
        t50: by(0.5),
        t90: by(0.9),
      },
    };
  },
  figure: draw,
  readings: ({ task, sigma, closed, times }) => {
    const time = (label: string, name: PhaseName) => ({
      label: `${label}: flow (formula)`,
      value: `${Number.isFinite(times[name]) ? formatNumber(times[name]) : "not reached"} (${
        formatNumber(closed[name])
      })`,
    });
    return [
      time("T_I", "firstPhase"),
      time("T₁₀", "t10"),
      time("T₅₀", "t50"),
      time("T₉₀", "t90"),
      { label: "Width T₉₀ − T₁₀", value: formatNumber(emergenceWidth(task)) },
      {
        label: "Plateau / initial loss",
        value: `${formatNumber(100 * plateauFraction(constantsOf(task)), 2)} %`,
      },
      { label: "Jump in the total loss", value: sigma < maskingThreshold(task.wStar) ? "visible" : "hidden" },
    ];
  },
};

function draw(model: Model): Figure {
  const { task, sigma, initialisation, t1, leading, corrected } = model;
  const { c, kappa, bStar } = constantsOf(task);
  const best = corrected ?? leading;
  const first = Math.min(1, t1 / 1e3);
  const along = (at: (k: number) => number) => Array.from({ length: points }, (_, k) => at(k / (points - 1)));
  const logTimes = along((s) => first * (t1 / first) ** s), linear = along((s) => t1 * s);
  const states = (solved: Solved, times: readonly number[]) =>
    times.map((t) => ({ t, y: Float64Array.from(solved.solution.at(t)), flow: solved.flow }));
  type At = ReturnType<typeof states>[number];
  const curve = (from: readonly At[], f: (at: At) => number): Point[] =>
    from.map((at) => ({ x: at.t, y: f(at) }));
  const bestLog = states(best, logTimes), bestLinear = states(best, linear);
  const plateau = plateauLoss(constantsOf(task)), low = plateau / 300;
  const above = (curve: Point[]) => curve.filter(({ y }) => y > low);
  const beta = ({ y, flow }: At) => flow.beta(y) / bStar;
  const induction = ({ y, flow }: At) => flow.losses(y).induction;
  const fourGram = ({ y, flow }: At) => flow.losses(y).fourGram;
  const scalars = [
    { color: runColor(0), points: curve(bestLog, ({ y }) => y[1] / c) },
    { color: runColor(2), points: curve(bestLog, ({ y }) => y[2] / kappa) },
    { color: runColor(1), points: curve(bestLog, (at) => Math.sqrt(Math.max(beta(at), 0))) },
    { color: runColor(3), points: curve(bestLog, ({ y }) => Math.exp(-y[0])) },
  ];
  const highest = Math.max(...scalars.flatMap(({ points }) => points.map(({ y }) => y)));
  const { firstPhase, t10, t50, t90 } = model.times;
  const moments = [{ at: t10, label: "T₁₀" }, { at: t50, label: "T₅₀" }, { at: t90, label: "T₉₀" }]
    .filter(({ at }) => Number.isFinite(at));
  const ends = [first, firstPhase, t10, t90, t1];
  const bands = phases(
    ["I", "II plateau", "III", "IV"].map((label, k) => ({ from: ends[k], to: ends[k + 1], label }))
      .filter(({ from, to }) => to > from),
    { log: true },
  );
  const colors = { fourGram: runColor(0), induction: runColor(1), v: runColor(2), u: runColor(3) };
  const order = corrected === undefined ? "at leading order" : "to order 1/N";

  return {
    name: "explorer_phases",
    title: Number.isFinite(t50)
      ? `Half of the induction head is there at T₅₀ = ${formatNumber(t50)}`
      : "To order 1/N the induction head does not get half way: L is too short for the expansion",
    caption:
      `Gradient flow of the population loss ${order} (derived): stage two of layer-wise training (p₁ = ∞), α* = ` +
      `${task.alphaStar}, w* = ${task.wStar}, L = ${task.L}, σ = ${
        formatNumber(sigma)
      }, ${initialisation}. Time is step size × steps. ` +
      "T_I: the 4-gram loss is at 1 % of c²/2; T_x: β = w_Q w_K is at x % of w*² (T₉₀ at leading order). Dashed: leading order. " +
      "w* stays below 0.84, where a moment diverges; the 1/N term is known below 0.64.",
    panels: [
      {
        title: "Losses",
        legend: [
          { label: "total", color: theme.colors.theory },
          { label: "4-gram", color: colors.fourGram },
          { label: "induction", color: colors.induction },
        ],
        plot: {
          x: { type: "log", label: "time t", domain: [first, t1] },
          y: { type: "log", label: "population loss", domain: [low, 1] },
          marks: [
            bands,
            theoryLine(above(curve(bestLog, (at) => fourGram(at) + induction(at)))),
            theoryLine(above(curve(bestLog, fourGram)), { color: colors.fourGram }),
            theoryLine(above(curve(bestLog, induction)), { color: colors.induction }),
          ],
        },
      },
      {
        title: "Scalars relative to their limits",
        legend: [
          { label: "a / c", color: colors.fourGram },
          { label: "v / κ", color: colors.v },
          { label: "√β / w*", color: colors.induction },
          { label: "e^(−p₂)", color: colors.u },
        ],
        plot: {
          x: { type: "log", label: "time t", domain: [first, t1] },
          y: { label: "scalar / its limit", domain: [0, 1.12 * highest] }, // room for the names of phases
          marks: [
            bands,
            referenceValue(1),
            scalars.map(({ color, points }) => theoryLine(points, { color })),
          ],
        },
      },
      {
        title: "In linear time: nothing seems to happen, then it happens",
        legend: [
          { label: "L_IH / plateau", color: colors.induction },
          { label: "β / w*²", color: colors.v },
          { label: "leading order", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { label: "time t", domain: [0, t1] },
          y: { label: "ratio (no unit)", domain: [0, 1.3] },
          marks: [
            verticalTimes(moments),
            referenceValue(1),
            corrected === undefined ? [] : theoryLine(curve(states(leading, linear), beta), {
              color: theme.colors.reference,
              dash: true,
              width: 1.2,
            }),
            theoryLine(curve(bestLinear, (at) => induction(at) / plateau).filter(({ y }) => y < 1.6), {
              color: colors.induction,
            }),
            theoryLine(curve(bestLinear, beta), { color: colors.v }),
          ],
        },
      },
    ],
    sources: [],
  };
}
