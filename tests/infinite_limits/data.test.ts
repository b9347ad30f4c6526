/** @module Data: the formula's numbers, generated tasks that are what they say, parsers that refuse with a reason. */
import { describe, expect, test } from "vitest";
import {
  characterAlphabet,
  characterCorpus,
  gratings,
  gratingShape,
  inputKernel,
  oneHot,
  parseCifar,
  parseText,
  patchTokens,
  pixelStatistics,
  sequenceKernel,
  textBatch,
  textOf,
  tinyData,
} from "../../lib/infinite_limits/data.ts";
import { mean, stream, variance } from "../../lib/numerics/mod.ts";
import { meanDiagonal } from "./shared.ts";

describe("tiny data", () => {
  const task = tinyData();

  test("has the published entries, to five decimals", () => {
    const first = [0.95525, -1.15722, -0.65705, 1.32653], last = [0.15239, -0.32618, 0.49491, -0.65593];
    first.forEach((x, i) => expect(task.inputs[i]).toBeCloseTo(x, 5));
    last.forEach((x, i) => expect(task.inputs[8 * 4 + i]).toBeCloseTo(x, 5));
    expect([...task.targets]).toEqual([1, -1, 0.5]);
  });

  test("has the published kernels, to four decimals", () => {
    const kernel = inputKernel(task);
    [1.1108, -0.1401, -0.4695, -0.5582, 0.6221, 1.1313, -0.4603, -0.0161, -0.1681]
      .forEach((k, i) => expect(kernel[i]).toBeCloseTo(k, 4));
    expect(meanDiagonal(kernel)).toBeCloseTo(1.0061, 4);
    const expected = [0.2634, 0.1885, -0.0792, 0.1885, 0.2375, -0.1369, -0.0792, -0.1369, 0.1985];
    sequenceKernel(kernel, 3, 3).forEach((k, i) => expect(k).toBeCloseTo(expected[i], 4));
  });

  test("positional codes add one for tokens at the same place", () => {
    const plain = inputKernel(task), coded = inputKernel(task, true);
    expect(coded[0 * 9 + 3] - plain[0 * 9 + 3]).toBeCloseTo(1, 14);
    expect(coded[0 * 9 + 4]).toBe(plain[0 * 9 + 4]);
  });

  test("refuses sizes the formula does not cover", () => {
    expect(() => tinyData(7)).toThrow("1 to 6 samples, got P = 7");
    expect(() => tinyData(2, 0)).toThrow("S must be a whole number >= 1, got 0");
  });
});

describe("gratings", () => {
  const { patches, pixels, features, classes } = gratingShape;
  const batch = gratings(stream(1), 2000);

  test("are reproducible by name and cover all classes and places evenly", () => {
    expect(gratings(stream(1), 3).inputs).toEqual(batch.inputs.subarray(0, 3 * patches * features));
    const count = (values: Int32Array, n: number) =>
      Array.from({ length: n }, (_, i) => values.filter((v) => v === i).length / values.length);
    // Multinomial standard errors 0.0097 and 0.0070: four of them.
    for (const share of count(batch.labels, classes)) {
      expect(Math.abs(share - 1 / classes)).toBeLessThan(0.039);
    }
    for (const share of count(batch.patches, patches)) {
      expect(Math.abs(share - 1 / patches)).toBeLessThan(0.028);
    }
  });

  test("have noise 0.7 everywhere and the pattern's energy in one patch only", () => {
    const signal: number[] = [], noise: number[] = [];
    for (let i = 0; i < batch.count; i++) {
      for (let patch = 0; patch < patches; patch++) {
        const o = (i * patches + patch) * features;
        const values = [...batch.inputs.subarray(o, o + pixels)].map((x) => x * Math.sqrt(pixels / features));
        (patch === batch.patches[i] ? signal : noise).push(mean(values.map((x) => x * x)));
      }
    }
    // 0.49 +- 0.7^2 sqrt(2/16/16000) = 0.0014; signal adds 1.6^2/2 = 1.28 on average over phases, +- about 0.015.
    expect(Math.abs(mean(noise) - 0.49)).toBeLessThan(0.006);
    expect(Math.abs(mean(signal) - 0.49 - 1.28)).toBeLessThan(0.06);
  });

  test("mark the place of every patch with a one-hot code", () => {
    for (let patch = 0; patch < patches; patch++) {
      const code = [...batch.inputs.subarray(patch * features + pixels, (patch + 1) * features)];
      expect(code).toEqual(code.map((_, i) => i === patch ? 2.5 : 0));
    }
    expect(() => gratings(stream(1), 0)).toThrow("got 0");
  });
});

