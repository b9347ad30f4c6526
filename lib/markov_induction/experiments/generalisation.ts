/** @module A network trained at one length and one prior, evaluated at others: its loss in the published code's measure. */
import type { Experiment } from "../../runs/mod.ts";
import { breathe } from "../../runs/mod.ts";
import { sampleSequences } from "../data.ts";
import { descend } from "../model/descent.ts";
import type { ModelConfig, TableMetrics } from "../records.ts";
import { tableExperiment } from "./table.ts";
import { chainOf } from "../records.ts";
import { dataOf, engineOf, startOf } from "./training.ts";
import { CESOFT, START, TASK } from "./settings.ts";

/** Training as published (all at once, step 1), then fresh sequences of each length and prior. */
type GeneralisationConfig = {
  readonly N: number;
  readonly steps: number;
  readonly seed: number;
  readonly alphas: readonly number[];
  readonly lengths: readonly number[];
  readonly fresh: number;
};

/** Loss over lengths and priors. */
export const generalisation: Experiment<GeneralisationConfig, TableMetrics> = tableExperiment(
  "generalisation",
  "A trained network at other lengths and priors",
  (profile) => [{
    N: profile === "quick" ? 4000 : 9000,
    steps: profile === "quick" ? 2500 : 5000,
    seed: 1,
    alphas: [0.05, 0.1, 0.2, 0.5],
    lengths: [10, 20, 50, 100, 200, 400, 700, 1000],
    fresh: profile === "quick" ? 1500 : 20_000,
  }],
  async function* ({ N, steps, seed, alphas, lengths, fresh }, context) {
    const model: ModelConfig = { ...TASK, variant: "repo", loss: CESOFT, N };
    const weights = startOf(model, START), engine = engineOf(model, dataOf(model, seed));
    await descend(engine, weights, { train: ["c", "w", "a"], steps, rate: 1, sampleAt: [] }, {
      afterStep(step) {
        if (step % 16 !== 0) return;
        context.progress(step, steps, "training");
        return breathe();
      },
    });
    for (const alpha of alphas) {
      for (const L of lengths) {
        const test: ModelConfig = { ...model, prior: { kind: "dirichlet", alpha }, L, N: fresh };
        const data = sampleSequences(chainOf(test), { L, count: fresh, seed: seed + 1000 });
        const measured = engineOf(test, data), { loss, accuracy } = measured.fit(weights);
        let square = 0;
        for (let i = 0; i < fresh; i++) {
          const y = measured.predictions.subarray(3 * i, 3 * i + 3);
          const own = Math.log(y.reduce((sum, v) => sum + Math.exp(v), 0)) - y[data.tokens[i * (L + 1) + L]];
          square += (own - loss) ** 2;
        }
        yield {
          alpha,
          L,
          loss,
          lossError: Math.sqrt(square / (fresh - 1) / fresh),
          accuracy,
          a: weights.a[0],
        };
      }
    }
  },
);
