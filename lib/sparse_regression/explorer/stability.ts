/** @module View: a step size that is safe for most prompts and ruins the mean by a few. */
import type { View } from "../../explore/types.ts";
import { type Figure, formatNumber } from "../../figure/mod.ts";
import { mean, median, quantile } from "../../numerics/mod.ts";
import { discreteLegend, discretePlot, largestPlot } from "../figures/risk_vs_time.ts";
import { logarithmic } from "../figures/shared.ts";
import { descentFilter } from "../theory/mod.ts";
import { priorChoice, sampleOf, type Setting, settingWords, sliders, taskOf } from "./setting.ts";

interface Knobs extends Setting {
  readonly eta: number;
}

/** Risks of a batch of prompts: for every step size and number of steps, one number a prompt. */
interface Batch {
  readonly largest: readonly number[];
  /** [eta][steps][prompt]; above the cap they are equal to it, so that the numbers stay numbers. */
  readonly risks: readonly (readonly (readonly number[])[])[];
}

interface Model extends Knobs {
  readonly etas: readonly number[];
  readonly steps: readonly (readonly number[])[];
  readonly batch: Batch;
}

/** Prompts drawn while a slider moves; batches of the worker, and prompts in each. */
const few = 60, batches = 20, each = 100;
const cap = 1e12;
const times = logarithmic(1, 400, 12);

const etasOf = (eta: number) => [eta / 2, eta, 2 * eta].map((value) => Number(value.toPrecision(6)));
const stepsOf = (eta: number) => [...new Set(times.map((time) => Math.max(1, Math.round(time / eta))))];

function batchOf({ eta, ...setting }: Knobs, count: number, seed: number): Batch {
  if (!(eta > 0 && eta <= 100)) {
    throw new RangeError(`the step size η must be > 0 and at most 100, got ${eta}`);
  }
  const sample = sampleOf(taskOf(setting), setting.n, count, seed);
  return {
    largest: [...sample.largestEigenvalues("preprocessed")],
    risks: etasOf(eta).map((eta) =>
      stepsOf(eta).map((steps) =>
        Array.from(sample.filterRisks("preprocessed", descentFilter(eta, steps)), (x) => x < cap ? x : cap)
      )
    ),
  };
}

/** Step size against stability. */
export const stability: View<Model> = {
  id: "stability",
  title: "Step size",
  lead:
    "A layer's step is the same for every prompt, but the largest safe one is not. Beyond 2/η the prompts to the right diverge: " +
    "the median hardly notices, the mean is ruined.",
  controls: [
    { kind: "slider", name: "eta", label: "Step size η", min: 0.1, max: 4, step: 0.05, value: 1 },
    { ...priorChoice, value: "gau" },
    { ...sliders.n, value: 80 },
    sliders.sigma,
    sliders.s,
    sliders.d,
    sliders.decay,
  ],
  compute: (state) => {
    const knobs = state as unknown as Knobs, batch = batchOf(knobs, few, 3), etas = etasOf(knobs.eta);
    return { ...knobs, etas, steps: etas.map(stepsOf), batch };
  },
  figure: (model, parts) => draw(model, [model.batch, ...parts as Batch[]]),
  readings: ({ batch, etas, eta, steps }, parts = []) => {
    const all = [batch, ...parts as Batch[]], largest = all.flatMap((batch) => batch.largest);
    const means = steps[1].map((_, j) => mean(all.flatMap((batch) => batch.risks[1][j])));
    const best = means.indexOf(Math.min(...means));
    return [
      { label: "Median largest eigenvalue", value: formatNumber(median(largest)) },
      { label: "… at 95 % of prompts", value: formatNumber(quantile(largest, 0.95)) },
      { label: "Largest step safe for 95 %", value: formatNumber(2 / quantile(largest, 0.95)) },
      ...etas.map((eta) => ({ label: `Unstable at η = ${eta}`, value: share(largest, eta) })),
      {
        label: `Least mean risk, step ${steps[1][best]} of η = ${eta}`,
        value: formatNumber(means[best]),
      },
      { label: "Prompts", value: String(largest.length) },
    ];
  },
  job: {
    label: `Drawing ${batches * each} more prompts`,
    total: (state) => {
      taskOf(state as unknown as Setting);
      return batches;
    },
    part: (state, index): Batch => batchOf(state as unknown as Knobs, each, 100 + index),
  },
};

/** Share of prompts above 2/η, in words. */
function share(largest: readonly number[], eta: number): string {
  const unstable = largest.filter((value) => value > 2 / eta).length / largest.length;
  return `${(100 * unstable).toFixed(unstable > 0 && unstable < 0.1 ? 1 : 0)} %`;
}

function draw(model: Model, all: readonly Batch[]): Figure {
  const { etas, steps, prior, n, eta } = model;
  const largest = all.flatMap((batch) => batch.largest).sort((a, b) => a - b);
  const quantiles = Array.from({ length: 100 }, (_, i) => quantile(largest, (i + 0.5) / 100));
  const discrete = etas.map((eta, i) => {
    const risks = steps[i].map((_, j) => all.flatMap((batch) => batch.risks[i][j]));
    return {
      eta,
      steps: steps[i],
      mean: risks.map((values) => mean(values)),
      median: risks.map((values) => median(values)),
      unstable: 0,
    };
  });
  const low = Math.min(...discrete.flatMap(({ median, mean }) => [...median, ...mean]));
  const edges = [...quantiles, ...etas.map((eta) => 2 / eta)];
  return {
    name: "explorer_stability",
    title: `Steps of η = ${eta} diverge on ${share(largest, eta)} of ${largest.length} prompts`,
    caption:
      `${
        settingWords(model)
      }, n = ${n}, ${largest.length} prompts. Left: share of prompts whose largest eigenvalue of ` +
      "R̂Σ̂R̂ is below the abscissa; beyond its line at 2/η a step of size η diverges. Right: excess risk of preprocessed descent in " +
      "steps of size η; dots mean, lines median; means above 30 are left out. Derived; the construction's layers have such fixed steps.",
    panels: [
      {
        title: "Largest eigenvalue over prompts",
        plot: largestPlot([{ prior, largest: quantiles }], etas, [
          Math.min(...edges) / 1.2,
          Math.max(...edges) * 2.2,
        ]),
      },
      {
        title: "Risk of discrete steps",
        legend: discreteLegend(etas),
        plot: discretePlot(discrete, [Math.min(0.02, 10 ** Math.floor(Math.log10(low))), 30]),
      },
    ],
    sources: [],
  };
}
