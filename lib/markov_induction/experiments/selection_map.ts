/** @module Which set wins Stage I when attention is soft at the start: a map over the prior's alpha and the initial gap w_+ - w_-. */
import type { Experiment } from "../../runs/mod.ts";
import { zeroWeights } from "../model/weights.ts";
import type { ModelConfig, TableMetrics } from "../records.ts";
import { labelOf, sizeOf, subsets } from "../subsets.ts";
import { tableExperiment } from "./table.ts";
import { dataOf, engineOf, startOf } from "./training.ts";
import { CESOFT, LOGEPS, TASK } from "./settings.ts";

/** One network of the map. */
type MapConfig = {
  readonly variant: "paper" | "repo";
  readonly alphas: readonly number[];
  readonly gaps: readonly number[];
  readonly N: number;
  readonly seed: number;
};

/** Gaps of the map. Zero would be a tie: all heads see the same. */
export const GAPS: readonly number[] = Array.from({ length: 20 }, (_, i) => 0.25 * (i + 1));
/** Rows of the map. */
export const ALPHAS: readonly number[] = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 1, 2];

/** Winners of the drives at the start, by largest degree. */
export const selectionMap: Experiment<MapConfig, TableMetrics> = tableExperiment(
  "selection_map",
  "Winner of Stage I over the prior and the initial gap",
  (profile) =>
    (["paper", "repo"] as const).map((variant) => ({
      variant,
      alphas: ALPHAS,
      gaps: GAPS,
      N: profile === "quick" ? 9000 : 100_000,
      seed: 1,
    })),
  function* ({ variant, alphas, gaps, N, seed }) {
    for (const alpha of alphas) {
      const model: ModelConfig = {
        ...TASK,
        variant,
        loss: variant === "paper" ? LOGEPS : CESOFT,
        prior: { kind: "dirichlet", alpha },
        N,
        D: 3,
      };
      const engine = engineOf(model, dataOf(model, seed)), sets = subsets(3, 3);
      for (const gap of gaps) {
        const weights = startOf(model, { c0: 0.01, a0: 0.01, plus: 0.1 + gap, minus: 0.1 });
        engine.descend(weights, zeroWeights(weights), ["c"]);
        const winner = (D: number) =>
          sets.reduce(
            (best, mask, s) => sizeOf(mask) <= D && engine.drives[s] > engine.drives[best] ? s : best,
            0,
          );
        const of = (D: number) => labelOf(sets[winner(D)]);
        yield {
          alpha,
          gap,
          degree1: of(1),
          degree2: of(2),
          degree3: of(3),
          winner: engine.drives[winner(2)],
          parents: engine.drives[sets.indexOf(3)],
        };
      }
    }
  },
);
