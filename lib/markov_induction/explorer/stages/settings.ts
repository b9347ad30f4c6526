/** @module The task and start of training that the view of the stages shows, and what of it makes no sense. */
import type { Control, State } from "../../../explore/types.ts";
import type { Chain } from "../../data.ts";
import type { Loss } from "../../loss.ts";
import { maskOf } from "../../subsets.ts";
import { M } from "../task.ts";

/** The parents of the view's chain: offsets 1 and 2 of an alphabet of three, as published. */
export const PARENTS: number = maskOf([1, 2]);
/** Heads, as many as offsets. */
export const H: number = M;

const LOSSES = ["−log(y + ε)", "softmax CE on y"] as const;

/** Numbers of the view. */
export interface Settings {
  readonly alpha: number;
  /** Scale of the second layer during Stages I and II, start of Stage III. */
  readonly a0: number;
  /** Coefficient of every set of heads. */
  readonly c0: number;
  /** w₊ − w₋. */
  readonly gap: number;
  readonly loss: Loss;
  /** Context length in Stage III; Stages I and II are those of infinite length. */
  readonly L: number;
  readonly D: number;
}

/** In the order of the stages. */
export const stageControls: readonly Control[] = [
  { kind: "slider", name: "logAlpha", label: "log₁₀ α (prior)", min: -2, max: 1, step: 0.05, value: -1 },
  { kind: "slider", name: "logA0", label: "log₁₀ a₀", min: -4, max: -0.5, step: 0.1, value: -2 },
  { kind: "slider", name: "logC0", label: "log₁₀ c₀", min: -3, max: 0, step: 0.1, value: -2 },
  { kind: "slider", name: "gap", label: "Initial gap w₊ − w₋", min: 0.1, max: 6, step: 0.1, value: 2.9 },
  { kind: "slider", name: "D", label: "Degree D", min: 1, max: 2, step: 1, value: 2 },
  { kind: "choice", name: "loss", label: "Loss", options: LOSSES, value: LOSSES[0] },
  { kind: "slider", name: "logEpsilon", label: "log₁₀ ε", min: -6, max: -0.5, step: 0.1, value: -1 },
  { kind: "slider", name: "L", label: "Length L (Stage III)", min: 10, max: 2000, step: 10, value: 100 },
];

function power(name: string, exponent: number, low: number, high: number, why: string): number {
  if (!(exponent >= low && exponent <= high)) {
    throw new RangeError(`log₁₀ ${name} must lie in ${low}..${high} (${why}), got ${exponent}`);
  }
  return 10 ** exponent;
}

/**
 * Settings of a state.
 * @throws {RangeError} with the reason for what the theory does not cover, or this view does not draw
 */
export function settingsOf(state: State): Settings {
  const number = (name: string) => Number(state[name]);
  const gap = number("gap"), L = number("L"), D = number("D");
  if (!(gap > 0 && gap <= 50)) {
    throw new RangeError(
      `the initial gap w₊ − w₋ must be > 0 (at 0 all heads see the same, and sets of one size tie) and at most 50, got ${gap}`,
    );
  }
  if (D !== 1 && D !== 2) {
    throw new RangeError(
      `the degree D of this view is 1 or 2 (three heads at once in Information), got ${D}`,
    );
  }
  if (!Number.isInteger(L) || L < M + 1 || L > 2000) {
    throw new RangeError(
      `L must be an integer in ${
        M + 1
      }..2000 (a key needs a window of ${M} before it; sequences are sampled), got ${L}`,
    );
  }
  return {
    alpha: power("α", number("logAlpha"), -3, 3, "beyond, rows are constant in float64, or uniform"),
    a0: power("a₀", number("logA0"), -8, 0, "Stages I and II need attention that starts nearly uniform"),
    c0: power("c₀", number("logC0"), -8, 2, "only the ratio a₀/c₀² enters"),
    gap,
    loss: state.loss === LOSSES[1] ? { kind: "cesoft" } : {
      kind: "logeps",
      epsilon: power("ε", number("logEpsilon"), -12, 0, "ε stands beside a probability"),
    },
    L,
    D,
  };
}

/** The chain of the view. */
export function chainOf({ alpha }: Pick<Settings, "alpha">): Chain {
  return { d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } };
}
