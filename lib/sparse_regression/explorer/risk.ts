/** @module View: excess risk of every estimator over examples and over the time of descent; more prompts come from the worker. */
import type { View } from "../../explore/types.ts";
import { type Figure, formatNumber, type Panel, type Point } from "../../figure/mod.ts";
import type { Estimated, MethodName } from "../records.ts";
import { examplesLegend, examplesPlot } from "../figures/risk_vs_examples.ts";
import { timeLegend, type TimePanel, timePlot } from "../figures/risk_vs_time.ts";
import { logarithmic, methodStyle } from "../figures/shared.ts";
import {
  decoupledRisk,
  flowFilter,
  hypotheses,
  leastSquaresRisk,
  type MethodRisk,
  methodRisk,
  METHODS,
  oracleRisk,
  type PromptSample,
  spectralLowerBound,
} from "../theory/mod.ts";
import type { SparseTask } from "../data.ts";
import { estimate, priorChoice, sampleOf, type Setting, settingWords, sliders, taskOf } from "./setting.ts";

/** Prompts drawn while a slider moves, and for every mean of the worker. */
const few = 16, many = 240;
/** More supports (times signs) than this are not summed over: minutes a mean. */
const mostHypotheses = 4e5;
/** Methods that are quick enough for every movement. */
const instant: readonly MethodName[] = ["leastSquares", "ridge", "descent", "preprocessed", "oracle"];
const times = logarithmic(0.5, 500, 17);
/** Times at which the scalars march: ten a decade are accurate. */
const march = logarithmic(0.1, 500, 38);

type Risks = Readonly<Record<string, Estimated | undefined>>;

/** Risk along T, of a sample. */
type Path = Pick<TimePanel, "preprocessed" | "on" | "descent">;

interface Model extends Setting {
  readonly task: SparseTask;
  /** Context lengths of the left panel. */
  readonly lengths: readonly number[];
  readonly risks: Risks;
  readonly path: Path;
  /** Whether Bayes is summed; else how many hypotheses were too many. */
  readonly tooMany?: number;
}

/** What the worker sends: one method at one length, or what belongs to the times. */
type Part =
  | { readonly kind: "risk"; readonly n: number; readonly method: MethodName; readonly risk: Estimated }
  | { readonly kind: "lowest"; readonly n: number; readonly risk: number }
  | { readonly kind: "scalar"; readonly risk: readonly number[]; readonly on: readonly number[] }
  | { readonly kind: "path"; readonly path: Path };

/** Two octaves around n. */
const lengthsOf = (
  n: number,
) => [...new Set([0.25, 0.5, 1, 2, 4].map((factor) => Math.max(1, Math.round(n * factor))))];

/** Bayes needs noise, and not too many supports. */
function methodsOf(task: SparseTask): MethodName[] {
  const bayes = task.sigma > 0 && hypotheses(task) <= mostHypotheses;
  return METHODS.filter((method) => method !== "bayes" || bayes);
}

function pathOf(sample: PromptSample): Path {
  const filters = times.map(flowFilter);
  return {
    preprocessed: sample.curve("preprocessed", filters).map(estimate),
    descent: sample.curve("plain", filters).map(estimate),
    on: filters.map((filter) => sample.splitRisks("preprocessed", filter).on.risk),
  };
}

/** One piece of the worker's computation, by index. */
type Piece =
  | { readonly kind: "risk"; readonly n: number; readonly method: MethodName }
  | { readonly kind: "lowest"; readonly n: number }
  | { readonly kind: "scalar" | "path" };

/** In the order in which a reader wants to see them: the marked length first. */
function piecesOf(setting: Setting): Piece[] {
  const task = taskOf(setting), { n } = setting, all = lengthsOf(n);
  const ordered = [n, ...all.filter((length) => length !== n)];
  const isotropic = task.covariance === undefined;
  return [
    ...ordered.flatMap((length) => [
      ...methodsOf(task).map((method) => ({ kind: "risk" as const, n: length, method })),
      ...length === n ? [{ kind: "path" as const }] : [],
    ]),
    ...isotropic ? [{ kind: "scalar" as const }] : [],
    ...isotropic ? all.map((length) => ({ kind: "lowest" as const, n: length })) : [],
  ];
}

const nodes = ({ prior }: Setting) => prior === "gau" ? 14 : 20;

