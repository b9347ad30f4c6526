/** @module The generalised induction head against other estimators, on fresh sequences, scored under the true law of the target. */
import type { Experiment } from "../../runs/mod.ts";
import { sampleSequences } from "../data.ts";
import type { Loss } from "../loss.ts";
import type { TableMetrics } from "../records.ts";
import { labelOf, maskOf } from "../subsets.ts";
import {
  bayes,
  bestTemperature,
  inductionHead,
  matchCounts,
  oracle,
  type Predictions,
  scoreOf,
  softInductionHead,
  unigram,
} from "../theory.ts";
import { tableExperiment } from "./table.ts";

/** Tasks of two parents. */
type EstimatorConfig = {
  readonly tasks: readonly { readonly alpha: number; readonly L: number; readonly N: number }[];
  readonly seed: number;
  /** Epsilon of the loss under which a settles: close to the log loss. */
  readonly settling: number;
};

/** The metric: hard estimators give probability 0 to things that happen. */
export const METRIC: Loss = { kind: "logeps", epsilon: 0.01 };

/** Losses and accuracies of the estimators. */
export const estimators: Experiment<EstimatorConfig, TableMetrics> = tableExperiment(
  "estimators",
  "The generalised induction head against other estimators",
  (profile) => [{
    tasks: [[0.1, 100], [0.1, 1000], [0.5, 100], [0.5, 1000], [1, 100], [1, 1000]].map(([alpha, L]) => ({
      alpha,
      L,
      N: profile === "quick" ? (L === 100 ? 10_000 : 2500) : 50_000,
    })),
    seed: 1,
    settling: 1e-6,
  }],
  function* ({ tasks, seed, settling }) {
    for (const { alpha, L, N } of tasks) {
      const data = sampleSequences({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } }, {
        L,
        count: N,
        seed,
        keepKernels: true,
      });
      const laws = oracle(data, [1, 2]), parents = maskOf([1, 2]);
      const counts = (members: number[]) => matchCounts(data, maskOf(members), { M: 3 });
      const score = (name: string, predictions: Predictions, a = 0) => {
        const { loss, lossStandardError, accuracy, accuracyStandardError, totalVariation } = scoreOf(
          predictions,
          laws,
          3,
          METRIC,
        );
        const cesoft = scoreOf(predictions, laws, 3, { kind: "cesoft" }).loss;
        return {
          alpha,
          L,
          name,
          a,
          loss,
          lossError: lossStandardError,
          accuracy,
          accuracyError: accuracyStandardError,
          totalVariation,
          cesoft,
        };
      };
      yield score("oracle", laws);
      yield score("Bayes", bayes(matchCounts(data, parents, { M: 3, first: 3 }), alpha));
      yield score("induction head", inductionHead(counts([1, 2])));
      for (const members of [[1, 2], [1], [2], [2, 3], [1, 2, 3]]) {
        const own = counts(members), { a } = bestTemperature(own, laws, METRIC, { high: 14 });
        yield score(`soft ${labelOf(maskOf(members))}`, softInductionHead(own, a), a);
      }
      const own = counts([1, 2]), { a } = bestTemperature(own, laws, { kind: "logeps", epsilon: settling });
      yield score("settled {1,2}", softInductionHead(own, a), a);
      yield score("unigram", unigram(counts([1, 2])));
    }
  },
);
