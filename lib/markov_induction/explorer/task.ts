/** @module Controls to chains: the families of kernels that the information view offers, and what it may cost to average over them. */
import type { Control, State } from "../../explore/types.ts";
import { type Chain, checkChain, isFixed, memoryOf, type Prior } from "../data.ts";
import { labelOf, type Mask, maskOf } from "../subsets.ts";

/** Window of all views: sets of the offsets 1, 2, 3. */
export const M = 3;
/** Largest alphabet of the views: kernels of three parents are eliminated at a cost of d^9. */
const largestAlphabet = 4;

/** Families of kernels by the words of their choice. */
export const FAMILIES = ["Dirichlet rows", "additive copy", "modular sum", "β-interpolation"] as const;
/** One of them. */
export type Family = typeof FAMILIES[number];

/** Parent sets that can be chosen. */
export const PARENTS: readonly Mask[] = [[1], [2], [1, 2], [1, 3], [2, 3], [1, 2, 3]].map(maskOf);

/** Where a chain comes from. */
export interface Task {
  readonly family: Family;
  readonly chain: Chain;
  readonly parents: Mask;
  /** What the family's own slider is called, where it stands, and where it may. */
  readonly knob: Knob;
}

/** The one number of a family that is swept. */
export interface Knob {
  readonly symbol: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** The prior with another value of it. */
  readonly prior: (value: number) => Prior;
}

/** Controls of the information view, but for the degree. */
export const taskControls: readonly Control[] = [
  { kind: "choice", name: "family", label: "Kernels", options: FAMILIES, value: FAMILIES[0] },
  { kind: "choice", name: "parents", label: "True parents", options: PARENTS.map(labelOf), value: "{1,2}" },
  {
    kind: "slider",
    name: "logAlpha",
    label: "log₁₀ α (random rows)",
    min: -2,
    max: 1.3,
    step: 0.05,
    value: -1,
  },
  {
    kind: "slider",
    name: "beta",
    label: "β (interpolation)",
    min: 0,
    max: 1,
    step: 0.01,
    value: 0.5,
  },
  {
    kind: "slider",
    name: "lambda1",
    label: "λ₁ (copy, modular sum)",
    min: 0,
    max: 1,
    step: 0.01,
    value: 0.5,
  },
  {
    kind: "slider",
    name: "lambda2",
    label: "λ₂ (copy, other parents)",
    min: 0,
    max: 1,
    step: 0.01,
    value: 0.3,
  },
  {
    kind: "slider",
    name: "d",
    label: "Alphabet d",
    min: 2,
    max: largestAlphabet,
    step: 1,
    value: 3,
  },
];

/**
 * The chain of a state.
 * @throws {RangeError} for numbers that make none, or an alphabet beyond what this view draws
 */
export function taskOf(state: State): Task {
  const family = state.family as Family, d = Number(state.d);
  if (d > largestAlphabet) {
    throw new RangeError(`this view draws alphabets up to d = ${largestAlphabet}, got ${d}`);
  }
  const parents = PARENTS.find((mask) => labelOf(mask) === state.parents) ?? maskOf([1, 2]);
  const offsets = [1, 2, 3].filter((offset) => parents & (1 << (offset - 1)));
  const knob = knobOf(family, offsets, state);
  const chain = { d, parents: offsets, prior: knob.prior(knob.value) };
  checkChain(chain);
  return { family, chain, parents, knob };
}

function knobOf(family: Family, offsets: readonly number[], state: State): Knob {
  const alpha = 10 ** Number(state.logAlpha), lambda1 = Number(state.lambda1), beta = Number(state.beta);
  const others = offsets.slice(1).map(() => Number(state.lambda2));
  const unit = { low: 0, high: 1, log: false };
  switch (family) {
    case "Dirichlet rows":
      return {
        symbol: "α",
        value: alpha,
        low: 0.01,
        high: 20,
        log: true,
        prior: (alpha) => ({ kind: "dirichlet", alpha }),
      };
    case "additive copy":
      return {
        symbol: "λ₁",
        value: lambda1,
        ...unit,
        high: Math.max(0.01, 1 - others.reduce((sum, x) => sum + x, 0)),
        prior: (lambda) => ({ kind: "additive", lambdas: [lambda, ...others] }),
      };
    case "modular sum":
      return { symbol: "λ₁", value: lambda1, ...unit, prior: (lambda) => ({ kind: "modular-sum", lambda }) };
    case "β-interpolation":
      return {
        symbol: "β",
        value: beta,
        ...unit,
        prior: (beta) => ({ kind: "interpolation", beta, alpha }),
      };
  }
}

/** How the family's numbers are written in a caption. */
export function describePrior({ chain: { prior } }: Task): string {
  const short = (x: number) => String(Number(x.toPrecision(3)));
  switch (prior.kind) {
    case "dirichlet":
      return `every row of the kernel is Dirichlet(α) with α = ${short(prior.alpha)}`;
    case "additive":
      return prior.lambdas.length === 1
        ? `lazy copy: the next token is its parent with probability λ₁ = ${prior.lambdas[0]}, else uniform`
        : `additive copy: the next token is one of its parents, with probabilities ${
          prior.lambdas.join(", ")
        }, else uniform`;
    case "modular-sum":
      return `the next token is the sum of its parents mod d with probability λ₁ = ${prior.lambda}, else uniform`;
    case "interpolation":
      return `(1 − β) A(· | first parent) + β R(· | all parents), β = ${prior.beta}, rows of A and R Dirichlet(${
        short(prior.alpha)
      })`;
  }
}

/**
 * Kernels that are averaged in about so many milliseconds (on one core of 2020), a number of two digits at least; 1 for a prior that
 * is a single kernel.
 */
export function kernelsWithin({ d, parents, prior }: Chain, milliseconds: number, most: number): number {
  if (isFixed(prior)) return 1;
  // Windows and sets, rows of the kernel, elimination; fitted to timings.
  const microseconds = 2 + 0.035 * d ** (M + 1) + 0.1 * d ** (parents.length + 1) +
    0.0007 * d ** (3 * memoryOf({ parents }));
  return Math.min(most, Math.max(20, Math.round(1000 * milliseconds / microseconds)));
}
