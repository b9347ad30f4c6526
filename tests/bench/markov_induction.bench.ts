/**
 * @module How fast kernels are measured, sequences drawn and gradients taken for the induction-head paper; run with `deno task bench`.
 *
 * Rounds of all cases are interleaved and the median is reported, so a noisy neighbour hurts every case alike. There is no peer:
 * the published code estimates stationary laws by capped power iteration, which answers another question.
 */
import { type Chain, kernelSampler, sampleSequences, windowLaws } from "../../lib/markov_induction/data.ts";
import { batchGradient, initialParameters } from "../../lib/markov_induction/forward.ts";
import { CHI2, MODIFIED, priorInformation, softDrives } from "../../lib/markov_induction/theory.ts";
import { median, stream } from "../../lib/numerics/mod.ts";
import type { BenchRow } from "./types.ts";

export const name = "markov_induction";

const ROUNDS = 5;
const chain: Chain = { d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.1 } };

/** Cases: each does its work once and says how many items that was. */
function cases(): Record<string, () => number> {
  const sampler = kernelSampler(chain), laws = windowLaws(chain, 3, false), random = stream(1, "bench");
  const kernel = sampler.draw(random), architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 } as const;
  const data = sampleSequences(chain, { L: 100, count: 500, seed: 1 });
  const start = initialParameters(architecture);
  const repeat = (n: number, work: () => void) => {
    for (let i = 0; i < n; i++) work();
    return n;
  };
  return {
    "kernels drawn, d = 3, n = 2": () => repeat(10_000, () => sampler.draw(random)),
    "stationary laws of windows of 3": () => repeat(10_000, () => laws.of(kernel)),
    "kernels measured, all sets, two measures": () => {
      priorInformation(chain, { M: 3, kernels: 10_000, seed: 1, measures: [MODIFIED, CHI2] });
      return 10_000;
    },
    "kernels into Gram matrices of degree 2": () => {
      softDrives(chain, { M: 3, D: 2, kernels: 3000, seed: 1 });
      return 3000;
    },
    "sequences drawn, L = 100": () => sampleSequences(chain, { L: 100, count: 2000, seed: 1 }).count,
    "exact gradients, L = 100, TF(3,3,3,2)": () => {
      batchGradient(architecture, start, data, { kind: "logeps", epsilon: 0.1 });
      return data.count;
    },
  };
}

/** Measures every case; rates are thousands of items per second. */
export function run(): Promise<BenchRow[]> {
  const work = cases(), rates: Record<string, number[]> = {};
  for (let round = -1; round < ROUNDS; round++) { // one round to warm up
    for (const [label, once] of Object.entries(work)) {
      const start = performance.now(), items = once();
      if (round >= 0) (rates[label] ??= []).push(items / (performance.now() - start));
    }
  }
  return Promise.resolve(
    Object.entries(rates).map(([label, all]) => ({
      bench: name,
      case: label,
      ours: median(all),
      peer: null,
      unit: "k/s",
      ratio: null,
      note: `best ${Math.max(...all).toFixed(1)}`,
    })),
  );
}
