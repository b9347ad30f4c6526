/** @module View: how differently the heads of a network attend, at birth (in closed form) and while they learn. */
import type { View } from "../../explore/types.ts";
import { type Figure, formatNumber, label, type Panel, runColor, theme } from "../../figure/mod.ts";
import { mean, standardError, variance } from "../../numerics/mod.ts";
import { inputKernel } from "../data.ts";
import { spreadPlot } from "../figures/finite_size.ts";
import { drawBirth } from "../figures/logits_at_birth.ts";
import { histogramOf } from "../measures.ts";
import {
  embeddingChoice,
  type NetworkRun,
  populationAt,
  sampledHeads,
  scalesOf,
  slider,
  spreadOf,
  tiny,
  type TrainingKnobs,
  trainNetwork,
} from "./setting.ts";
import { trainingCurve } from "../theory.ts";

interface Knobs extends Omit<TrainingKnobs, "eta0"> {
  readonly N: number;
  readonly H: number;
  readonly size: typeof sizes[number];
}

const sizes = ["N as set", "N = ∞"] as const;
const steps = 12, eta0 = 0.1, most = 64, sites = 2400;
/** Networks of the worker: fewer where they are large. */
const networksOf = ({ N, H }: Knobs) => Math.max(4, Math.min(24, Math.round(6000 / (N * H))));
/** Sites of the network that is trained at every movement. */
const instantSites = 64;

interface Model extends Knobs {
  /** Variance of a logit at birth over infinitely many heads, mean over entries. */
  readonly atBirth: number;
  /** Theory of the spread, where it is known at once: N = infinity. */
  readonly exact?: readonly number[];
  /** The first networks, trained where they are small. */
  readonly first: NetworkRun;
  readonly trained: boolean;
}

/** What the worker sends: the limit H = infinity, step by step, then networks. */
type Part = { readonly kind: "limit"; readonly spread: number } | {
  readonly kind: "network";
  readonly run: NetworkRun;
};

const kx = inputKernel(tiny), { P, S } = tiny, B = P * S;

/** Mean over samples and pairs of tokens of K_ss K_rr. */
const kernelProduct = mean(
  Array.from({ length: P * S * S }, (_, i) => {
    const p = Math.floor(i / (S * S)), s = Math.floor(i / S) % S, r = i % S;
    return kx[(p * S + s) * (B + 1)] * kx[(p * S + r) * (B + 1)];
  }),
);

const isFinite = ({ size }: Knobs) => size === "N as set";
const scales = (knobs: Knobs) => scalesOf({ ...knobs, eta0 }, isFinite(knobs) ? knobs.N : Infinity, knobs.H);

/** The spread of attention against N and H. */
export const spread: View<Model> = {
  id: "spread",
  title: "Attention spread",
  lead:
    "At birth a logit is variance-gamma, with variance N^(1 − 2α_A): heads of wide, strongly scaled attention start alike. " +
    "Training spreads them again, unless N is infinite: then they stay one head.",
  controls: [
    slider("N", "Head width N", [1, most, 1, 4]),
    slider("H", "Heads H", [2, most, 1, 16]),
    slider("alphaA", "Logit exponent α_A", [0.5, 1, 0.05, 1]),
    slider("gamma0", "Richness γ₀", [0.1, 2, 0.1, 2]),
    { kind: "choice", name: "size", label: "Limit", options: sizes, value: "N as set" },
    embeddingChoice,
  ],
  compute: (state) => {
    const knobs = state as unknown as Knobs, { N, H, alphaA } = knobs;
    // Theory has no upper limits, a page has: its work grows like N H.
    if (N > most) {
      throw new RangeError(`this page trains heads up to N = ${most}, got ${N}; choose N = ∞ for the limit`);
    }
    if (H > most) throw new RangeError(`this page trains up to ${most} heads, got H = ${H}`);
    if (H < 2) throw new RangeError(`a spread over heads needs H >= 2, got ${H}`);
    const own = scalesOf({ ...knobs, eta0 }, N, H), trained = own.width <= instantSites;
    const limit = isFinite(knobs) ? undefined : trainingCurve({ task: tiny, scales: scales(knobs), steps });
    const exact = limit?.logits.map(([{ variance }]) => mean([...variance]));
    return {
      ...knobs,
      atBirth: limit ? exact![0] : kernelProduct * N ** (1 - 2 * alphaA),
      exact,
      trained,
      first: trainNetwork(own, trained ? steps : 0, 1),
    };
  },
  figure: (model, parts) => draw(model, parts as readonly Part[]),
  readings: (model, parts = []) => {
    const { N, atBirth, exact } = model, runs = runsOf(model, parts as readonly Part[]);
    const births = runs.map(({ spread }) => spread[0]),
      ends = runs.flatMap(({ spread }) => spread[steps] ?? []);
    const limit = exact ?? limitOf(parts as readonly Part[]);
    return [
      { label: "Variance at birth, H = ∞", value: formatNumber(atBirth) },
      { label: `… ${count(births.length)}`, value: estimate(births) },
      ...exact ? [] : [{ label: "Excess kurtosis 6/N", value: formatNumber(6 / N) }],
      { label: `Variance at t = ${steps}, ${exact ? "N = ∞" : "H = ∞"}`, value: number(limit[steps]) },
      { label: `… ${count(ends.length)}`, value: ends.length > 0 ? estimate(ends) : "in the worker" },
    ];
  },
  job: {
    label: "Sampling the limit and training networks",
    total: (state) => {
      const knobs = state as unknown as Knobs;
      scales(knobs);
      return (isFinite(knobs) ? steps + 1 : 0) + networksOf(knobs);
    },
    part: (state, index): Part => {
      const knobs = state as unknown as Knobs, { N, H } = knobs, before = isFinite(knobs) ? steps + 1 : 0;
      if (index >= before) {
        const run = trainNetwork(scalesOf({ ...knobs, eta0 }, N, H), steps, index - before + 1);
        return { kind: "network", run };
      }
      const infinite = scalesOf({ ...knobs, eta0 }, N, Infinity);
      return {
        kind: "limit",
        spread: spreadOf(populationAt(infinite, sampledHeads(N, sites), steps, index)),
      };
    },
  },
};

