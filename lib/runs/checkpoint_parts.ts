/**
 * @module One checkpoint slot shared by the parts of a run. A training takes what it finds in its slot for its own past,
 * so a run that trains twice must give each training a slot of its own.
 */
import type { CheckpointSlot } from "./types.ts";

/**
 * Divides a run's slot into named ones. All parts are stored together, atomically, in the one slot; a part that is
 * done keeps its last state until the run is.
 *
 * @returns a function from a part's name (any text) to its slot.
 * @throws {Error} on `load`, when the slot holds a state that was saved to it undivided.
 * @example
 * ```ts
 * import { checkpointParts, type CheckpointSlot } from "@trained/proved/runs";
 * async function twoTrainings(checkpoint: CheckpointSlot) {
 *   const part = checkpointParts(checkpoint);
 *   await part("first").save(new Uint8Array([1]));
 *   return await part("second").load(); // undefined: it has not begun
 * }
 * ```
 */
export function checkpointParts(slot: CheckpointSlot): (name: string) => CheckpointSlot {
  let parts: Promise<Map<string, Uint8Array>> | undefined;
  const all = () => parts ??= slot.load().then((bytes) => bytes === undefined ? new Map() : unpack(bytes));
  return (name) => ({
    load: async () => (await all()).get(name),
    save: async (bytes) => {
      const map = await all();
      map.set(name, bytes.slice()); // the caller may reuse its buffer
      await slot.save(pack(map));
    },
    clear: async () => {
      const map = await all();
      if (!map.delete(name)) return;
      await (map.size === 0 ? slot.clear() : slot.save(pack(map)));
    },
  });
}

const NEWLINE = 10;

/** A line of JSON with names and sizes, then the parts' bytes in that order. */
function pack(parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sizes = [...parts].map(([name, bytes]) => [name, bytes.length]);
  const head = new TextEncoder().encode(`${JSON.stringify({ parts: sizes })}\n`);
  const content = new Uint8Array([...parts.values()].reduce((sum, { length }) => sum + length, head.length));
  content.set(head);
  let at = head.length;
  for (const bytes of parts.values()) {
    content.set(bytes, at);
    at += bytes.length;
  }
  return content;
}

function unpack(content: Uint8Array): Map<string, Uint8Array> {
  let at = content.indexOf(NEWLINE) + 1;
  const parts = new Map<string, Uint8Array>();
  for (const [name, size] of readSizes(content.subarray(0, at))) {
    parts.set(name, content.slice(at, at + size));
    at += size;
  }
  return parts;
}

function readSizes(head: Uint8Array): [string, number][] {
  try {
    return JSON.parse(new TextDecoder().decode(head)).parts.map((
      [name, size]: [string, number],
    ) => [name, size]);
  } catch {
    throw new Error("the checkpoint was saved by a run without parts: start it afresh");
  }
}
