/** @module One head at a time: what the network loses without it, and what is left when only the best ones stay. */
import { rounded } from "../../numerics/mod.ts";
import type { Tensors } from "../../nn/mod.ts";
import type { Architecture } from "../forward.ts";
import type { Gains, TransformerModel } from "../model.ts";
import { type TestOptions, testRisk } from "./risk.ts";

/** All heads of all runs in place. */
export function ones(architectures: readonly Architecture[]): number[][][] {
  return architectures.map(({ layers }) => layers.map(({ heads }) => new Array<number>(heads).fill(1)));
}

/**
 * $\log_{10}$ of the risk without a head over the full risk, `[run][layer][head]`. The logarithm, because linear attention
 * that has lost a head of layer 1 can be wrong by many orders of magnitude.
 */
export async function maskedRatios(
  model: TransformerModel,
  parameters: Tensors,
  architectures: readonly Architecture[],
  options: TestOptions,
): Promise<number[][][]> {
  const full = await testRisk(model, parameters, options);
  const ratios = ones(architectures);
  const depth = architectures[0].layers.length;
  for (let layer = 0; layer < depth; layer++) {
    const most = Math.max(...architectures.map(({ layers }) => layers[layer].heads));
    for (let head = 0; head < most; head++) {
      // Runs have different numbers of heads; those without this one are evaluated whole, and their number is dropped.
      const gains = ones(architectures);
      for (const run of gains) if (head < run[layer].length) run[layer][head] = 0;
      const risks = await testRisk(model, parameters, { ...options, gains });
      ratios.forEach((run, r) => {
        if (head < run[layer].length) run[layer][head] = rounded(Math.log10(risks[r].risk / full[r].risk));
      });
    }
  }
  return ratios;
}

/** Index of the head whose loss costs most, per layer. */
export function bestHeads(ratios: readonly (readonly number[])[]): number[] {
  return ratios.map((layer) => layer.indexOf(Math.max(...layer)));
}

/** Factors that keep only the best head of the layers named. @param ratios `[run][layer][head]` */
export function prunedGains(
  ratios: readonly (readonly (readonly number[])[])[],
  pruned: (layer: number) => boolean,
): Gains {
  return ratios.map((run) => {
    const best = bestHeads(run);
    return run.map((heads, layer) => heads.map((_, head) => !pruned(layer) || head === best[layer] ? 1 : 0));
  });
}
