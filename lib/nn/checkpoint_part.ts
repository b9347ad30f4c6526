/** @module One checkpoint slot shared by several trainings, each under its own name. */
import type { CheckpointSlot } from "../runs/types.ts";
import { StateError } from "./state.ts";

type Parts = Map<string, Uint8Array>;

/**
 * A slot within a slot. An experiment that trains several models in a row (other widths, a second stage) gives each its own
 * part: the finished ones then keep their final state, and a resumed experiment passes through them without a step.
 */
export function checkpointPart(slot: CheckpointSlot, part: string): CheckpointSlot {
  const change = async (edit: (parts: Parts) => void) => {
    const parts = unpack(await slot.load());
    edit(parts);
    await (parts.size === 0 ? slot.clear() : slot.save(pack(parts)));
  };
  return {
    load: async () => unpack(await slot.load()).get(part),
    save: (bytes) => change((parts) => parts.set(part, bytes)),
    clear: () => change((parts) => parts.delete(part)),
  };
}

/** Length of the index (uint32), the index as JSON ([name, bytes] pairs), then the parts. */
function pack(parts: Parts): Uint8Array {
  const index = new TextEncoder().encode(
    JSON.stringify([...parts].map(([name, { length }]) => [name, length])),
  );
  const bytes = new Uint8Array(
    [...parts.values()].reduce((end, { length }) => end + length, 4 + index.length),
  );
  new DataView(bytes.buffer).setUint32(0, index.length, true);
  bytes.set(index, 4);
  let at = 4 + index.length;
  for (const part of parts.values()) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function unpack(bytes: Uint8Array | undefined): Parts {
  if (!bytes) return new Map();
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
    const index: [string, number][] = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    let at = 4 + length;
    const parts = new Map(index.map(([name, size]) => [name, bytes.slice(at, at += size)]));
    if (at !== bytes.length) throw new Error(`${bytes.length} bytes where ${at} were announced`);
    return parts;
  } catch (error) {
    throw new StateError(
      `the checkpoint is not one with parts (${(error as Error).message}): start it afresh`,
    );
  }
}