/** Risks against n and T. */
export const risk: View<Model> = {
  id: "risk",
  title: "Risk",
  lead:
    "Preprocessed descent sees sparsity, ridge and descent cannot. Move n, σ and s: find where preprocessing helps, where it " +
    "hurts (few examples), and where it meets the oracle.",
  controls: [
    sliders.n,
    sliders.sigma,
    sliders.s,
    sliders.d,
    priorChoice,
    sliders.decay,
  ],
  compute: (state) => {
    const setting = state as unknown as Setting, task = taskOf(setting), { n } = setting;
    const sample = sampleOf(task, n, few);
    const risks = Object.fromEntries(instant.map((method) => [method, estimate(methodRisk(sample, method))]));
    const count = hypotheses(task);
    return {
      ...setting,
      task,
      lengths: lengthsOf(n),
      risks,
      path: pathOf(sample),
      tooMany: count > mostHypotheses ? count : undefined,
    };
  },
  figure: (model, parts) => draw(model, parts as readonly Part[]),
  readings: (model, parts = []) => {
    const { task, n } = model,
      later = latest(parts as readonly Part[], n),
      risks = { ...model.risks, ...later };
    const simulated = (method: MethodName) => ({
      label: `${methodStyle[method].name}, ${later[method] ? many : few} prompts`,
      value: formatNumber(risks[method]!.risk),
    });
    const isotropic = task.covariance === undefined;
    const exact = (label: string, size: number, value: number) =>
      isotropic || n > size + 1
        ? [{ label, value: value === Infinity ? "infinite" : formatNumber(value) }]
        : [];
    const time = (method: MethodName) => ({
      label: `Best time T of ${methodStyle[method].name.replace("*", "")}`,
      value: formatNumber(risks[method]!.parameter!),
    });
    return [
      ...exact("Least squares, exact", task.d, leastSquaresRisk(task, n)),
      ...exact("Oracle σ²s/(n − s − 1), exact", task.s, oracleRisk(task, n)),
      ...isotropic
        ? [{ label: "Theorem A: spectral ≥", value: formatNumber(spectralLowerBound(task, n)) }]
        : [],
      ...(["ridge", "descent", "preprocessed", "lasso", "bayes"] as const)
        .filter((method) => risks[method]).map(simulated),
      time("descent"),
      time("preprocessed"),
    ];
  },
  job: {
    label: `Simulating ${many} prompts a dot`,
    total: (state) => piecesOf(state as unknown as Setting).length,
    part: (state, index): Part => {
      const setting = state as unknown as Setting, task = taskOf(setting), piece = piecesOf(setting)[index];
      switch (piece.kind) {
        case "risk": {
          const { n, method } = piece;
          const found: MethodRisk = methodRisk(sampleOf(task, n, many, 2), method);
          return { ...piece, risk: estimate(found) };
        }
        case "path":
          return { kind: "path", path: pathOf(sampleOf(task, setting.n, many, 2)) };
        case "scalar": {
          const { risk, on } = decoupledRisk(task, setting.n, march, { nodes: nodes(setting) });
          return { kind: "scalar", risk: [...risk], on: [...on] };
        }
        case "lowest":
          return {
            ...piece,
            risk: Math.min(...decoupledRisk(task, piece.n, march, { nodes: nodes(setting) }).risk),
          };
      }
    },
  },
};

/** What the worker has found at one length. */
function latest(parts: readonly Part[], n: number): Risks {
  return Object.fromEntries(
    parts.flatMap((part) => part.kind === "risk" && part.n === n ? [[part.method, part.risk]] : []),
  );
}

/** Somewhat below the oracle at a length: below it there is nothing to see. */
function floorOf(task: SparseTask, n: number): number {
  const exact = oracleRisk(task, n);
  return Math.max(1e-6, (exact > 0 && exact < Infinity ? exact : 1e-2) / 2.5);
}

function draw(model: Model, parts: readonly Part[]): Figure {
  const { task, lengths, n, tooMany } = model, last = lengths[lengths.length - 1];
  const at = new Map<number, Record<string, Estimated | undefined>>([[n, { ...model.risks }]]);
  const lowest: Point[] = [];
  let { path } = model, scalar: TimePanel["scalar"];
  for (const part of parts) {
    if (part.kind === "risk") at.set(part.n, { ...at.get(part.n), [part.method]: part.risk });
    else if (part.kind === "lowest") lowest.push({ x: part.n, y: part.risk });
    else if (part.kind === "path") path = part.path;
    else {
      scalar = {
        times: Float64Array.from(march),
        risk: Float64Array.from(part.risk),
        on: Float64Array.from(part.on),
      };
    }
  }
  const here = at.get(n)!;
  const flat = (["leastSquares", "ridge", "lasso", "oracle", "bayes"] as const)
    .flatMap((method) => here[method] ? [{ method, risk: here[method].risk }] : []);
  const best = here.preprocessed!.parameter!;
  const timePanel: TimePanel = {
    ...path,
    times,
    scalar,
    levels: flat,
    at: best >= times[0] && best <= times[times.length - 1] ? best : NaN,
    label: "T*",
    domain: [floorOf(task, n), Math.max(1.5, Math.min(8, (here.leastSquares?.risk ?? 1) * 1.2))],
  };
  const [ridge, own] = [here.ridge!, here.preprocessed!];
  const panels: Panel[] = [
    {
      title: "Against the number of examples",
      legend: examplesLegend,
      plot: examplesPlot({
        task,
        range: [lengths[0], last],
        domain: [floorOf(task, last), 8],
        rows: [...at].sort(([a], [b]) => a - b).map(([n, risks]) => ({ n, risks })),
        scalar: lowest.sort((a, b) => a.x - b.x),
        at: n,
      }),
    },
    {
      title: `Against the time of descent, n = ${n}`,
      legend: timeLegend(timePanel),
      plot: timePlot(timePanel),
    },
  ];
  return {
    name: "explorer_risk",
    title: `At n = ${n} preprocessed descent has ${
      formatNumber(own.risk / ridge.risk, 2)
    } times the risk of ridge`,
    caption:
      `${
        settingWords(model)
      }; E‖w*‖² = 1. Dots at once: ${few} prompts; then ${many} prompts a dot, ± s.e.; methods ` +
      "marked * at their best fixed hyper-parameter. Theory: exact risk of least squares and of the oracle (thin " +
      "lines), scalar prediction of preprocessed GD (thick), bound of Theorem A on every spectral method (dashed); all derived" +
      (task.covariance ? "; for inputs that are not isotropic only the exact risks are known. " : ". ") +
      (tooMany === undefined
        ? ""
        : `Bayes is left out: it would sum ${
          tooMany.toLocaleString("en")
        } supports and signs for every prompt. `) +
      "Dashed and coloured against time: methods that know none.",
    panels,
    sources: [],
  };
}
