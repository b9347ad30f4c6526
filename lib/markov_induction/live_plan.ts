/** @module The live training that a state of the explorer asks for: the same for the picture, which predicts it, and for the worker. */
import type { State } from "../explore/types.ts";
import { type Chain, sampleSequences, type Sequences } from "./data.ts";
import type { Architecture } from "./forward.ts";
import type { Loss } from "./loss.ts";

/** Stage I of the theory's network on one data set. */
export interface LivePlan {
  /** The task: two parents, three tokens. */
  readonly chain: Chain;
  /** The network: three heads over a window of three. */
  readonly architecture: Architecture;
  /** Minus log of a probability plus 0.1, as published for this length. */
  readonly loss: Loss;
  /** Start: coefficients, scale, attention on the own offset and off it. */
  readonly start: {
    readonly c0: number;
    readonly a0: number;
    readonly plus: number;
    readonly minus: number;
  };
  /** Context length. */
  readonly L: number;
  /** Sequences, all used at every step. */
  readonly N: number;
  /** Seed of the data. */
  readonly seed: number;
  /** Step size. */
  readonly eta: number;
  /** Updates. */
  readonly steps: number;
  /** Update counts of the samples. */
  readonly sampleAt: readonly number[];
  /** Device asked for. */
  readonly device: "auto" | "webgpu" | "cpu";
}

/** What is held in the step of this stage: everything but the coefficients. */
export const held = { w: 0, a: 0 } as const;

/** @throws {RangeError} for numbers that make no training, or one that a page should not do */
export function planOf(state: State): LivePlan {
  const between = (name: string, label: string, low: number, high: number, whole = true) => {
    const value = Number(state[name]);
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
    throw new RangeError(
      `${label} must be ${whole ? "an integer" : "a number"} from ${low} to ${high} here, got ${value}`,
    );
  };
  const gap = Number(state.gap);
  if (!(gap > 0 && gap <= 20)) {
    throw new RangeError(
      `the initial gap w₊ − w₋ must be > 0 (at 0 all heads see the same, and sets of one size tie) and at most 20, got ${gap}`,
    );
  }
  const alpha = 10 ** between("logAlpha", "log₁₀ α", -3, 1, false);
  const eta = between("eta", "the step size η", 0.005, 0.5, false),
    T = between("T", "the time T", 1, 40, false);
  const steps = Math.ceil(T / eta);
  if (steps > 2000) {
    throw new RangeError(
      `this training would take ${steps} steps, at most 2000 here: make η larger or T smaller`,
    );
  }
  const samples = Math.min(steps, 60);
  return {
    chain: { d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } },
    architecture: { variant: "paper", d: 3, H: 3, M: 3, D: between("D", "the degree D", 1, 3) },
    loss: { kind: "logeps", epsilon: 0.1 },
    start: { c0: 0.01, a0: 0.01, plus: gap, minus: 0 },
    L: between("L", "L", 10, 100),
    N: between("N", "N", 32, 512),
    seed: between("seed", "the seed", 0, 1e6),
    eta,
    steps,
    sampleAt: Array.from({ length: samples + 1 }, (_, i) => Math.round(steps * i / samples)),
    device: state.device as LivePlan["device"],
  };
}

/** The data of a plan: those of the picture and those of the worker are the same. */
export function dataOf({ chain, L, N, seed }: LivePlan): Sequences {
  return sampleSequences(chain, { L, count: N, seed });
}
