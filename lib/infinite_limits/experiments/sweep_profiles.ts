/** @module Which networks the sweeps train: one axis at a time around a base, at both values of each exponent. */
import { rounded } from "../../numerics/mod.ts";
import { frozen } from "../../runs/mod.ts";
import { fittingParts } from "../model/footprint.ts";
import type { Sizes, SweepConfig } from "../records.ts";
import { largestProgram } from "./common.ts";

const images = {
  data: { kind: "gratings" },
  optimiser: "sgd",
  beta0: 2,
  gamma0: 0.5,
  baseDepth: 1,
  context: 0,
} as const;
const characters = {
  data: { kind: "characters" },
  optimiser: "adam",
  beta0: 2,
  gamma0: 0.5,
  baseDepth: 1,
  context: 16,
} as const;

/** `count` rates from `low` to `high`, equally spaced in the logarithm. */
function rates(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => rounded(low * (high / low) ** (i / (count - 1))));
}

/**
 * Lists of sizes around a base; the base itself is trained once for each pair of exponents it occurs with, and a single
 * block once: alphaL is about many.
 */
function around(
  base: Sizes,
  lists: { readonly N: readonly number[]; readonly H: readonly number[]; readonly L: readonly number[] },
) {
  const along = (axis: "N" | "H" | "L", exponents: Partial<Sizes>, withBase: boolean) =>
    lists[axis].filter((value) => withBase || value !== base[axis]).map((value): Sizes => ({
      ...base,
      ...exponents,
      [axis]: value,
    })).filter(({ L, alphaL }) => L > 1 || alphaL === base.alphaL);
  return [
    along("N", {}, true),
    along("N", { alphaA: 0.5 }, true),
    along("H", {}, false),
    along("H", { alphaA: 0.5 }, false),
    along("L", {}, false),
    along("L", { alphaL: 0.5 }, true),
  ];
}

/** One program a list of sizes. */
function programs(lists: readonly (readonly Sizes[])[], rest: Omit<SweepConfig, "sizes">): SweepConfig[] {
  return lists.map((sizes) => ({ sizes, ...rest }));
}

/** Cuts a list of sizes so that the weights of each part, padded to its largest, fit with `copies` runs a size. */
function fitting(sizes: readonly Sizes[], copies: number): Sizes[][] {
  const budget = { array: largestProgram / copies, bytes: Infinity };
  return fittingParts(sizes, (size) => ({ ...size, samples: 0, tokens: 0 }), budget);
}

const small: Sizes = { N: 4, H: 8, L: 1, alphaA: 1, alphaL: 1 };
const large: Sizes = { N: 8, H: 8, L: 2, alphaA: 1, alphaL: 1 };
/** Sizes and rates of the gratings. */
export const transferProfiles = frozen({
  // One program a size: padding a small network to a large one costs a processor what it saves a GPU.
  quick: programs(
    around(small, { N: [2, 4, 8], H: [4, 8, 16], L: [1, 2, 4] }).flat()
      // The deepest and dearest, of which no claim speaks; the full profile has them.
      .filter(({ L, alphaL }) => alphaL === 1 || L <= 2).map((size) => [size]),
    {
      ...images,
      base: small,
      rates: [1, 2, 4, 8],
      seeds: 3,
      batch: 24,
      steps: 160,
      evaluation: 96,
    },
  ),
  // A sweep over sizes is one program, as far as buffers go.
  full: programs(
    around(large, { N: [2, 4, 8, 16, 32], H: [2, 4, 8, 16, 32], L: [1, 2, 4, 8, 16] }).flatMap((sizes) =>
      fitting(sizes, 10 * 4)
    ),
    {
      ...images,
      base: large,
      rates: rates(0.2, 25, 10),
      seeds: 4,
      batch: 32,
      steps: 1000,
      evaluation: 1024,
    },
  ),
});

const bothExponents = (sizes: readonly Sizes[]): Sizes[] =>
  [1, 0.5].flatMap((alphaA) => sizes.map((size) => ({ ...size, alphaA })));
const versus = (base: Sizes, values: readonly number[]): Sizes[] => [
  ...bothExponents(values.map((N) => ({ ...base, N }))),
  ...bothExponents(values.filter((H) => H !== base.H).map((H) => ({ ...base, H }))),
];
const modest: Sizes = { N: 4, H: 4, L: 2, alphaA: 1, alphaL: 1 };
/** Sizes and rates of the character model. */
export const languageProfiles = frozen({
  quick: versus(modest, [2, 4, 8, 16]).map((size): SweepConfig => ({
    ...characters,
    base: modest,
    sizes: [size],
    rates: [0.05],
    seeds: 3,
    batch: 12,
    steps: 200,
    evaluation: 48,
  })),
  full: programs(fitting(versus(large, [2, 4, 8, 16, 32]), 3 * 3), {
    ...characters,
    base: large,
    rates: [0.02, 0.05, 0.1],
    seeds: 3,
    batch: 64,
    steps: 3000,
    evaluation: 512,
    context: 32,
  }),
});
