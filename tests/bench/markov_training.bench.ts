/**
 * @module A full-batch gradient-descent step of the Markov network on window counts, beside the same network in PyTorch over sequences.
 *
 * The peer's batch is 4000 sequences; ours is 9000, as published, and 4000 as well. Rounds are interleaved and the fastest of several
 * means counts on both sides, so noise never works for us.
 */
import { median, stream } from "../../lib/numerics/mod.ts";
import { sampleSequences, type Sequences } from "../../lib/markov_induction/data.ts";
import type { Architecture } from "../../lib/markov_induction/forward.ts";
import { compressedEngine } from "../../lib/markov_induction/model/compressed.ts";
import { initialWeights, zeroWeights } from "../../lib/markov_induction/model/weights.ts";
import { countWindows } from "../../lib/markov_induction/model/window_counts.ts";
import { findTorch } from "./torch.ts";
import type { BenchOptions, BenchRow } from "./types.ts";

/** What `deno task bench markov_training` runs. */
export const name = "markov_training";

const ROUNDS = 5, STEPS = 40;
const architecture: Architecture = { variant: "paper", d: 3, M: 3, H: 3, D: 2 };

/** Uniform tokens, as the peer draws them: the worst case for counting, every window occurs. */
function uniformTokens(count: number): Sequences {
  const random = stream(1, "bench"), L = 100;
  const tokens = Uint8Array.from({ length: count * (L + 1) }, () => random.integer(3));
  return { tokens, count, L, d: 3 };
}

/** Gradient descent in place; returns milliseconds per step. */
function stepper(data: Sequences): () => number {
  const engine = compressedEngine(countWindows(data, architecture), { kind: "logeps", epsilon: 0.1 });
  const weights = initialWeights(architecture), direction = zeroWeights(weights);
  return () => {
    const start = performance.now();
    for (let step = 0; step < STEPS; step++) {
      engine.descend(weights, direction);
      for (const name in weights) {
        weights[name].forEach((x, i) => weights[name][i] = x + 0.2 * direction[name][i]);
      }
    }
    return (performance.now() - start) / STEPS;
  };
}

/** Measures all cases. */
export async function run({ peers, log }: BenchOptions): Promise<BenchRow[]> {
  const published = (count: number) =>
    sampleSequences({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.1 } }, {
      L: 100,
      count,
      seed: 1,
    });
  const cases: Record<string, () => number> = {
    "9000 uniform sequences": stepper(uniformTokens(9000)),
    "4000 uniform sequences": stepper(uniformTokens(4000)),
    "9000 published sequences": stepper(published(9000)),
  };
  const torch = await findTorch(peers, 6);
  if ("ms" in torch) log("PyTorch, one thread, interleaved");
  const ours: Record<string, number[]> = {}, theirs: number[] = [];
  for (let round = -1; round < ROUNDS; round++) { // round -1 warms up
    for (const [label, step] of Object.entries(cases)) {
      const ms = step();
      if (round >= 0) (ours[label] ??= []).push(ms);
    }
    if ("ms" in torch && round >= 0) theirs.push(await torch.ms("markov_induction"));
  }
  const peer = theirs.length > 0 ? Math.min(...theirs) : null;
  return Object.entries(ours).map(([label, times]): BenchRow => {
    const best = Math.min(...times), spread = median(times) / best;
    return {
      bench: name,
      case: `step, ${label}`,
      ours: best,
      peer,
      unit: "ms",
      ratio: peer && peer / best,
      note: "ms" in torch
        ? `PyTorch: 4000 uniform sequences, one thread; our median is ${spread.toFixed(1)}x our best`
        : torch.missing,
    };
  });
}
