/** @module Parts taken away: features, degrees, positional attention; each with its best inverse temperature. */
import type { Experiment } from "../../runs/mod.ts";
import type { ModelConfig, TableMetrics } from "../records.ts";
import { maskOf, sizeOf, subsets } from "../subsets.ts";
import { tableExperiment } from "./table.ts";
import { dataOf, engineOf, startOf } from "./training.ts";
import { LOGEPS, TASK } from "./settings.ts";

/** The published task, on one data set. */
type AblationConfig = { readonly N: number; readonly seed: number; readonly largest: number };

const one = (...members: number[]) => (mask: number) => mask === maskOf(members) ? 1 : 0;
/** Networks: p_S up to a factor, and the gap of the positional attention (40 is one-hot). */
const networks: readonly { name: string; p: (mask: number) => number; gap: number }[] = [
  { name: "{1,2}: the induction head", p: one(1, 2), gap: 40 },
  { name: "singles {1} + {2}", p: (mask) => mask === 1 || mask === 2 ? 1 : 0, gap: 40 },
  { name: "all |S| ≤ 2, equal", p: (mask) => sizeOf(mask) <= 2 ? 1 : 0, gap: 40 },
  { name: "all singles, equal", p: (mask) => sizeOf(mask) === 1 ? 1 : 0, gap: 40 },
  { name: "{1,2,3}", p: one(1, 2, 3), gap: 40 },
  { name: "{2,3}", p: one(2, 3), gap: 40 },
  { name: "{2}", p: one(2), gap: 40 },
  { name: "{1}", p: one(1), gap: 40 },
  { name: "∅: unigram", p: one(), gap: 40 },
  { name: "{1,2}, gap 0", p: one(1, 2), gap: 0 },
  { name: "{1,2}, gap 1", p: one(1, 2), gap: 1 },
  { name: "{1,2}, gap 2", p: one(1, 2), gap: 2 },
  { name: "{1,2}, gap 2.9", p: one(1, 2), gap: 2.9 },
];

/** Loss and accuracy of ablated networks. */
export const ablations: Experiment<AblationConfig, TableMetrics> = tableExperiment(
  "ablations",
  "What each part of the network is worth",
  (profile) => [1, 2, 3].map((seed) => ({ N: profile === "quick" ? 9000 : 100_000, seed, largest: 14 })),
  function* ({ N, seed, largest }) {
    const model: ModelConfig = { ...TASK, variant: "paper", loss: LOGEPS, N, D: 3 };
    const engine = engineOf(model, dataOf(model, seed)), sets = subsets(3, 3);
    for (const { name, p, gap } of networks) {
      const weights = startOf(model, { c0: 1, a0: 1, plus: gap, minus: 0 });
      sets.forEach((mask, s) => weights.c[s] = Math.sqrt(p(mask)));
      const at = (a: number) => {
        weights.a[0] = a;
        return engine.fit(weights);
      };
      const a = minimum((x) => at(x).loss, 0, largest);
      yield { name, gap, a, ...at(a) };
    }
  },
);

/** Where a function of one valley is least, by golden section. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-3) {
    const left = high - golden * (high - low), right = low + golden * (high - low);
    if (f(left) <= f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
