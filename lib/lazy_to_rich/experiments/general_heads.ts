/** @module Constructed generalised heads measured in float64: error over modes K, hidden width M and copy slope p. */
import { rounded, stream } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import {
  constructGeneralHead,
  decompose,
  generalHeadBound,
  similarity,
  supremumError,
} from "../construction.ts";
import { generalInductionHead } from "../data.ts";
import { type GeneralConfig, type GeneralMetrics, generalMetrics } from "../records.ts";

const quick: GeneralConfig = {
  seed: 1,
  sequences: 8,
  similarities: {
    synonym: "4 * exp(-(u - v)^2 / (2 * 0.3^2))",
    antonym: "-6 * (u + v)^2",
    periodic: "3 * cos(6 * (u - v))",
  },
  swept: "synonym",
  modes: [1, 2, 3, 4, 6, 8, 10, 12],
  hidden: [5, 10, 20, 40, 80, 160, 320],
  slopes: [2, 4, 6, 8, 10, 12],
};
// Points a side of the grid of the bound: no multiple of M, or the grid would see the knots and nothing between them.
const boundGrid = 397;
const profiles = frozen({ quick: [quick], full: [{ ...quick, sequences: 40 }] });

async function run(config: GeneralConfig, context: RunContext): Promise<GeneralMetrics> {
  const g = similarity(config.similarities[config.swept]);
  const decomposition = decompose(g);
  const total = config.modes.length + config.hidden.length + config.slopes.length;
  let done = 0;
  const at = async (K: number, M: number, slope: number) => {
    const head = constructGeneralHead({
      n: 2,
      d: 1,
      similarity: g,
      copy: { kind: "single", slope },
      modes: K,
      hidden: M,
      decomposition,
    });
    const error = supremumError((x) => head.run(x), (x) => generalInductionHead(x, g.value, 2), {
      d: 1,
      lengths: [4, 16, 48],
      sequences: config.sequences,
      random: stream(config.seed, "lazy_to_rich", "tokens"),
    });
    context.progress(++done, total);
    await breathe();
    context.signal.throwIfAborted();
    return { error: rounded(error), bound: rounded(generalHeadBound(head, g, boundGrid).total) };
  };
  const modes = [], hidden = [], slopes = [];
  for (const K of config.modes) modes.push({ K, ...await at(K, 400, 16) });
  for (const M of config.hidden) hidden.push({ M, ...await at(14, M, 20) });
  for (const p of config.slopes) slopes.push({ p, ...await at(14, 400, p) });
  const spectra = Object.fromEntries(
    Object.entries(config.similarities).map(([name, text]) => [
      name,
      decompose(similarity(text)).sigma.map(rounded),
    ]),
  );
  return { spectra, modes, hidden, slopes };
}

/** GIH_2 as a transformer with a ReLU network, against its target. */
export const generalHeads: Experiment<GeneralConfig, GeneralMetrics> = {
  paper: "lazy_to_rich",
  name: "general_heads",
  title: "Errors of constructed generalised heads over modes, width and slope",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => generalMetrics.parse(metrics),
  run,
};