describe("the character corpus", () => {
  const corpus = characterCorpus(stream(2), 4000);

  test("is a text of the asked length over 28 characters", () => {
    expect(corpus.tokens.length).toBe(4000);
    expect(corpus.alphabet.join("")).toBe(characterAlphabet);
    expect(corpus.alphabet.length).toBe(28);
    expect([...corpus.tokens].map((t) => corpus.alphabet[t]).join("")).toBe(corpus.text);
  });

  test("obeys agreement and repeats names within a sentence", () => {
    const sentences = corpus.text.split(". ").slice(0, -1);
    expect(sentences.length).toBeGreaterThan(100);
    for (const sentence of sentences) {
      const words = sentence.split(" ");
      if (words[0] === "the") expect(words[1].endsWith("s")).toBe(!words[2].endsWith("s"));
      else expect([words[0], words[2]]).toEqual([words[4], words[6]]);
    }
  });

  test("gives windows whose targets are the next characters", () => {
    const batch = textBatch(stream(3), corpus, 5, 16);
    for (let i = 0; i < 5; i++) {
      const tokens = [...batch.tokens.subarray(i * 16, i * 16 + 16)];
      const targets = [...batch.targets.subarray(i * 16, i * 16 + 16)];
      expect(tokens.slice(1)).toEqual(targets.slice(0, -1));
    }
    expect(() => textBatch(stream(3), textOf("abc"), 1, 3)).toThrow("needs 4 characters, got 3");
    expect(textBatch(stream(3), textOf("abcd"), 1, 3).targets.length).toBe(3);
  });

  test("one-hot tokens have unit mean square and refuse strangers", () => {
    const hot = oneHot(Int32Array.of(2, 0), 4);
    expect([...hot]).toEqual([0, 0, 2, 0, 2, 0, 0, 0]);
    expect(() => oneHot(Int32Array.of(4), 4)).toThrow("token 4 at position 0");
  });
});

describe("a text file", () => {
  test("is decoded with an alphabet in code-point order", () => {
    const data = parseText(new TextEncoder().encode("bañana"));
    expect(data.alphabet).toEqual(["a", "b", "n", "ñ"]);
    expect([...data.tokens]).toEqual([1, 0, 3, 0, 2, 0]);
  });

  test("is refused when empty, not UTF-8 or too rich, naming the place", () => {
    expect(() => parseText(new Uint8Array(0))).toThrow("empty (0 bytes)");
    expect(() => parseText(Uint8Array.of(97, 98, 0xff, 99))).toThrow("byte 2");
    expect(() => parseText(Uint8Array.of(97, 0xc3))).toThrow("byte 1"); // cut in the middle of a character
    expect(() => parseText(new TextEncoder().encode("abcd"), 3)).toThrow("4 distinct characters, at most 3");
    expect(() => textOf("abz", "ab")).toThrow('character "z" at position 2');
  });
});

describe("a CIFAR file", () => {
  const record = (label: number, value: (i: number) => number) =>
    Uint8Array.from({ length: 3073 }, (_, i) => i === 0 ? label : value(i - 1));
  const two = new Uint8Array(2 * 3073);
  two.set(record(3, (i) => i % 251));
  two.set(record(9, (i) => (7 * i) % 251), 3073);

  test("is split into labels and planes", () => {
    const images = parseCifar(two);
    expect(images.count).toBe(2);
    expect([...images.labels]).toEqual([3, 9]);
    expect(images.pixels[3072 + 5]).toBe(35);
  });

  test("becomes standardised 4 x 4 patches in row, column, channel order", () => {
    const images = parseCifar(two),
      statistics = pixelStatistics(images),
      tokens = patchTokens(images, statistics);
    expect(tokens.inputs.length).toBe(2 * 64 * 48);
    // Token 9 is patch row 1, column 1; its feature (y, x, channel) = (2, 3, 1).
    const raw = images.pixels[1024 + (4 + 2) * 32 + 4 + 3];
    expect(tokens.inputs[9 * 48 + (2 * 4 + 3) * 3 + 1]).toBeCloseTo(
      (raw - statistics.mean) / statistics.sd,
      5,
    );
    // Standardised over everything: float32 rounding of 6144 numbers.
    expect(mean(tokens.inputs)).toBeCloseTo(0, 5);
    expect(variance(tokens.inputs)).toBeCloseTo(1, 3);
  });

  test("is refused when empty, truncated, mislabelled or constant", () => {
    expect(() => parseCifar(new Uint8Array(0))).toThrow("empty (0 bytes)");
    expect(() => parseCifar(two.subarray(0, 5000))).toThrow("got 5000 bytes = 1 records and 1927 bytes");
    expect(() => parseCifar(record(10, () => 0))).toThrow("record 0 has label 10, expected below 10");
    const black = parseCifar(record(0, () => 0));
    expect(() => patchTokens(black, pixelStatistics(black))).toThrow("all pixels are equal");
    expect(() => patchTokens(parseCifar(two), { mean: 0, sd: 1 }, 5)).toThrow("must divide 32, got 5");
  });
});
