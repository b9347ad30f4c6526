/** @module Fixed weights, few layers: which preconditioner is worth its first layer, and how many heads that layer needs. */
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { mean, rounded, standardError } from "../../numerics/mod.ts";
import {
  type DepthConfig,
  type DepthMetrics,
  depthMetrics,
  type MemberRisk,
  type Setting,
} from "../records.ts";
import { drawStatistics, type Family, familyRisks, tuneFamily } from "../theory/mod.ts";

const families: Family[] = ["descent", "preprocessed", "mixed", "shifted", "normalised"];
const setting = (prior: "rad" | "gau", sigma: number, n: number): Setting => ({
  d: 16,
  s: 4,
  prior,
  sigma,
  n,
});

function profile(tuning: number, testing: number, depths: number[]): DepthConfig[] {
  const common = { depths, families, headsDepth: 5, tuning, testing, seed: 4 };
  const heads = [0, 1, 2, 4, 8, 12, 16];
  // The in-place variant (shifted) and the deepest networks take longest to tune: the first setting alone has them.
  const brief = {
    ...common,
    depths: depths.filter((K) => K !== 7),
    families: families.filter((family) => family !== "shifted"),
  };
  return [
    { ...common, ...setting("rad", 1, 80), heads },
    { ...brief, ...setting("gau", 1, 40), heads },
    { ...brief, ...setting("rad", 0.5, 40), heads: [] },
  ];
}

const configs = frozen({
  quick: profile(2000, 4000, [1, 2, 3, 5, 7]),
  full: profile(8000, 8000, [1, 2, 3, 4, 5, 6, 7, 9]),
});

/** What predicting zero costs, for E||w*||^2 = 1: no prompt counts for more. */
const ZERO = 1;
const clipped = (risks: Float64Array) => risks.map((risk) => Math.min(risk, ZERO));

function memberRisk(risks: Float64Array): MemberRisk {
  const capped = clipped(risks);
  return {
    risk: rounded(mean(risks)),
    se: rounded(standardError(risks)),
    clipped: rounded(mean(capped)),
    clippedSe: rounded(standardError(capped)),
    exploded: risks.filter((risk) => risk > ZERO).length / risks.length,
  };
}

async function run(config: DepthConfig, context: RunContext): Promise<DepthMetrics> {
  const { n, depths, families, heads, headsDepth, tuning, testing, seed, d, s, sigma, prior } = config;
  const task = { d, s, sigma, prior };
  const train = drawStatistics(task, n, { seed, count: tuning });
  const test = drawStatistics(task, n, { seed: seed + 1, count: testing });
  const total = families.length * depths.length + heads.length;
  let done = 0;
  const step = async (note: string) => {
    context.progress(++done, total, note);
    await breathe();
    context.signal.throwIfAborted();
  };
  const table: Record<string, MemberRisk[]> = {};
  for (const family of families as Family[]) {
    table[family] = [];
    for (const depth of depths) {
      table[family].push(memberRisk(familyRisks(tuneFamily(family, depth, train), test)));
      await step(`${family}, ${depth} layers`);
    }
  }
  const risks: Float64Array[] = [];
  for (const count of heads) {
    risks.push(familyRisks(tuneFamily("mixed", headsDepth, train, { heads: count }), test));
    await step(`${count} heads`);
  }
  return {
    families: table,
    heads: risks.map(memberRisk),
    gain: risks.map((r) => {
      const none = clipped(risks[0]), difference = clipped(r).map((value, i) => none[i] - value);
      return { mean: rounded(mean(difference)), se: rounded(standardError(difference)) };
    }),
  };
}

/** Risk of tuned preconditioners over depth, and over the number of heads of layer 1. */
export const depth: Experiment<DepthConfig, DepthMetrics> = {
  paper: "sparse_regression",
  name: "depth",
  title: "What fixed weights of limited depth and few heads can do",
  version: 1,
  configs: (profile) => configs[profile],
  checkMetrics: (metrics) => depthMetrics.parse(metrics),
  run,
};
