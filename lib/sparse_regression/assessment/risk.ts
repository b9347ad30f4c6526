/** @module Test risk of every run of a program on prompts that all runs share. */
import { mean, rounded, standardError } from "../../numerics/mod.ts";
import { disposeTensors, type Tensors, tf, toHost, toTensors } from "../../nn/mod.ts";
import type { Gains, TransformerModel } from "../model.ts";
import type { Estimated } from "../records.ts";

/** Which prompts, and with which heads. */
export interface TestOptions {
  /** Context length, or its range. */
  readonly n: number | { readonly min: number; readonly max: number };
  /** Number of prompts. */
  readonly prompts: number;
  /** Queries a prompt; default 4. */
  readonly q?: number;
  /** Names the prompts; default 1. */
  readonly seed?: number;
  /** Factors on heads. */
  readonly gains?: Gains;
}

/** Prompts that go through the network at once where they fit. */
const CHUNK = 128;

/** Numbers in one array: the 128 MiB that every WebGPU device binds at once. */
export const LARGEST_ARRAY = 2 ** 25;

/** How many of `most` prompts may go through at once, when each makes an array of so many numbers. */
export function promptsAtOnce(numbersPerPrompt: number, most: number = CHUNK): number {
  return Math.max(1, Math.min(most, Math.floor(LARGEST_ARRAY / numbersPerPrompt)));
}

/** The longest context of a range. */
export const longest = (n: number | { readonly max: number }): number => typeof n === "number" ? n : n.max;

/**
 * What a prompt counts for whose prediction float32 cannot hold: linear attention that has lost a head can be wrong without bound,
 * and one such prompt must not cost the record of a long training.
 */
const WORST = 1e30;

/** Mean excess risk of each run and its standard error over prompts. */
export async function testRisk(
  model: TransformerModel,
  parameters: Tensors,
  options: TestOptions,
): Promise<Estimated[]> {
  const { prompts, seed = 1, q = 4, ...rest } = options;
  const risks: number[][] = Array.from({ length: model.runs }, () => []);
  const together = promptsAtOnce(model.numbersPerPrompt(longest(rest.n), q));
  for (let from = 0, chunk = 0; from < prompts; from += together, chunk++) {
    const count = Math.min(together, prompts - from);
    const x = toTensors(
      model.prompts({ ...rest, q, prompts: count, step: chunk, sharedSeed: seed, name: "test" }),
    );
    const { risk } = await toHost({ risk: tf.tidy(() => model.risks(parameters, x)) });
    disposeTensors(x);
    const counted = Array.from(risk.data, (value) => value < WORST ? value : WORST); // NaN, too
    risks.forEach((list, r) => list.push(...counted.slice(r * count, (r + 1) * count)));
  }
  return risks.map((list) => ({ risk: rounded(mean(list)), se: rounded(standardError(list)) }));
}
