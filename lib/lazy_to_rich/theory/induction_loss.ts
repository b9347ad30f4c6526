/** @module Population loss of the induction head, L_IH = E (kappa IH_2 - o2)^2 / 2, to leading and next order in 1/N (derived). */
import { correctedOverlap, h, hPrime, leadingOverlap, type Overlap } from "./moments.ts";
import type { TaskConstants } from "./task.ts";

/** Loss and its gradient in v and beta = w_Q w_K. */
export interface InductionGradient {
  /** L_IH. */
  readonly loss: number;
  /** Derivative in v. */
  readonly v: number;
  /** Derivative in beta. */
  readonly beta: number;
}

/** Which order in 1/N. */
export type Moments = "leading" | "corrected";

/** The overlap function of an order. */
export function overlapOf(moments: Moments, N: number): Overlap {
  return moments === "leading" ? leadingOverlap : correctedOverlap(N);
}

/**
 * At p1 = Infinity: $L_{IH}=\frac1{2N}[v^2A(\beta,\beta)-2v\kappa A(\beta,b^*)+\kappa^2A(b^*,b^*)]$, A = h(b b') or A_N.
 * NaN where the moments diverge (beta >= 1/sqrt 2 at leading order).
 */
export function inductionGradient(
  state: { v: number; beta: number },
  constants: TaskConstants,
  moments: Moments = "leading",
): InductionGradient {
  const { v, beta } = state, { kappa, bStar, N } = constants;
  const A = overlapOf(moments, N);
  const own = A.value(beta, beta), cross = A.value(beta, bStar), target = A.value(bStar, bStar);
  return {
    loss: (v * v * own - 2 * v * kappa * cross + kappa * kappa * target) / (2 * N),
    v: (v * own - kappa * cross) / N,
    beta: (v * v * A.slope(beta, beta) - v * kappa * A.slope(beta, bStar)) / N,
  };
}

/** The loss of `inductionGradient`. */
export function inductionLoss(
  state: { v: number; beta: number },
  constants: TaskConstants,
  moments: Moments = "leading",
): number {
  return inductionGradient(state, constants, moments).loss;
}

/** Loss and gradient with an imperfect layer 1. */
export interface InductionJointGradient extends InductionGradient {
  /** Derivative in p1. */
  readonly p1: number;
}

/**
 * Finite p1, leading order: beta^2 -> beta^2 (1-r)/(1+r) and beta b* -> beta b* (1-r) with r = e^{-p1}; with its gradient.
 */
export function inductionJointGradient(
  state: { p1: number; v: number; beta: number },
  constants: TaskConstants,
): InductionJointGradient {
  const { p1, v, beta } = state, { kappa, bStar, N } = constants;
  const r = Math.exp(-p1), R = -Math.expm1(-p1);
  const shrink = R / (1 + r), z = beta * beta * shrink, y = beta * bStar * R;
  const dShrink = 2 * r / (1 + r) ** 2, dR = r; // in p1
  return {
    loss: (v * v * h(z) - 2 * v * kappa * h(y) + kappa * kappa * h(bStar * bStar)) / (2 * N),
    v: (v * h(z) - kappa * h(y)) / N,
    beta: (v * v * beta * shrink * hPrime(z) - v * kappa * bStar * R * hPrime(y)) / N,
    p1: (v * v * beta * beta * dShrink * hPrime(z) / 2 - v * kappa * beta * bStar * dR * hPrime(y)) / N,
  };
}

/** Plateau level, at (v, beta) = (kappa, 0): $\kappa^2(h(b^{*2})-1)/(2N)$. */
export function plateauLoss(constants: TaskConstants): number {
  const { kappa, bStar, N } = constants;
  return kappa * kappa * (h(bStar * bStar) - 1) / (2 * N);
}

/** Plateau level over L_IH at v = 0: $1-\sqrt{1-2w^{*4}}$. */
export function plateauFraction(constants: TaskConstants): number {
  const { bStar } = constants;
  return -Math.expm1(0.5 * Math.log1p(-2 * bStar * bStar));
}
