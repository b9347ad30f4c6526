/**
 * @module A generated character corpus with things to learn at three ranges: spelling, agreement, repeated names.
 *
 * Sentences of a small phrase grammar: "the cats run. nora met ivan and nora helped ivan." Singular and plural nouns ask
 * for different verb forms; names come back within a sentence, which rewards copying (induction). (Derived; replaces C4.)
 */
import type { RandomStream } from "../../numerics/mod.ts";
import { type TextData, textOf } from "./text.ts";

const names = ["nora", "ivan", "mara", "otto", "lena", "ugo", "zoe", "kaj"];
const nouns = ["cat", "dog", "bird", "fox", "frog", "goat"];
const verbs = ["run", "sleep", "sing", "jump", "hide", "wait"];
const deeds = ["met", "saw", "helped", "asked", "thanked", "followed"];

/** The generated corpus uses these 28 characters, whatever its length. */
export const characterAlphabet = " .abcdefghijklmnopqrstuvwxyz";

function pick<T>(stream: RandomStream, list: readonly T[]): T {
  return list[stream.integer(list.length)];
}

function sentence(stream: RandomStream): string {
  if (stream.uniform() < 0.5) {
    const noun = pick(stream, nouns), verb = pick(stream, verbs);
    return stream.uniform() < 0.5 ? `the ${noun} ${verb}s. ` : `the ${noun}s ${verb}. `;
  }
  const first = stream.integer(names.length);
  const second = (first + 1 + stream.integer(names.length - 1)) % names.length;
  const [a, b] = [names[first], names[second]];
  return `${a} ${pick(stream, deeds)} ${b} and ${a} ${pick(stream, deeds)} ${b}. `;
}

/**
 * A corpus of `length` characters (cut mid-sentence if need be).
 *
 * @throws RangeError unless length is a whole number >= 1
 */
export function characterCorpus(stream: RandomStream, length: number): TextData {
  if (!(Number.isSafeInteger(length) && length >= 1)) {
    throw new RangeError(`a corpus needs a whole length >= 1, got ${length}`);
  }
  const parts: string[] = [];
  for (let size = 0; size < length;) {
    const next = sentence(stream);
    parts.push(next);
    size += next.length;
  }
  return textOf(parts.join("").slice(0, length), characterAlphabet);
}
