/** @module Draws that other threads find by their address, well-behaved ones and others. */
import { batchesOf, type BatchSource, type Draws } from "../../lib/nn/batches.ts";

const here = () => import.meta.url;
const shared = new Float32Array(6);

/** Six numbers that tell the step, in the same memory at every call. */
export function numbered({ factor }: { readonly factor: number }): Draws {
  return (step) => {
    shared.forEach((_, i) => shared[i] = factor * step + i);
    return {
      x: { data: shared, shape: [2, 3] },
      labels: { data: Int32Array.of(step, -step), shape: [2] },
    };
  };
}

/** Takes two milliseconds for a number. */
export function slow(): Draws {
  return (step) => {
    for (const start = performance.now(); performance.now() - start < 2;);
    return { x: { data: Float32Array.of(step), shape: [1] } };
  };
}

/** Fails at a step. */
export function failing({ at }: { readonly at: number }): Draws {
  return (step) => {
    if (step === at) throw new Error(`no numbers at step ${step}`);
    return { x: { data: Float32Array.of(step), shape: [1] } };
  };
}

/** One constant, and the numbers above. */
export const constant = Object.freeze({ data: Float32Array.of(7), shape: [1] });
export const source: BatchSource = batchesOf({ constant }, numbered, { factor: 10 }, here);
export const slowSource: BatchSource = batchesOf({}, slow, undefined, here);
export const failingSource: BatchSource = batchesOf({}, failing, { at: 3 }, here);
