/** @module What the sliders of every view mean: a task with its prompts, within what a page can compute. */
import type { Slider } from "../../explore/types.ts";
import type { Prior, SparseTask } from "../data.ts";
import type { Estimated } from "../records.ts";
import { PromptSample } from "../theory/mod.ts";

/** A task and a context length, as the controls name them. */
export interface Setting {
  readonly d: number;
  readonly s: number;
  readonly sigma: number;
  readonly n: number;
  readonly prior: Prior;
  /** Exponent of the inputs' covariance, see {@link covarianceOf}. */
  readonly decay: number;
}

/** Theory has no upper limits, a page has: its work grows like d³ and n d². */
const most = { d: 32, n: 640 };

const slider = (
  name: string,
  label: string,
  [min, max, step, value]: readonly [number, number, number, number],
): Slider => ({ kind: "slider", name, label, min, max, step, value });

/** Sliders that several views share. */
export const sliders: Readonly<Record<"d" | "s" | "sigma" | "n" | "decay", Slider>> = {
  d: slider("d", "Dimension d", [2, most.d, 1, 16]),
  s: slider("s", "Non-zero weights s", [1, 16, 1, 4]),
  sigma: slider("sigma", "Noise σ", [0.05, 1.5, 0.05, 0.5]),
  n: slider("n", "Examples n", [4, 320, 4, 40]),
  decay: slider("decay", "Decay a of Σⱼⱼ ∝ j⁻ᵃ (0: isotropic)", [0, 2, 0.1, 0]),
};

/** The two laws of the non-zero weights. */
export const priorChoice = {
  kind: "choice",
  name: "prior",
  label: "Law of the weights",
  options: ["rad", "gau"],
  value: "rad",
} as const;

/** Diagonal of Sigma, proportional to $j^{-a}$ with mean 1; nothing for a = 0, which is the identity. */
export function covarianceOf(d: number, decay: number): number[] | undefined {
  if (!(decay >= 0 && decay <= 8)) throw new RangeError(`the decay a must be between 0 and 8, got ${decay}`);
  if (decay === 0) return undefined;
  const powers = Array.from({ length: d }, (_, j) => (j + 1) ** -decay);
  const mean = powers.reduce((a, b) => a + b, 0) / d;
  return powers.map((value) => value / mean);
}

/**
 * The task of a setting.
 * @throws {RangeError} for more than a page can compute; what means nothing at all is refused where prompts are drawn
 */
export function taskOf({ d, s, sigma, n, prior, decay }: Setting): SparseTask {
  if (d > most.d) throw new RangeError(`this page computes up to d = ${most.d}, got d = ${d}`);
  if (n > most.n) throw new RangeError(`this page computes up to n = ${most.n}, got n = ${n}`);
  return { d, s, sigma, prior, covariance: covarianceOf(d, decay) };
}

/** `rad weights, d = 16, s = 4, σ = 0.5`, and Sigma where it is not the identity. */
export function settingWords({ d, s, sigma, prior, decay }: Setting): string {
  return `${prior} weights, d = ${d}, s = ${s}, σ = ${sigma}` +
    (decay > 0 ? `, Σ diagonal with entries ∝ j⁻ᵃ, a = ${decay}` : ", Σ = I");
}

let last: { key: string; sample: PromptSample } | undefined;

/** Prompts of a setting; the last ones are remembered with their decompositions, which other sliders leave as they are. */
export function sampleOf(task: SparseTask, n: number, count: number, seed = 1): PromptSample {
  const key = JSON.stringify([task, n, count, seed]);
  if (last?.key !== key) last = { key, sample: new PromptSample(task, n, { count, seed }) };
  return last.sample;
}

/** A risk as figures take it. */
export const estimate = (
  { risk, standardError, parameter }: { risk: number; standardError: number; parameter?: number },
): Estimated => ({ risk, se: standardError, parameter });
