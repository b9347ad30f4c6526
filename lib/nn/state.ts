/**
 * @module Named arrays as bytes: the format of checkpoints.
 *
 * Layout, little-endian: the four characters `T&P1`, the SHA-256 of all that follows, the header's length (uint32), the
 * header (JSON: a note and every array's name, type and shape), padding to a multiple of 8, then the arrays' bytes in the
 * header's order, each padded to a multiple of 8. Bit-exact both ways; damage and misfits are refused by name.
 */
import type { HostArray } from "./types.ts";

/** Bytes that are not a state, or not the state that was expected; the message names what is wrong. */
export class StateError extends Error {
  /** Name of the class, as messages print it. */
  override name = "StateError";
}

/** Named arrays and a JSON note about them. */
export interface State<Note = unknown> {
  /** Anything JSON can hold; non-finite numbers are kept. */
  readonly note: Note;
  /** The arrays by name. */
  readonly arrays: Readonly<Record<string, HostArray>>;
}

interface Header {
  note: unknown;
  arrays: { name: string; type: "float32" | "int32"; shape: number[] }[];
}

const magic = new TextEncoder().encode("T&P1");
const digestStart = 4;
const lengthStart = digestStart + 32;
const bodyStart = lengthStart + 4;

/** Writes a state as bytes. */
export async function encodeState(state: State): Promise<Uint8Array> {
  const header: Header = {
    note: state.note,
    arrays: Object.entries(state.arrays).map(([name, { data, shape }]) => {
      checkSize(name, data.length, shape);
      return { name, type: data instanceof Int32Array ? "int32" : "float32", shape: [...shape] };
    }),
  };
  const text = new TextEncoder().encode(JSON.stringify(header, writeNumber));
  const arrays = Object.values(state.arrays);
  const firstArray = aligned(bodyStart + text.length);
  const bytes = new Uint8Array(arrays.reduce((end, { data }) => end + aligned(data.byteLength), firstArray));
  bytes.set(magic, 0);
  new DataView(bytes.buffer).setUint32(lengthStart, text.length, true);
  bytes.set(text, bodyStart);
  let at = firstArray;
  for (const { data } of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += aligned(data.byteLength);
  }
  bytes.set(await digest(bytes.subarray(lengthStart)), digestStart);
  return bytes;
}

/**
 * Reads a state back. With `shapes`, every named array must be there with that shape and no other may be.
 * Throws `StateError` for foreign, truncated or damaged bytes, and for missing, misshapen or unexpected arrays.
 */
export async function decodeState<Note = unknown>(
  bytes: Uint8Array,
  shapes?: Readonly<Record<string, readonly number[]>>,
): Promise<State<Note>> {
  if (bytes.length < bodyStart || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new StateError(`these ${bytes.length} bytes are not a saved state (they do not start with "T&P1")`);
  }
  const stored = bytes.subarray(digestStart, lengthStart);
  const found = await digest(bytes.subarray(lengthStart));
  if (found.some((byte, i) => byte !== stored[i])) {
    throw new StateError(
      "the saved state is truncated or damaged (its SHA-256 does not match): start afresh",
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(lengthStart, true);
  const header: Header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(bodyStart, bodyStart + length)),
    readNumber,
  );
  const arrays: Record<string, HostArray> = {};
  let at = aligned(bodyStart + length);
  for (const { name, type, shape } of header.arrays) {
    const size = shape.reduce((product, n) => product * n, 1);
    const copy = bytes.slice(at, at + 4 * size).buffer;
    arrays[name] = { data: type === "int32" ? new Int32Array(copy) : new Float32Array(copy), shape };
    at += aligned(4 * size);
  }
  if (shapes) checkShapes(arrays, shapes);
  return { note: header.note as Note, arrays };
}

function checkShapes(
  arrays: Readonly<Record<string, HostArray>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    if (!arrays[name]) throw new StateError(`the saved state has no "${name}"`);
    if (`${arrays[name].shape}` !== `${shape}`) {
      throw new StateError(`the saved "${name}" has shape [${arrays[name].shape}], expected [${shape}]`);
    }
  }
  for (const name of Object.keys(arrays)) {
    if (!(name in shapes)) throw new StateError(`the saved state has "${name}", which is not expected here`);
  }
}

/** JSON has no NaN, no infinities and no minus zero; a history may. */
function writeNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? "-0" : String(value) };
}

function readNumber(_key: string, value: unknown): unknown {
  const text = (value as { number?: unknown } | null)?.number;
  return typeof text === "string" ? Number(text) : value;
}

function checkSize(name: string, length: number, shape: readonly number[]): void {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== length) throw new StateError(`"${name}" has ${length} numbers for shape [${shape}]`);
}

async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

function aligned(size: number): number {
  return Math.ceil(size / 8) * 8;
}
