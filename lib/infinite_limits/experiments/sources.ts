/** @module Where sequences come from: generated stand-ins, or a CIFAR-format binary or a plain text file of your own. */
import type { NetworkProgram } from "../model.ts";
import type { HostArray } from "../../nn/mod.ts";
import { stream } from "../../numerics/mod.ts";
import {
  characterAlphabet,
  characterCorpus,
  gratings,
  gratingShape,
  type LabelledTokens,
  oneHot,
  parseCifar,
  parseText,
  patchTokens,
  pixelStatistics,
  textBatch,
  type TextData,
} from "../data.ts";
import type { DataSource } from "../records.ts";

/** A stream of classification problems. */
export interface TokenTask {
  /** What it was made from; part of a run's config. */
  readonly source: DataSource;
  /** Features a token. */
  readonly features: number;
  /** Tokens a sample. */
  readonly tokens: number;
  /** Classes. */
  readonly outputs: number;
  /** What is read out. */
  readonly pool: "mean" | "token";
  /** The fresh samples of a step. */
  training(step: number, count: number): Samples;
  /** Samples no step uses. */
  heldOut(count: number): Samples;
}

/** The network that learns a task: normalised, with MLP; text is read causally, by position. */
export function networkOf(
  { features, tokens, outputs, pool }: TokenTask,
): Pick<NetworkProgram, "architecture" | "features" | "tokens" | "outputs" | "pool" | "loss"> {
  const text = pool === "token";
  return {
    architecture: { layerNorm: "full", finalNorm: true, mlp: true, causal: text, positional: text },
    features,
    tokens,
    outputs,
    pool,
    loss: "cross-entropy",
  };
}

/** Inputs [1, count, tokens, features] and one-hot targets [1, count, C] or [1, count, tokens, C]. */
export interface Samples {
  /** Tokens. */
  readonly inputs: HostArray;
  /** What they should be told to be. */
  readonly targets: HostArray;
}

function classes(labels: Int32Array, C: number): Float32Array {
  const out = new Float32Array(labels.length * C);
  labels.forEach((label, i) => out[i * C + label] = 1);
  return out;
}

function labelled(
  { count, inputs, labels }: LabelledTokens,
  tokens: number,
  features: number,
  C: number,
): Samples {
  return {
    inputs: { data: inputs, shape: [1, count, tokens, features] },
    targets: { data: classes(labels, C), shape: [1, count, C] },
  };
}

/** Gratings: generated images in which the informative patch must be found. */
export function gratingTask(): TokenTask {
  const { patches, features, classes: outputs } = gratingShape;
  const draw = (count: number, ...path: (string | number)[]) =>
    labelled(gratings(stream(1, "gratings", ...path), count), patches, features, outputs);
  return {
    source: { kind: "gratings" },
    features,
    tokens: patches,
    outputs,
    pool: "mean",
    training: (step, count) => draw(count, "training", step),
    heldOut: (count) => draw(count, "held out"),
  };
}

/** Next-character prediction on a text; its last tenth is held out. */
function textTask(source: DataSource, text: TextData, context: number): TokenTask {
  const letters = text.alphabet.length, split = Math.floor(text.tokens.length * 0.9);
  const draw = (count: number, from: number, to: number, ...path: (string | number)[]): Samples => {
    const batch = textBatch(stream(1, "text", ...path), text, count, context, from, to);
    return {
      inputs: { data: oneHot(batch.tokens, letters), shape: [1, count, context, letters] },
      targets: { data: classes(batch.targets, letters), shape: [1, count, context, letters] },
    };
  };
  return {
    source,
    features: letters,
    tokens: context,
    outputs: letters,
    pool: "token",
    training: (step, count) => draw(count, 0, split, "training", step),
    heldOut: (count) => draw(count, split, text.tokens.length, "held out"),
  };
}

/** The generated corpus. */
export function characterTask(context: number): TokenTask {
  const corpus = characterCorpus(stream(1, "characters"), 200_000);
  if (corpus.alphabet.length !== [...characterAlphabet].length) {
    throw new Error("the corpus changed its alphabet");
  }
  return textTask({ kind: "characters" }, corpus, context);
}

/**
 * A plain text file in place of the generated corpus.
 * @throws {Error} naming the file: it cannot be read, is empty, is not UTF-8, or is shorter than the context allows
 */
export async function textFileTask(path: string, context = 16): Promise<TokenTask> {
  const { bytes, ...source } = await readFile(path);
  return named(path, () => {
    const task = textTask({ kind: "text", ...source }, parseText(bytes), context);
    task.heldOut(1); // a text too short for its held-out tenth is refused here, not after training
    return task;
  });
}

/**
 * A CIFAR-10 binary file (records of one label byte and 3072 pixel bytes) in place of the gratings; its last tenth is held
 * out, at least one image.
 * @param patch side of a patch in pixels: 8 gives 16 tokens, 4 gives 64
 * @throws {Error} naming the file: it cannot be read, is empty, has a wrong size, a wrong label, or a single image
 */
export async function cifarFileTask(path: string, patch = 4): Promise<TokenTask> {
  const { bytes, ...source } = await readFile(path);
  return named(path, () => {
    const images = parseCifar(bytes);
    if (images.count < 2) {
      throw new RangeError("one image is not enough: one is held out, the rest are for training");
    }
    const split = Math.min(images.count - 1, Math.floor(images.count * 0.9));
    // Standardised by the images trained on alone: the held-out ones decide nothing.
    const trained = { ...images, count: split, pixels: images.pixels.subarray(0, split * 3072) };
    const all = patchTokens(images, pixelStatistics(trained), patch);
    const tokens = (32 / patch) ** 2, features = patch * patch * 3, size = tokens * features;
    const pick = (count: number, from: number, to: number, ...path: (string | number)[]): Samples => {
      const random = stream(1, "cifar", ...path);
      const inputs = new Float32Array(count * size), labels = new Int32Array(count);
      for (let i = 0; i < count; i++) {
        const image = from + random.integer(to - from);
        inputs.set(all.inputs.subarray(image * size, (image + 1) * size), i * size);
        labels[i] = all.labels[image];
      }
      return labelled({ count, inputs, labels }, tokens, features, 10);
    };
    return {
      source: { kind: "cifar", ...source },
      features,
      tokens,
      outputs: 10,
      pool: "mean",
      training: (step, count) => pick(count, 0, split, "training", step),
      heldOut: (count) => pick(count, split, images.count, "held out"),
    };
  });
}

/** Bytes, name without folder, and hash: a config names content, never a machine's path. */
async function readFile(
  path: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; file: string; sha256: string }> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new Error(`cannot read "${path}": ${(error as Error).message}`);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { bytes, file: path.split(/[\\/]/).at(-1)!, sha256 };
}

/** Puts the file's name in front of what is wrong with it. */
function named<T>(path: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw new Error(`"${path}": ${(error as Error).message}`);
  }
}
