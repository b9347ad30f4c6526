/** @module View: which offsets are worth looking at. The information of every set, the set that wins, and when parents are not it. */
import * as Plot from "@observablehq/plot";
import type { View } from "../../explore/types.ts";
import { type Figure, formatNumber, theme } from "../../figure/mod.ts";
import { informationPanel } from "../figures/information_panel.ts";
import { labelOf, type Mask, sizeOf, subsets } from "../subsets.ts";
import { type InformationEstimate, informationSet } from "../theory.ts";
import { bestOf, type Part, partOf, partsOf, quickAverage, type SweepPoint } from "./averages.ts";
import { sweepOf, sweepPanel } from "./sweep.ts";
import { describePrior, M, type Task, taskControls, taskOf } from "./task.ts";

interface Model {
  readonly task: Task;
  readonly D: number;
  /** Modified and ordinary information, over few kernels. */
  readonly quick: readonly InformationEstimate[];
}

/** A number with its standard error, both to the first digit of the error. */
function within(x: number, error: number): string {
  if (!(error > 0)) return formatNumber(x);
  const decimals = Math.min(9, Math.max(0, -Math.floor(Math.log10(error))));
  return `${x.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}

/** The set of the largest ordinary information: of ties, which rounding may break, the first. */
function chi2Choice({ subsets, mean }: InformationEstimate, D: number): Mask {
  let best = -1;
  subsets.forEach((mask, s) => {
    if (sizeOf(mask) <= D && (best < 0 || mean[s] > mean[best] * (1 + 1e-9))) best = s;
  });
  return subsets[best];
}

/** Information as a choice among sets of offsets. */
export const informationView: View<Model> = {
  id: "information",
  title: "Information",
  lead:
    "Stage I selects the set of offsets with the largest Ĩ. Each offset costs a factor near d, so parents that add little are " +
    "left out: try the additive copy, or small β. A modular sum tells nothing to single offsets.",
  controls: [
    ...taskControls.slice(0, 2),
    { kind: "slider", name: "D", label: "Degree D (largest set)", min: 1, max: M, step: 1, value: 2 },
    ...taskControls.slice(2),
  ],
  compute: (state) => {
    const task = taskOf(state), D = Number(state.D);
    subsets(M, D); // refuses a D that is none
    if (D < 1) throw new RangeError(`D must be at least 1 for a set to be selected, got ${D}`);
    return { task, D, quick: quickAverage(task) };
  },
  figure: draw,
  readings: ({ task, D, quick }, parts) => {
    const [modified, chi2] = bestOf(quick, task.chain, (parts ?? []) as readonly Part[]);
    const chosen = chi2Choice(chi2, D);
    const best = informationSet(modified, D), at = modified.subsets.indexOf(task.parents);
    return [
      {
        label: `S* (at most ${D} offset${D === 1 ? "" : "s"})`,
        value: best.value > 0 ? labelOf(best.mask) : "none",
      },
      { label: "True parents", value: labelOf(task.parents) },
      {
        label: "Ĩ(S*)",
        value: within(best.value, modified.standardError[modified.subsets.indexOf(best.mask)]),
      },
      { label: "Ĩ(parents)", value: within(modified.mean[at], modified.standardError[at]) },
      { label: "Runner-up", value: best.value > 0 ? labelOf(best.runnerUp) : "none" },
      { label: "Gap ΔĨ", value: within(best.gap, best.gapStandardError) },
      { label: "χ²-MI would take", value: chosen === 0 ? "none" : labelOf(chosen) },
      { label: "Kernels averaged", value: String(modified.kernels) },
    ];
  },
  job: {
    label: "Averaging over kernels of the prior",
    total: (state) => partsOf(taskOf(state)),
    part: (state, index) => partOf(taskOf(state), index),
  },
};

/** What the winner is, in words. */
function verdict({ task, D }: Model, estimate: InformationEstimate): string {
  const { mask, runnerUp, gap, gapStandardError, value } = informationSet(estimate, D);
  if (!(value > 0)) {
    return `No ${
      D === 1 ? "single offset" : `set of at most ${D} offsets`
    } tells anything about the next token`;
  }
  const name = labelOf(mask), lead = `ahead of ${labelOf(runnerUp)} by ${within(gap, gapStandardError)}`;
  if (gap <= 1e-12 * value) return `A tie: ${name} and ${labelOf(runnerUp)} have the same information`;
  if (mask === task.parents) return `S* = ${name}, the parents, ${lead}`;
  return `S* = ${name}, not the parents ${labelOf(task.parents)}: ${lead}`;
}

function draw(model: Model, parts: readonly unknown[]): Figure {
  const { task, D, quick } = model, done = parts as readonly Part[];
  const [modified, chi2] = bestOf(quick, task.chain, done);
  const sweep = sweepOf(task, done.filter((part): part is SweepPoint => part.kind === "sweep"));
  const best = informationSet(modified, D);
  const sets = modified.subsets.filter((mask) => mask !== 0);
  const rows = sets.map((mask) => {
    const s = modified.subsets.indexOf(mask);
    return {
      mask,
      modified: modified.mean[s],
      modifiedError: modified.standardError[s],
      chi2: chi2.mean[s],
    };
  });
  return {
    name: "explorer_information",
    title: verdict(model, modified),
    caption:
      `d = ${task.chain.d}; ${describePrior(task)}; parents at offsets ${
        task.chain.parents.join(", ")
      } (pa). ` +
      "Ĩ(S) = E Σ μ(Z)²(Σ μ(e|Z)²/μ(e) − 1) beside χ²-MI, which has one factor μ(Z) less, each relative to its largest value; faded: " +
      "more than D offsets. " +
      (modified.kernels === 1
        ? "One kernel, exact stationary law. "
        : `Exact stationary laws, averaged over ${modified.kernels} kernels (bars of one standard error). `) +
      `Right: Ĩ(S) over the largest Ĩ of at most ${D} offset${
        D === 1 ? "" : "s"
      }. Ĩ as in the authors’ evaluation code; that it drives Stage I is derived here.`,
    panels: [
      informationPanel("Information of every set of offsets", rows, {
        marks: marksOver(rows, D, best.value > 0 ? best.mask : undefined, task.parents),
        top: 1.15,
      }),
      sweepPanel(task, D, sweep, [...modified.mean]),
    ],
    sources: [],
  };
}

/** Pales the sets of more than D offsets; names the winner and the parents. */
function marksOver(
  rows: readonly { mask: Mask; modified: number; chi2: number }[],
  D: number,
  best: Mask | undefined,
  parents: Mask,
): Plot.Markish[] {
  const beyond = rows.map((_, i) => i).filter((i) => sizeOf(rows[i].mask) > D);
  const { background, ink } = theme.colors;
  const names = rows.map(({ mask }) =>
    mask === best ? (mask === parents ? "S* = pa" : "S*") : mask === parents ? "pa" : ""
  );
  const tallest = (kind: "modified" | "chi2") => Math.max(...rows.map((row) => row[kind])) || 1;
  const [modified, chi2] = [tallest("modified"), tallest("chi2")];
  const top = (i: number) => Math.max(rows[i].modified / modified, rows[i].chi2 / chi2);
  const named = names.map((_, i) => i).filter((i) => names[i] !== "");
  return [
    Plot.rectY(beyond, {
      x1: (i: number) => i - 0.45,
      x2: (i: number) => i + 0.45,
      y: 1.06,
      fill: background,
      fillOpacity: 0.68,
    }),
    Plot.text(named, {
      x: (i: number) => i,
      y: top,
      text: (i: number) => names[i],
      dy: -9,
      fontWeight: 600,
      fill: ink,
    }),
  ];
}
