/** @module View: distance of finite networks to the training theory of either limit, over their size, with its slope. */
import type { View } from "../../explore/types.ts";
import {
  type Figure,
  formatNumber,
  label,
  type LegendItem,
  type Panel,
  points,
  runColor,
  sequence,
  theme,
} from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import { outputErrors, type Slope, slopeOf } from "../analysis.ts";
import { errorsPlot, lossPlot, slopeKey } from "../figures/finite_size.ts";
import { slopeText } from "../figures/write.ts";
import { trainingCurve } from "../theory.ts";
import {
  embeddingChoice,
  type NetworkRun,
  populationAt,
  sampledHeads,
  scalesOf,
  slider,
  tiny,
  type TrainingKnobs,
  trainNetwork,
} from "./setting.ts";

interface Knobs extends TrainingKnobs {
  readonly limit: typeof limits[number];
  /** The size that stays. */
  readonly fixed: number;
  /** Binary logarithm of the largest size that grows. */
  readonly octaves: number;
  readonly steps: number;
  readonly seeds: number;
}

/** The limit's outputs so far (steps from 0), and its last kernel when it got there. */
interface Limit {
  readonly outputs: readonly (readonly number[])[];
  readonly kernel?: readonly number[];
}

interface Model extends Knobs {
  readonly sizes: readonly number[];
  /** N = infinity is exact, hence at once. */
  readonly exact?: Limit;
  readonly first: NetworkRun;
}

/** What the worker sends. */
type Part =
  | { readonly kind: "limit"; readonly outputs: readonly number[]; readonly kernel?: readonly number[] }
  | { readonly kind: "networks"; readonly size: number; readonly runs: readonly NetworkRun[] };

const limits = ["N → ∞", "H → ∞"] as const;
const most = { octaves: 8, fixed: 8, steps: 12, seeds: 60, width: 1024 },
  smallest = 3,
  each = 4,
  sites = 8000;

const grows = ({ limit }: Knobs) => limit === "N → ∞" ? "N" : "H";
const sizesOf = ({ octaves }: Knobs) =>
  Array.from({ length: octaves - smallest + 1 }, (_, i) => 2 ** (smallest + i));

/** Scales of a network, or of the limit for an infinite size. */
const scalesAt = (knobs: Knobs, size: number) =>
  grows(knobs) === "N" ? scalesOf(knobs, size, knobs.fixed) : scalesOf(knobs, knobs.fixed, size);

