/**
 * @module Gradient flows of the six scalars, in the units time = learning rate x steps (derived for arXiv 2410.11474).
 *
 * Layer-wise training is stage one (p1 alone, the rest frozen) and then stage two (the rest, p1 = Infinity);
 * the joint flow trains all six. Every right-hand side is minus the gradient of the losses in this folder.
 */
import { fourGramGradient, fourGramJointGradient } from "./four_gram_loss.ts";
import { inductionGradient, inductionJointGradient, type Moments } from "./induction_loss.ts";
import { constantsOf, type Task } from "./task.ts";

/** The two partial losses at a state. */
export interface Losses {
  /** L_G4. */
  readonly fourGram: number;
  /** L_IH. */
  readonly induction: number;
}

/** A gradient flow: what its state means, its right-hand side (in place, for `solve`), its losses. */
export interface Flow {
  /** Names of the state's components, in order. */
  readonly names: readonly string[];
  /** Right-hand side, written into `dy`. */
  readonly f: (t: number, y: Float64Array, dy: Float64Array) => void;
  /** Losses at a state. */
  losses(y: ArrayLike<number>): Losses;
  /** beta = w_Q w_K of a state. */
  beta(y: ArrayLike<number>): number;
}

/** Options of the second stage. */
export interface StageTwoOptions {
  /** One parameter w with logits w^2 x_L x_{s-1} instead of w_Q w_K: the plateau is half as long. Default false. */
  readonly tied?: boolean;
  /** Order of the induction loss in 1/N. Default leading. */
  readonly moments?: Moments;
  /** The 4-gram block at the task's own N (exact, default) or for N -> Infinity, where T_I has a closed form. */
  readonly context?: "finite" | "infinite";
}

/**
 * Stage two, p1 = Infinity: state (p2, a, v, w_Q, w_K), or (p2, a, v, w) when tied. 4-gram block exact in N.
 * For N -> Infinity: $\dot a=(1-u)[c-a/(1+u)]$, $\dot p_2=au[c-a/(1+u)^2]$; $\dot v=\frac1N[\kappa h(\beta b^*)-vh(\beta^2)]$,
 * $\dot w_Q=w_KG$, $\dot w_K=w_QG$, $G=\frac1N[v\kappa b^*h'(\beta b^*)-v^2\beta h'(\beta^2)]$. Conserved: w_Q^2 - w_K^2.
 * @throws {RangeError} outside the domain of the moments
 */
export function stageTwoFlow(task: Task, options: StageTwoOptions = {}): Flow {
  const { tied = false, moments = "leading", context = "finite" } = options;
  const constants = constantsOf(task, moments), { c } = constants;
  const N = context === "finite" ? constants.N : Infinity;
  const beta = (y: ArrayLike<number>) => tied ? y[3] * y[3] : y[3] * y[4];
  return {
    names: tied ? ["p2", "a", "v", "w"] : ["p2", "a", "v", "wQ", "wK"],
    beta,
    losses: (y) => ({
      fourGram: fourGramGradient({ p2: y[0], a: y[1] }, c, N).loss,
      induction: inductionGradient({ v: y[2], beta: beta(y) }, constants, moments).loss,
    }),
    f(_t, y, dy) {
      const four = fourGramGradient({ p2: y[0], a: y[1] }, c, N);
      const match = inductionGradient({ v: y[2], beta: beta(y) }, constants, moments);
      dy[0] = -four.p2;
      dy[1] = -four.a;
      dy[2] = -match.v;
      if (tied) dy[3] = -2 * y[3] * match.beta;
      else [dy[3], dy[4]] = [-y[4] * match.beta, -y[3] * match.beta];
    },
  };
}

/**
 * All six scalars at once, long context: state (p1, p2, a, v, w_Q, w_K), or (p1, p2, a, v, w) when tied. Leading order in 1/N.
 * By the symmetry of p1 and p2 the 4-gram loss falls like 1/(2t) instead of 1/(4t).
 */
export function jointFlow(task: Task, options: { readonly tied?: boolean } = {}): Flow {
  const { tied = false } = options;
  const constants = constantsOf(task), { c } = constants;
  const beta = (y: ArrayLike<number>) => tied ? y[4] * y[4] : y[4] * y[5];
  return {
    names: tied ? ["p1", "p2", "a", "v", "w"] : ["p1", "p2", "a", "v", "wQ", "wK"],
    beta,
    losses: (y) => ({
      fourGram: fourGramJointGradient({ p1: y[0], p2: y[1], a: y[2] }, c).loss,
      induction: inductionJointGradient({ p1: y[0], v: y[3], beta: beta(y) }, constants).loss,
    }),
    f(_t, y, dy) {
      const four = fourGramJointGradient({ p1: y[0], p2: y[1], a: y[2] }, c);
      const match = inductionJointGradient({ p1: y[0], v: y[3], beta: beta(y) }, constants);
      dy[0] = -four.p1 - match.p1;
      dy[1] = -four.p2;
      dy[2] = -four.a;
      dy[3] = -match.v;
      if (tied) dy[4] = -2 * y[4] * match.beta;
      else [dy[4], dy[5]] = [-y[5] * match.beta, -y[4] * match.beta];
    },
  };
}

/** Stage one: state (p1); everything else frozen at the given values. Long context, leading order. */
export function stageOneFlow(
  task: Task,
  frozen: { p2: number; a: number; v: number; wQ: number; wK: number },
): Flow {
  const constants = constantsOf(task), { p2, a, v } = frozen;
  const frozenBeta = frozen.wQ * frozen.wK;
  const four = (y: ArrayLike<number>) => fourGramJointGradient({ p1: y[0], p2, a }, constants.c);
  const match = (y: ArrayLike<number>) =>
    inductionJointGradient({ p1: y[0], v, beta: frozenBeta }, constants);
  return {
    names: ["p1"],
    beta: () => frozenBeta,
    losses: (y) => ({ fourGram: four(y).loss, induction: match(y).loss }),
    f: (_t, y, dy) => void (dy[0] = -four(y).p1 - match(y).p1),
  };
}
