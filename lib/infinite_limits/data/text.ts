/** @module Plain text as token indices, and windows of it for a causal model. Reading files is somebody else's job. */
import type { RandomStream } from "../../numerics/mod.ts";

/** A text over a finite alphabet. */
export interface TextData {
  /** The text itself. */
  readonly text: string;
  /** Characters in order of their index. */
  readonly alphabet: readonly string[];
  /** [characters], index of each. */
  readonly tokens: Int32Array;
}

/** Windows for next-character prediction. */
export interface TextBatch {
  /** Windows. */
  readonly count: number;
  /** Characters a window. */
  readonly context: number;
  /** Row-major [count, context]. */
  readonly tokens: Int32Array;
  /** The character after each token, row-major [count, context]. */
  readonly targets: Int32Array;
}

/**
 * Indexes a text. Without an alphabet, the characters that occur, in code-point order.
 *
 * @throws RangeError for an empty text or a character outside the alphabet
 */
export function textOf(text: string, alphabet?: string): TextData {
  const characters = [...text];
  if (characters.length === 0) throw new RangeError("the text is empty: give at least one character");
  const letters = alphabet === undefined ? [...new Set(characters)].sort(byCodePoint) : [...alphabet];
  const index = new Map(letters.map((letter, i) => [letter, i]));
  const tokens = Int32Array.from(characters, (letter, i) => {
    const token = index.get(letter);
    if (token === undefined) {
      throw new RangeError(`character ${JSON.stringify(letter)} at position ${i} is not in the alphabet`);
    }
    return token;
  });
  return { text, alphabet: letters, tokens };
}

function byCodePoint(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}

/**
 * Decodes the bytes of a plain text file.
 *
 * @param maxAlphabet refuse texts with more distinct characters; default 256
 * @throws RangeError for no bytes, bytes that are not UTF-8 (with the position), or too many distinct characters
 */
export function parseText(bytes: Uint8Array, maxAlphabet = 256): TextData {
  if (bytes.length === 0) throw new RangeError("the text file is empty (0 bytes)");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError(
      `the text file is not UTF-8: byte ${firstBadByte(bytes)} starts an invalid sequence; convert it first`,
    );
  }
  const data = textOf(text);
  if (data.alphabet.length > maxAlphabet) {
    throw new RangeError(
      `the text has ${data.alphabet.length} distinct characters, at most ${maxAlphabet} are allowed; ` +
        "simplify it or raise the limit",
    );
  }
  return data;
}

/** Length of the longest valid prefix, by bisection on whether it decodes as the start of a text. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0, bad = bytes.length;
  const decodes = (n: number) => {
    try {
      // stream: an unfinished character at the end is not an error yet.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, n), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  if (decodes(bytes.length)) {
    // Valid as a prefix, so the last character is cut off: it starts at the last byte that is not a continuation.
    let start = bytes.length - 1;
    while (start > 0 && (bytes[start] & 0xc0) === 0x80) start--;
    return start;
  }
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/**
 * Draws windows uniformly.
 *
 * @param from first token that may be used (for a training/validation split); default 0
 * @param to token behind the last that may be used; default the text's length
 * @throws RangeError when the range is shorter than context + 1
 */
export function textBatch(
  stream: RandomStream,
  data: TextData,
  count: number,
  context: number,
  from = 0,
  to = data.tokens.length,
): TextBatch {
  const room = to - from - context;
  if (!(room >= 1)) {
    throw new RangeError(`a context of ${context} needs ${context + 1} characters, got ${to - from}`);
  }
  const tokens = new Int32Array(count * context), targets = new Int32Array(count * context);
  for (let i = 0; i < count; i++) {
    const start = from + stream.integer(room);
    tokens.set(data.tokens.subarray(start, start + context), i * context);
    targets.set(data.tokens.subarray(start + 1, start + context + 1), i * context);
  }
  return { count, context, tokens, targets };
}

/**
 * One-hot tokens scaled by sqrt(alphabet), so that $x\cdot x/D = 1$.
 *
 * @returns row-major [tokens, alphabet]
 */
export function oneHot(tokens: Int32Array, alphabet: number): Float32Array {
  const out = new Float32Array(tokens.length * alphabet), scale = Math.sqrt(alphabet);
  tokens.forEach((token, i) => {
    if (!(token >= 0 && token < alphabet)) {
      throw new RangeError(`token ${token} at position ${i} is not below the alphabet's ${alphabet}`);
    }
    out[i * alphabet + token] = scale;
  });
  return out;
}
