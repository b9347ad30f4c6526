/**
 * @module Which set Stage I selects when it is trained, beside the one with the most information: for one to three parents, degrees one to
 * three, and chains whose parents are not worth their cost.
 */
import type { Experiment } from "../../runs/mod.ts";
import { descend } from "../model/descent.ts";
import type { ChainConfig, ModelConfig, TableMetrics } from "../records.ts";
import { labelOf, sizeOf, subsets } from "../subsets.ts";
import { CHAINS } from "./information.ts";
import { tableExperiment } from "./table.ts";
import { dataOf, engineOf, rateOf, startOf } from "./training.ts";
import { LOGEPS, TASK } from "./settings.ts";

/** Chains and the data they are trained on; attention starts one-hot, so that information alone decides. */
type SelectedConfig = {
  readonly chains: readonly { readonly label: string; readonly chain: ChainConfig }[];
  readonly degrees: readonly number[];
  readonly N: number;
  readonly L: number;
  readonly seed: number;
  readonly steps: number;
  readonly rate: number;
  readonly growth: number;
};

/** Chains that are trained: near ties of the information are left out, nothing decides them. */
const TRAINED = CHAINS.filter(({ label }) => !/α = (0.01|0.03|20)|0.4 \+ 0.4/.test(label));

/** Stage I for many chains and degrees. */
export const selectedSets: Experiment<SelectedConfig, TableMetrics> = tableExperiment(
  "selected_sets",
  "Sets selected by Stage I for many chains and degrees",
  (profile) => [{
    chains: TRAINED,
    degrees: [1, 2, 3],
    N: profile === "quick" ? 3000 : 40_000,
    L: profile === "quick" ? 200 : 1000,
    seed: 1,
    steps: 240,
    rate: 0.1,
    growth: 0.03,
  }],
  async function* ({ chains, degrees, N, L, seed, steps, rate, growth }) {
    for (const { label, chain } of chains) {
      const task: ModelConfig = { ...TASK, ...chain, variant: "paper", loss: LOGEPS, N, L },
        data = dataOf(task, seed);
      for (const D of degrees) {
        const engine = engineOf({ ...task, D }, data);
        const weights = startOf({ ...task, D }, { c0: 0.01, a0: 0.01, plus: 30, minus: 0 });
        const step = {
          train: ["c"],
          steps,
          rate: rateOf({ train: ["c"], steps, rate, growth }),
          sampleAt: [],
        };
        await descend(engine, weights, step);
        engine.fit(weights);
        const sets = subsets(3, D), best = engine.p.indexOf(Math.max(...engine.p));
        yield {
          chain: label,
          D,
          selected: labelOf(sets[best]),
          mask: sets[best],
          size: sizeOf(sets[best]),
          p: engine.p[best],
        };
      }
    }
  },
);
