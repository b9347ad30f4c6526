/** @module A training in progress as a checkpoint: step, state, history, and a fingerprint of what it belongs to. */
import type { CheckpointSlot } from "../runs/types.ts";
import type { History } from "./history.ts";
import { decodeState, encodeState, StateError } from "./state.ts";
import type { StepState } from "./step.ts";
import { mapValues, toHost, toTensors } from "./tensors.ts";
import type { Divergence } from "./train.ts";
import type { Tensors } from "./types.ts";

/** How far a training has come. */
export interface Progress {
  readonly state: StepState;
  readonly done: number;
  readonly history: History;
  readonly diverged: readonly Divergence[];
}

/** What must be the same for a checkpoint to be taken up. */
export type Fingerprint = Readonly<Record<string, string | number>>;

interface Note extends Omit<Progress, "state"> {
  readonly fingerprint: Fingerprint;
}

/** Saves a training's progress into its slot. */
export async function saveProgress(
  slot: CheckpointSlot,
  fingerprint: Fingerprint,
  progress: Progress,
): Promise<void> {
  const { state, ...rest } = progress;
  const note: Note = { fingerprint, ...rest };
  await slot.save(await encodeState({ note, arrays: await toHost(named(state)) }));
}

/**
 * Takes a training's progress from its slot onto the device, or nothing when there is no slot or it is empty. Throws
 * `StateError` when it belongs to something else: another model, optimiser, backend, or other shapes than `like`.
 */
export async function loadProgress(
  slot: CheckpointSlot | undefined,
  fingerprint: Fingerprint,
  like: StepState,
): Promise<Progress | undefined> {
  const bytes = await slot?.load();
  if (!bytes) return;
  const { note } = await decodeState<Note>(bytes);
  for (const [key, wanted] of Object.entries(fingerprint)) {
    const found = note.fingerprint?.[key];
    if (found === wanted) continue;
    throw new StateError(
      `the checkpoint has ${key} ${found}, this training has ${key} ${wanted}: start it afresh`,
    );
  }
  const { arrays } = await decodeState(bytes, mapValues(named(like), (t) => t.shape));
  const tensors = toTensors(arrays);
  const part = (prefix: string, names: string[]) =>
    Object.fromEntries(names.map((n) => [n, tensors[prefix + n]]));
  return {
    ...note,
    state: {
      parameters: part("parameters/", Object.keys(like.parameters)),
      optimizer: part("optimizer/", Object.keys(like.optimizer)),
    },
  };
}

function named(state: StepState): Tensors {
  const under = (prefix: string, tensors: Tensors) =>
    Object.entries(tensors).map(([n, t]) => [prefix + n, t] as const);
  return Object.fromEntries([
    ...under("parameters/", state.parameters),
    ...under("optimizer/", state.optimizer),
  ]);
}