const count = (n: number) => `${n} network${n === 1 ? "" : "s"}`;
const number = (x: number | undefined) => x === undefined ? "in the worker" : formatNumber(x);

/** Mean with its standard error where there is one. */
function estimate(values: readonly number[]): string {
  return formatNumber(mean(values)) +
    (values.length > 1 ? ` ± ${formatNumber(standardError(values), 2)}` : "");
}

/** The networks so far; the first one counts once. */
function runsOf(model: Model, parts: readonly Part[]): NetworkRun[] {
  const runs = parts.flatMap((part) => part.kind === "network" ? [part.run] : []);
  return runs.length > 0 ? runs : [model.first];
}

const limitOf = (parts: readonly Part[]) =>
  parts.flatMap((part) => part.kind === "limit" ? [part.spread] : []);

function draw(model: Model, parts: readonly Part[]): Figure {
  const { N, H, alphaA, gamma0, embedding, exact } = model, runs = runsOf(model, parts);
  const z = runs.flatMap(({ birth }) => birth.map((a) => a * N ** alphaA));
  const scaled = runs.flatMap(({ birth }) => birth);
  const row = {
    N,
    count: z.length,
    histogram: histogramOf(z.map((x) => x / Math.sqrt(N)), -4, 4, 64),
    distance: 0,
    gaussDistance: 0,
    excessKurtosis: 0,
    kurtosisError: 0,
    variance: [variance(scaled)],
    varianceError: [standardError(scaled.map((a) => a * a))],
  };
  const birth = drawBirth(
    { config: { seed: 1, networks: runs.length, width: N * H, N: [N] }, metrics: { rows: [row] } },
    { shown: [N], exponents: [alphaA], widths: [1, 2, 4, 8, 16, 32, 64] },
  );
  const trained = runs.filter(({ spread }) => spread.length > steps);
  const dots = Array.from({ length: steps + 1 }, (_, t) => {
    const values = trained.map(({ spread }) => spread[t]);
    return {
      x: t,
      y: values.length > 0 ? mean(values) : NaN,
      se: values.length > 1 ? standardError(values) : 0,
    };
  }).filter(({ y }) => !Number.isNaN(y));
  const theory = exact ?? limitOf(parts), known = theory.length > 0;
  const plot = spreadPlot([{ theory: known ? theory : undefined, dots }]);
  const training: Panel = {
    title: "Over the heads of a network while it learns",
    legend: [
      { label: exact ? "theory, N = ∞" : "theory, H = ∞", color: theme.colors.theory },
      { label: `networks, N = ${N}, H = ${H}`, color: runColor(0), mark: "dot" },
    ],
    plot: {
      ...plot,
      x: { ...plot.x, domain: [0, steps] },
      marks: [
        ...plot.marks ?? [],
        known || dots.length > 0
          ? null
          : label("being computed", { x: steps / 2, y: 0 }, { anchor: "middle" }),
      ],
    },
  };
  const [density, over] = birth.panels;
  const end = trained.length > 0 ? mean(trained.map(({ spread }) => spread[steps])) : undefined;
  return {
    name: "explorer_spread",
    title: exact
      ? "At N = ∞ all heads are one head, before and after training"
      : end === undefined
      ? `At birth a logit has variance ${formatNumber(model.atBirth)} over heads`
      : `The variance of a logit over heads goes from ${
        formatNumber(mean(trained.map((r) => r.spread[0])))
      } to ${formatNumber(end)} in ${steps} steps`,
    caption:
      `One attention block on the tiny data (P = S = 3, β₀ = 2, γ₀ = ${gamma0}, η₀ = ${eta0}, α_A = ${alphaA}, embedding ${embedding}); ` +
      `${
        count(runs.length)
      } of N = ${N}, H = ${H}, sampled exactly in law. (a) z = N^α_A A / √(K₁₁K₂₂) of tokens 1, 2 of sample 1 at ` +
      "birth, divided by √N; line: variance-gamma law (derived). (b) Its variance, N^(1 − 2α_A), ± s.e. (c) Variance of A over the " +
      `heads of a network, mean over samples and tokens, ± s.e. over networks${
        exact
          ? "; line: exact limit N = ∞"
          : `; line: limit H = ∞ from ${sampledHeads(N, sites)} sampled heads`
      }.`,
    panels: [
      { ...density, title: "Law of a logit at birth" },
      { ...over, title: "Its variance over N" },
      training,
    ],
    sources: [],
  };
}