function requireWhole(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be a whole number from ${low} to ${high} in this page, got ${value}`);
  }
}

/** @throws {RangeError} for what has no limit, or is more than a page can train */
function check(state: unknown): Knobs {
  const knobs = state as Knobs, { octaves, fixed, steps, seeds } = knobs;
  requireWhole("the largest size 2^m: m", octaves, smallest + 1, most.octaves);
  requireWhole("the size that stays", fixed, 1, most.fixed);
  requireWhole("the number of steps T", steps, 1, most.steps);
  requireWhole("the number of networks a size", seeds, each, most.seeds);
  if (fixed * 2 ** octaves > most.width) {
    throw new RangeError(
      `networks of ${fixed} x ${
        2 ** octaves
      } sites are too large for a page (at most ${most.width}): lower one of the sizes`,
    );
  }
  scalesAt(knobs, Infinity);
  return knobs;
}

/** Finite-size errors. */
export const finiteSize: View<Model> = {
  id: "finite",
  title: "Finite size",
  lead:
    "Networks of growing size against the training theory of the limit. Squared errors fall as 1/N or 1/H, whatever the richness. " +
    "Wide heads have a limit at α_A = 1 alone, many heads at any α_A.",
  controls: [
    { kind: "choice", name: "limit", label: "Limit", options: limits, value: "N → ∞" },
    slider("fixed", "The size that stays (H or N)", [1, most.fixed, 1, 4]),
    slider("octaves", "Largest size 2ᵐ, m", [smallest + 1, most.octaves, 1, 7]),
    slider("seeds", "Networks a size", [each, most.seeds, each, 32]),
    slider("alphaA", "Logit exponent α_A", [0.5, 1, 0.05, 1]),
    slider("gamma0", "Richness γ₀", [0.1, 2, 0.1, 2]),
    slider("eta0", "Learning rate η₀", [0.02, 0.2, 0.02, 0.1]),
    slider("steps", "Steps T", [1, most.steps, 1, 8]),
    embeddingChoice,
  ],
  compute: (state) => {
    const knobs = check(state), sizes = sizesOf(knobs), { steps } = knobs;
    let exact: Limit | undefined;
    if (grows(knobs) === "N") {
      const { outputs, residualKernels } = trainingCurve({
        task: tiny,
        scales: scalesAt(knobs, Infinity),
        steps,
      });
      exact = { outputs: outputs.map((f) => [...f]), kernel: [...residualKernels[steps][1]] };
    }
    return { ...knobs, sizes, exact, first: trainNetwork(scalesAt(knobs, sizes[0]), steps, 1) };
  },
  figure: (model, parts) => draw(model, parts as readonly Part[]),
  readings: (model, parts = []) => {
    const { found, limit } = measure(model, parts as readonly Part[]), axis = grows(model);
    const last = found[found.length - 1], T = model.steps;
    const { P } = tiny, f = (p: number) => limit.outputs[T]?.[p];
    return [
      ...Array.from({ length: P }, (_, p) => [
        { label: `f(${T}) of sample ${p + 1}, ${axis} = ∞`, value: signed(f(p)) },
        {
          label: `… one network, ${axis} = ${model.sizes[0]}`,
          value: signed(model.first.outputs[T * P + p]),
        },
      ]).flat(),
      ...found.length > 0
        ? [{ label: `Squared error of f, ${axis} = ${last.size}`, value: formatNumber(mean(last.outputs)) }]
        : [],
      { label: "Slope, outputs f", value: text(slope(found, "outputs")) },
      { label: "Slope, kernel of h", value: text(slope(found, "kernel")) },
    ];
  },
  job: {
    label: "Training networks of every size",
    total: (state) => {
      const knobs = check(state);
      return before(knobs) + Math.ceil(knobs.seeds / each) * sizesOf(knobs).length;
    },
    part: (state, index): Part => {
      const knobs = state as unknown as Knobs, { steps, seeds } = knobs, sizes = sizesOf(knobs);
      if (index < before(knobs)) {
        const dynamics = populationAt(
          scalesAt(knobs, Infinity),
          sampledHeads(knobs.fixed, sites),
          steps,
          index,
        );
        return {
          kind: "limit",
          outputs: [...dynamics.outputs],
          kernel: index === steps ? [...dynamics.residualKernels[1]] : undefined,
        };
      }
      // A few networks of every size, then a few more: the whole picture is there early.
      const k = index - before(knobs),
        size = sizes[k % sizes.length],
        from = each * Math.floor(k / sizes.length);
      const count = Math.min(each, seeds - from);
      return {
        kind: "networks",
        size,
        runs: Array.from(
          { length: count },
          (_, i) => trainNetwork(scalesAt(knobs, size), steps, from + i + 1),
        ),
      };
    },
  },
};

/** Parts that come before the networks: the sampled limit, a step each. */
const before = (knobs: Knobs) => grows(knobs) === "N" ? 0 : knobs.steps + 1;

const signed = (x: number | undefined) => x === undefined ? "in the worker" : x.toFixed(4).replace("-", "−");

/** Errors of the networks of one size. */
interface Found {
  readonly size: number;
  readonly runs: readonly NetworkRun[];
  readonly outputs: readonly number[];
  readonly kernel: readonly number[];
}

function measure(
  model: Model,
  parts: readonly Part[],
): { found: Found[]; limit: Limit; runs: Map<number, NetworkRun[]> } {
  const marched = parts.flatMap((part) => part.kind === "limit" ? [part] : []);
  const limit = model.exact ??
    { outputs: marched.map(({ outputs }) => outputs), kernel: marched[marched.length - 1]?.kernel };
  const runs = new Map<number, NetworkRun[]>();
  for (const part of parts) {
    if (part.kind === "networks") runs.set(part.size, [...runs.get(part.size) ?? [], ...part.runs]);
  }
  if (runs.size === 0) runs.set(model.sizes[0], [model.first]);
  const { kernel } = limit;
  if (kernel === undefined) return { found: [], limit, runs };
  const norm = kernel.reduce((sum, k) => sum + k * k, 0);
  const found = [...runs].sort(([a], [b]) => a - b).map(([size, all]) => ({
    size,
    runs: all,
    outputs: outputErrors(
      { config: { steps: model.steps }, metrics: { outputs: all.map(({ outputs }) => outputs) } },
      limit.outputs,
    ),
    kernel: all.map((run) => run.kernel.reduce((sum, k, i) => sum + (k - kernel[i]) ** 2, 0) / norm),
  }));
  return { found, limit, runs };
}

/** Slope of the mean squared error, with three sizes or more. */
function slope(found: readonly Found[], quantity: "outputs" | "kernel"): Slope | undefined {
  if (found.length < 3) return undefined;
  return slopeOf(found.map(({ size }) => size), found.map((at) => at[quantity]));
}

const text = (slope: Slope | undefined) => slope === undefined ? "in the worker" : slopeText(slope);
const estimate = (x: number, values: readonly number[]) =>
  values.length > 1 ? { x, y: mean(values), se: standardError(values) } : { x, y: values[0] };

const quantities = [["outputs", "outputs f"], ["kernel", "kernel of h, t = T"]] as const;

function draw(model: Model, parts: readonly Part[]): Figure {
  const { steps, sizes, gamma0, eta0, alphaA, embedding, fixed, exact } = model, axis = grows(model);
  const { found, limit, runs } = measure(model, parts), ofOutputs = slope(found, "outputs");
  const colors = sequence(sizes.length), { targets, P } = tiny;
  const theory = limit.outputs.map((f) => f.reduce((sum, x, p) => sum + (targets[p] - x) ** 2 / (2 * P), 0));
  const shown = sizes.flatMap((size, i) => {
    const all = runs.get(size);
    return all === undefined ? [] : [{
      size,
      color: colors[i],
      estimates: Array.from({ length: steps + 1 }, (_, t) => estimate(t, all.map(({ loss }) => loss[t]))),
    }];
  });
  const loss: Panel = {
    title: "Loss",
    legend: [
      ...theory.length > 0 ? [{ label: `theory, ${axis} = ∞`, color: theme.colors.theory }] : [],
      ...shown.map(({ size, color }): LegendItem => ({ label: `${axis} = ${size}`, color, mark: "dot" })),
    ],
    plot: lossPlot(shown, theory.length > 0 ? points(theory.map((_, t) => t), theory) : undefined),
  };
  const errors: Panel = {
    title: `Squared errors fall as 1/${axis}`,
    legend: [
      ...quantities.map(([, label], i): LegendItem => ({ label, color: runColor(i), mark: "dot" })),
      slopeKey,
    ],
    plot: found.length > 0
      ? withRange(
        errorsPlot(
          axis === "N" ? "head width N" : "heads H",
          quantities.map(([quantity], i) => ({
            color: runColor(i),
            estimates: found.map((at) => estimate(at.size, at[quantity])),
          })),
        ),
        sizes,
      )
      : {
        x: {
          type: "log",
          base: 2,
          label: axis === "N" ? "head width N" : "heads H",
          domain: [sizes[0], sizes.at(-1)!],
        },
        y: { type: "log", label: "mean squared error (no unit)", domain: [1e-4, 1] },
        marks: [
          label("the limit is being sampled", { x: Math.sqrt(sizes[0] * sizes.at(-1)!), y: 1e-2 }, {
            anchor: "middle",
          }),
        ],
      },
  };
  const other = axis === "N" ? "H" : "N",
    trained = [...runs.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    name: "explorer_finite_size",
    title: ofOutputs === undefined
      ? `Networks beside the limit ${axis} → ∞`
      : `Squared errors of the outputs fall as ${axis} to the power ${slopeText(ofOutputs)}`,
    caption:
      `One attention block on the tiny data (P = S = 3, β₀ = 2, γ₀ = ${gamma0}, η₀ = ${eta0}, α_A = ${alphaA}, ${other} = ${fixed}, embedding ` +
      `${embedding}), ${trained} network${
        trained === 1 ? "" : "s"
      } sampled exactly in law. Line: dynamical mean-field theory at ${axis} = ∞, ` +
      `${
        exact ? "exact" : `${sampledHeads(fixed, sites)} sampled heads`
      } (derived). (a) Loss, mean over networks ± s.e. (b) Mean squared ` +
      "distance to the theory: outputs over all steps and samples, kernel relative; grey: slope −1.",
    panels: [loss, errors],
    sources: [],
  };
}

/** The x axis as wide as it will be, while only its first sizes are there. */
function withRange(plot: Panel["plot"], sizes: readonly number[]): Panel["plot"] {
  return { ...plot, x: { ...plot.x, domain: [sizes[0] / 1.1, sizes[sizes.length - 1] * 1.1] } };
}
