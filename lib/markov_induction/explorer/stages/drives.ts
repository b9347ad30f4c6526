/** @module The drives behind Stages I and II: Gram matrices over few kernels while a slider moves, over many from the worker. */
import { drivesOf, type SoftDrives, softDrives } from "../../theory.ts";
import { remembered } from "../remembered.ts";
import { M } from "../task.ts";
import { chainOf, type Settings } from "./settings.ts";

/** What the drives depend on. */
type Key = Pick<Settings, "alpha" | "loss" | "D">;
const keyOf = ({ alpha, loss, D }: Key): Key => ({ alpha, loss, D });

/** Kernels behind a moving slider, and in a batch of the worker. */
export const KERNELS = { quick: 100, batch: 2500 } as const;
/** Batches of the worker. */
export const BATCHES = 6;

const over = remembered(
  ({ key, kernels, seed }: { key: Key; kernels: number; seed: number }) =>
    softDrives(chainOf(key), { M, D: key.D, loss: key.loss, kernels, seed }),
  undefined,
  2 * BATCHES,
);

/** Drives over few kernels. */
export function quickDrives(settings: Key): SoftDrives {
  return over({ key: keyOf(settings), kernels: KERNELS.quick, seed: 1 });
}

/** Gram matrices of one batch. */
export function batchGram(settings: Key, batch: number): readonly Float64Array[] {
  return over({ key: keyOf(settings), kernels: KERNELS.batch, seed: 2 + batch }).gram;
}

/** Drives from the average of batches of equally many kernels. */
export function pooledDrives(D: number, grams: readonly (readonly Float64Array[])[]): SoftDrives {
  return drivesOf(
    M,
    D,
    grams[0].map((gram, k) =>
      gram.map((_, i) => grams.reduce((sum, one) => sum + one[k][i], 0) / grams.length)
    ),
  );
}

/** What the worker ends up with. */
export function preciseDrives(settings: Key): SoftDrives {
  return pooledDrives(settings.D, Array.from({ length: BATCHES }, (_, batch) => batchGram(settings, batch)));
}
