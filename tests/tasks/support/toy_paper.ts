/** @module A paper for tests of tasks: two experiments that are quick, one that takes its time, one that never listens. */
import type { Claim } from "../../../lib/claims/mod.ts";
import type { Experiment, RunRecord } from "../../../lib/runs/mod.ts";
import { UsageError } from "../../../lib/tasks/cli.ts";
import type { PaperEntry } from "../../../lib/tasks/papers.ts";
import { walkConfig, walkExperiment } from "../../runs/support/walk.ts";

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const walk = {
  ...walkExperiment({
    configs: [walkConfig, { ...walkConfig, seed: 8 }],
    fullConfigs: [{ ...walkConfig, steps: 120 }],
  }),
};
const slow = {
  ...walkExperiment({ configs: [{ ...walkConfig, steps: 100 }], beforeStep: () => pause(10) }),
  name: "slow",
};
const deaf: Experiment = {
  ...walk as unknown as Experiment,
  name: "deaf",
  configs: () => [{ seed: 1 }],
  run: async (_, { progress }) => {
    for (let i = 0; i < 600; i++) {
      progress(i, 600);
      await pause(50);
    }
    return {};
  },
};
const failing: Experiment = {
  ...deaf,
  name: "failing",
  run: () => Promise.reject(new Error("run 0 diverged at step 3; lower its learning rate.")),
};

export const toyExperiments = { walk, slow, deaf, failing } as unknown as Record<string, Experiment>;

/** `TOY_CLAIMS=false` in the environment makes the second claim false. */
export function toyClaims({ walk, slow }: Record<string, RunRecord[]>): Claim[] {
  const samples = (record: RunRecord) => record.metrics.samples as number[];
  const expected = Deno.env.get("TOY_CLAIMS") === "false" ? 5 : 0.5;
  const claim = { paper: "toy", source: "derived", relation: "equals", tolerance: 0 } as const;
  return [{
    ...claim,
    id: "first-sample",
    statement: "The first sample is 0.318 for seed 7.",
    expected: 0.318,
    tolerance: 1e-12,
    measure: () => walk.length === 0 ? undefined : { value: samples(walk[0])[0] },
  }, {
    ...claim,
    id: "inside",
    statement: "The maps stay inside the unit interval.",
    expected,
    tolerance: 0.5,
    measure: () =>
      walk.length === 0 ? undefined : { value: Math.max(...walk.flatMap(samples)), standardError: 0.01 },
  }, {
    ...claim,
    id: "constant",
    statement: "All samples are the same.",
    expected: 0,
    control: true,
    measure: () => walk.length === 0 ? undefined : { value: samples(walk[0])[0] - samples(walk[0])[1] },
  }, {
    ...claim,
    id: "slow",
    statement: "The slow walk was run.",
    expected: 1,
    measure: () => slow.length === 0 ? undefined : { value: slow.length },
  }];
}

export function findToyPaper(ids: readonly string[]): PaperEntry[] {
  const unknown = ids.find((id) => id !== "toy");
  if (unknown) throw new UsageError(`There is no paper "${unknown}"; the papers are: toy.`);
  return [{
    id: "toy",
    title: "A toy",
    arxiv: "0000.00000",
    notebook: "0_toy.ipynb",
    load: () => Promise.resolve({ experiments: toyExperiments, claims: toyClaims }),
  }];
}
