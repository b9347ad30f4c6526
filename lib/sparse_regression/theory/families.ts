/**
 * @module What a network of limited depth with fixed weights can do (derived): K descent layers after the preprocessing layer,
 * whose scalars are shared by all prompts and tuned by their mean risk.
 *
 * Step t uses the preconditioner $P_t = \mathrm{diag}(p_t(\hat r_j))$, one of
 * `descent` a_t; `preprocessed` $k_t r^2$; `mixed` $a_t + k_t r^2$ (construction A'); `shifted` $k_t(c + r)^2$ (in place under a
 * full skip connection); `normalised` $k_t r^2/\|\hat r\|^2$ (needs a normalisation that attention alone does not have).
 */
import type { Evaluation } from "./bfgs.ts";
import { type Risk, summarise } from "./sample.ts";
import type { PromptStatistics } from "./statistics.ts";

/** The families, from plain GD on. */
export const FAMILIES = ["descent", "preprocessed", "mixed", "shifted", "normalised"] as const;
/** One of {@link FAMILIES}. */
export type Family = (typeof FAMILIES)[number];

/** A member of a family. */
export interface FamilyMember {
  /** Which family. */
  readonly family: Family;
  /** Number of descent layers K. */
  readonly steps: number;
  /** Scalars: K of them; `mixed` 2K (all a, then all k); `shifted` K + 1 (all k, then c). */
  readonly scalars: Float64Array;
  /** Only the first so many coordinates have a head in layer 1; default all. */
  readonly heads?: number;
}

/** Number of scalars of a family. */
export function familySize(family: Family, steps: number): number {
  return family === "mixed" ? 2 * steps : family === "shifted" ? steps + 1 : steps;
}

/** Writes p_t(r_j) for all j into `out`, [d]. */
function preconditioner(
  { family, steps, scalars, heads = Infinity }: FamilyMember,
  t: number,
  r: Float64Array,
  out: Float64Array,
): void {
  const norm = family === "normalised" ? r.reduce((sum, value) => sum + value * value, 0) : 1;
  for (let j = 0; j < r.length; j++) {
    const square = j < heads ? r[j] * r[j] : 0;
    switch (family) {
      case "descent":
        out[j] = scalars[t];
        break;
      case "mixed":
        out[j] = scalars[t] + scalars[steps + t] * square;
        break;
      case "shifted":
        out[j] = scalars[t] * (scalars[steps] + (j < heads ? r[j] : 0)) ** 2;
        break;
      default:
        out[j] = scalars[t] * square / norm;
    }
  }
}

/** Excess risk of every prompt under a member (Sigma = I), [prompts]. */
export function familyRisks(member: FamilyMember, prompts: readonly PromptStatistics[]): Float64Array {
  return Float64Array.from(prompts, (prompt) => {
    const { d, weights } = prompt, run = new Run(d, member.steps);
    run.forward(member, prompt);
    let risk = 0;
    for (let j = 0; j < d; j++) risk += (run.w[j] - weights[j]) ** 2;
    return risk;
  });
}

/** Scratch arrays of one prompt's run. */
class Run {
  readonly w: Float64Array;
  readonly gradients: Float64Array; // [K, d]: r - S w before each step
  readonly factors: Float64Array; // [K, d]: preconditioners
  readonly adjoint: Float64Array;
  readonly #moved: Float64Array;
  constructor(readonly d: number, steps: number) {
    this.w = new Float64Array(d);
    this.gradients = new Float64Array(steps * d);
    this.factors = new Float64Array(steps * d);
    this.adjoint = new Float64Array(d);
    this.#moved = new Float64Array(d);
  }
  forward(member: FamilyMember, { gram, correlation }: PromptStatistics): void {
    const { d, w, gradients, factors } = this;
    w.fill(0);
    for (let t = 0; t < member.steps; t++) {
      const factor = factors.subarray(t * d, (t + 1) * d);
      preconditioner(member, t, correlation, factor);
      for (let j = 0; j < d; j++) {
        let sum = correlation[j];
        for (let l = 0, at = j * d; l < d; l++, at++) sum -= gram[at] * w[l];
        gradients[t * d + j] = sum;
      }
      for (let j = 0; j < d; j++) w[j] += factor[j] * gradients[t * d + j];
    }
  }
  /** Adds the gradient of this prompt's risk with respect to the scalars to `out`. */
  backward(member: FamilyMember, { gram, correlation, weights }: PromptStatistics, out: Float64Array): void {
    const { d, w, gradients, factors, adjoint } = this, moved = this.#moved;
    const { family, steps, scalars, heads = Infinity } = member;
    const norm = family === "normalised" ? correlation.reduce((sum, value) => sum + value * value, 0) : 1;
    for (let j = 0; j < d; j++) adjoint[j] = 2 * (w[j] - weights[j]);
    for (let t = steps - 1; t >= 0; t--) {
      for (let j = 0; j < d; j++) {
        const pull = adjoint[j] * gradients[t * d + j], r = j < heads ? correlation[j] : 0;
        moved[j] = adjoint[j] * factors[t * d + j];
        if (family === "descent") out[t] += pull;
        else if (family === "mixed") {
          out[t] += pull;
          out[steps + t] += pull * r * r;
        } else if (family === "shifted") {
          const shifted = scalars[steps] + r;
          out[t] += pull * shifted * shifted;
          out[steps] += pull * scalars[t] * 2 * shifted;
        } else out[t] += pull * r * r / norm;
      }
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let l = 0, at = j * d; l < d; l++, at++) sum += gram[at] * moved[l];
        adjoint[j] -= sum;
      }
    }
  }
}

/** Mean risk over prompts and its gradient in the scalars. */
export function familyObjective(
  prompts: readonly PromptStatistics[],
  member: FamilyMember,
): Evaluation {
  const run = new Run(prompts[0].d, member.steps), gradient = new Float64Array(member.scalars.length);
  let value = 0;
  for (const prompt of prompts) {
    run.forward(member, prompt);
    for (let j = 0; j < run.d; j++) value += (run.w[j] - prompt.weights[j]) ** 2;
    run.backward(member, prompt, gradient);
  }
  return { value: value / prompts.length, gradient: gradient.map((g) => g / prompts.length) };
}

/** Mean risk of a member on prompts. */
export function familyRisk(member: FamilyMember, prompts: readonly PromptStatistics[]): Risk {
  return summarise(familyRisks(member, prompts));
}
