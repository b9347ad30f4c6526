/** @module The three stages at a start: quickly, then with what the worker has finished. */
import type { State } from "../../../explore/types.ts";
import type { SoftDrives } from "../../theory.ts";
import { remembered } from "../remembered.ts";
import { type Copying, copyingOf } from "./copying.ts";
import { BATCHES, batchGram, KERNELS, pooledDrives, preciseDrives, quickDrives } from "./drives.ts";
import { type Selection, selectionOf } from "./selection.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { type Finite, finiteOf, type Population, populationOf, sequencesFor } from "./temperature.ts";

/** Kernels behind a(t) while a slider moves, and from the worker. */
const CONTEXTS = {
  quick: { kernels: 24, tolerance: 1e-3 },
  precise: { kernels: 2000, tolerance: 1e-6 },
} as const;

/** Everything the picture shows. */
export interface Stages {
  readonly settings: Settings;
  readonly selection: Selection;
  readonly copying: Copying;
  readonly population: Population;
  /** Absent until the worker has sampled sequences. */
  readonly finite?: Finite;
  /** Kernels behind Stages I and II. */
  readonly kernels: number;
}

/** Parts of the worker's job, in this order. */
export type Part =
  | { readonly kind: "drives"; readonly gram: readonly Float64Array[] }
  | { readonly kind: "population"; readonly population: Population }
  | { readonly kind: "finite"; readonly finite: Finite };

/** Stages I and II; the drives are a function of the settings and the number of kernels. */
const solveStages = remembered(
  ({ settings, drives, kernels }: { settings: Settings; drives: SoftDrives; kernels: number }) => {
    const selection = selectionOf(settings, drives);
    return { selection, copying: copyingOf(settings, drives, selection.winner), kernels };
  },
  ({ settings: { L: _, ...rest }, kernels }) => [rest, kernels],
);

/** The stages over few kernels. @throws {RangeError} outside of the theory's domain */
export function stagesOf(state: State): Stages {
  const settings = settingsOf(state), drives = quickDrives(settings);
  const stages = solveStages({ settings, drives, kernels: KERNELS.quick });
  return { settings, ...stages, population: populationOf(settings, stages.selection.winner, CONTEXTS.quick) };
}

const refinedOnce = new WeakMap<Stages, { readonly parts: number; readonly stages: Stages }>();

/** The stages with what is finished of the job. */
export function refined(quick: Stages, parts: readonly Part[] = []): Stages {
  if (parts.length === 0) return quick;
  const known = refinedOnce.get(quick);
  if (known?.parts === parts.length) return known.stages;
  const { settings } = quick;
  const grams = parts.flatMap((part) => part.kind === "drives" ? [part.gram] : []);
  const stages = solveStages({
    settings,
    drives: pooledDrives(settings.D, grams),
    kernels: grams.length * KERNELS.batch,
  });
  const { winner } = stages.selection;
  const population = parts.find((part) => part.kind === "population")?.population ??
    populationOf(settings, winner, CONTEXTS.quick);
  const finite = parts.findLast((part) => part.kind === "finite")?.finite;
  refinedOnce.set(quick, { parts: parts.length, stages: { settings, ...stages, population, finite } });
  return refinedOnce.get(quick)!.stages;
}

/** Parts of the job at a state. */
export function partsOf(state: State): number {
  return BATCHES + 1 + sequencesFor(settingsOf(state)).length;
}

/** Part `index` of the job. */
export function partOf(state: State, index: number): Part {
  const settings = settingsOf(state);
  if (index < BATCHES) return { kind: "drives", gram: batchGram(settings, index) };
  const { winner } = selectionOf(settings, preciseDrives(settings));
  if (index === BATCHES) {
    return { kind: "population", population: populationOf(settings, winner, CONTEXTS.precise) };
  }
  return { kind: "finite", finite: finiteOf(settings, winner, sequencesFor(settings)[index - BATCHES - 1]) };
}
