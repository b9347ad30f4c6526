/** @module Records of every experiment, made on the spot from configs that take moments: their numbers mean little, their shape is real. */
import { openDevice } from "../../lib/nn/mod.ts";
import type { CheckpointSlot, Experiment, JsonObject, RunContext, RunRecord } from "../../lib/runs/mod.ts";
import { depth } from "../../lib/sparse_regression/experiments/depth.ts";
import { riskPath } from "../../lib/sparse_regression/experiments/path.ts";
import { riskTable, scaling } from "../../lib/sparse_regression/experiments/tables.ts";
import { transformers } from "../../lib/sparse_regression/experiments/transformers.ts";
import type { TrainingConfig } from "../../lib/sparse_regression/records.ts";

/** A slot that remembers within the process. */
export function memorySlot(): CheckpointSlot & { bytes?: Uint8Array } {
  const slot: CheckpointSlot & { bytes?: Uint8Array } = {
    load: () => Promise.resolve(slot.bytes),
    save: (bytes) => {
      slot.bytes = bytes.slice();
      return Promise.resolve();
    },
    clear: () => {
      slot.bytes = undefined;
      return Promise.resolve();
    },
  };
  return slot;
}

/** A context that runs on the backend that is everywhere and fast enough. */
export function context(options: Partial<RunContext> = {}): RunContext {
  return {
    device: () => openDevice("wasm"),
    signal: new AbortController().signal,
    progress: () => {},
    checkpoint: memorySlot(),
    ...options,
  };
}

async function record<C extends JsonObject, M extends JsonObject>(
  experiment: Experiment<C, M>,
  config: C,
  index: number,
): Promise<RunRecord<C, M>> {
  return {
    format: 1,
    paper: experiment.paper,
    experiment: experiment.name,
    experimentVersion: experiment.version,
    profile: "quick",
    config,
    hash: `${index}`.padStart(64, "0"),
    device: { backend: "float64", name: "test", kind: "cpu" },
    versions: {},
    wallSeconds: 0,
    finishedAt: "2026-01-01T00:00:00.000Z",
    metrics: experiment.checkMetrics(await experiment.run(config, context())),
    digest: "0".repeat(64),
  };
}

/** The smallest training that has everything: two numbers of heads, two seeds. */
export const tinyTraining: TrainingConfig = {
  ...transformers.configs("quick")[0],
  task: { d: 4, s: 1, sigma: 1, prior: "rad" },
  n: { min: 6, max: 10 },
  lengths: [6, 10],
  layers: 2,
  width: 10,
  keyWidth: 8,
  heads: [1, 4],
  seeds: [1, 2],
  batch: 4,
  steps: 6,
  testing: 24,
  probeSteps: 2,
};

/** All records; made once a process. */
export async function tinyRecords() {
  const few = <C extends { readonly rows: readonly unknown[] }>(
    config: C,
    rows: C["rows"],
    prompts: number,
  ): C => ({
    ...config,
    rows,
    prompts,
  });
  const table = riskTable.configs("quick")[0];
  const paths = riskPath.configs("quick").map((config) => ({
    ...config,
    prompts: 12,
    times: [1, 4, 16, 64],
  }));
  const laws = scaling.configs("quick").map((config) =>
    few(config, config.rows.slice(0, 2).map((row) => ({ ...row, d: Math.min(row.d, 32) })), 6)
  );
  const depths = depth.configs("quick").map((config) => ({
    ...config,
    depths: [1, 3],
    heads: config.heads.filter((h) => h % 4 === 0),
    headsDepth: 2,
    tuning: 20,
    testing: 20,
  }));
  return {
    riskTable: [
      await record(
        riskTable,
        few(table, table.rows.filter(({ sigma, n }) => sigma === 0.5 || n === 40), 8),
        1,
      ),
    ],
    riskPath: await Promise.all(paths.map((config, i) => record(riskPath, config, 10 + i))),
    scaling: await Promise.all(
      laws.map((config, i) =>
        // a sweep in d needs two values of d even after they were capped
        record(scaling, {
          ...config,
          rows: i === 0 ? [{ ...config.rows[0], d: 8 }, config.rows[1]] : config.rows,
        }, 20 + i)
      ),
    ),
    depth: await Promise.all(depths.map((config, i) => record(depth, config, 30 + i))),
    transformers: [
      await record(transformers, tinyTraining, 40),
      await record(transformers, {
        ...tinyTraining,
        attention: "softmax",
        heads: [2],
        seeds: [1],
        probeSteps: 0,
      }, 41),
      await record(transformers, { ...tinyTraining, regime: "1", seeds: [1], probeSteps: 0 }, 42),
    ],
  };
}
