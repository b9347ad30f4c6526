/**
 * @module How fast prompts are drawn and the theory's estimators run; run with `deno task bench sparse_regression`.
 *
 * Rounds of all cases are interleaved and the median is reported. Peers: the same batch through numerics' Philox
 * normals, the general symmetric eigensolver of numerics, and repeated Lasso fits without warm starts.
 */
import { median, stream, symmetricEigen } from "../../lib/numerics/mod.ts";
import { promptBatch, type SparseTask } from "../../lib/sparse_regression/data.ts";
import {
  bayes,
  drawStatistics,
  lasso,
  logGrid,
  preprocessedPath,
  riskRow,
  smallEigen,
} from "../../lib/sparse_regression/theory.ts";
import type { BenchOptions, BenchRow } from "./types.ts";

/** Name of this benchmark. */
export const name = "sparse_regression";

const ROUNDS = 9;
const task: SparseTask = { d: 16, s: 4, sigma: 0.5, prior: "gau" };

/** Measures every case; costs are per item, lower is better. */
export function run({ log }: Pick<BenchOptions, "log">): Promise<BenchRow[]> {
  const prompts = drawStatistics(task, 40, { seed: 1, count: 200 });
  const rows = prompts.map(({ gram }) =>
    Array.from({ length: 16 }, (_, i) => [...gram.subarray(16 * i, 16 * i + 16)])
  );
  const grid = logGrid({ low: 1e-3, high: 1 }), philox = new Float32Array(256 * 44 * 16);
  let step = 0;
  const each = (work: (i: number) => void) => {
    prompts.forEach((_, i) => work(i));
    return prompts.length;
  };
  /** Contestants: work, its unit in milliseconds, what it is compared with. */
  const cases: Record<string, { work: () => number; unit: "ms" | "us"; peer?: string }> = {
    "batch of 256 prompts, 44 tokens, d = 16": {
      work: () => (promptBatch(task, { seed: 1, step: step++, batch: 256, n: 40, q: 4 }), 1),
      unit: "ms",
      peer: "its normals by Philox",
    },
    "eigenvectors of a 16 x 16 matrix": {
      work: () => each((i) => smallEigen(prompts[i].gram, 16)),
      unit: "us",
      peer: "general symmetric eigensolver",
    },
    "preprocessed path of a prompt": { work: () => each((i) => preprocessedPath(prompts[i])), unit: "us" },
    "Lasso path, 19 penalties": {
      work: () =>
        each((i) => {
          const w = new Float64Array(16);
          for (const lambda of grid) lasso(prompts[i], lambda, { w });
        }),
      unit: "us",
      peer: "19 cold Lasso fits",
    },
    "Bayes estimate, 1820 supports": { work: () => each((i) => bayes(prompts[i], task)), unit: "us" },
    "Bayes estimate, 29120 signed supports": {
      work: () => each((i) => bayes(prompts[i], { ...task, prior: "rad" })),
      unit: "us",
    },
    "row of the risk table, 100 prompts": {
      work: () => (riskRow({ task, n: 40 }, { count: 100, seed: 1 }), 1),
      unit: "ms",
    },
    "its normals by Philox": { work: () => (stream(1, "bench", step++).fillNormal(philox), 1), unit: "ms" },
    "general symmetric eigensolver": { work: () => each((i) => symmetricEigen(rows[i])), unit: "us" },
    "19 cold Lasso fits": {
      work: () =>
        each((i) => {
          for (const lambda of grid) lasso(prompts[i], lambda);
        }),
      unit: "us",
    },
  };
  const costs: Record<string, number[]> = {};
  for (let round = -2; round < ROUNDS; round++) { // two rounds to warm up
    log(round < 0 ? "warming up" : `round ${round + 1} of ${ROUNDS}`);
    for (const [label, { work, unit }] of Object.entries(cases)) {
      const start = performance.now(), items = work();
      const milliseconds = (performance.now() - start) / items;
      if (round >= 0) (costs[label] ??= []).push(unit === "ms" ? milliseconds : 1e3 * milliseconds);
    }
  }
  const peers = Object.values(cases).map(({ peer }) => peer);
  return Promise.resolve(
    Object.entries(cases).filter(([label]) => !peers.includes(label)).map(
      ([label, { unit, peer }]): BenchRow => {
        const ours = median(costs[label]), theirs = peer ? median(costs[peer]) : null;
        const note = `${peer ? `peer: ${peer}; ` : ""}best ${Math.min(...costs[label]).toPrecision(3)}`;
        return { bench: name, case: label, ours, peer: theirs, unit, ratio: theirs && theirs / ours, note };
      },
    ),
  );
}

if (import.meta.main) console.table(await run({ log: () => {} }));
