/**
 * @module Predicted phase times of stage two, in units of learning rate x steps (derived; the scalings agree with those reported
 * for arXiv 2410.11474).
 *
 * T_I: the 4-gram loss reaches 1 % of c^2/2. T_x: beta = w_Q w_K reaches x b* (not w; half of b* is the middle of the jump).
 */
import { integrate } from "../../numerics/mod.ts";
import { type Initialisation, initialValues } from "./initial.ts";
import { checkSigma, constantsOf, type Task } from "./task.ts";

/** Phase I ends: $\ln(1/\sigma)/c + 49.1/c^2$ from all-small (49.1 is a fitted constant), $50/c^2$ with the values on. */
export function firstPhaseTime(task: Task, sigma: number, kind: Initialisation = "all-small"): number {
  checkSigma(sigma);
  const { c } = constantsOf(task);
  return kind === "all-small" ? Math.log(1 / sigma) / c + 49.1 / (c * c) : 50 / (c * c);
}

/** Knobs of a prediction. */
export interface TimeOptions {
  /** Initialisation scale. */
  readonly sigma: number;
  /** Default all-small. */
  readonly initialisation?: Initialisation;
  /** Initial v in place of the initialisation's own. */
  readonly v0?: number;
  /** Single parameter w with beta = w^2. Default false. */
  readonly tied?: boolean;
}

/** $\int\frac{(1-2\beta^2)^{1/2}(1-2\beta b^*)^2}{\beta(b^*-\beta)}d\beta$ between two values of beta, in ln beta. */
function emergenceIntegral(bStar: number, from: number, to: number): number {
  const integrand = (s: number) => {
    const beta = Math.exp(s);
    return Math.sqrt(1 - 2 * beta * beta) * (1 - 2 * beta * bStar) ** 2 / (bStar - beta);
  };
  return integrate(integrand, Math.log(from), Math.log(to), { rtol: 1e-10 });
}

/** Refuses an emergence that cannot happen, or has happened at the start. */
function checkEmergence(bStar: number, sigma: number, x: number): void {
  checkSigma(sigma);
  if (!(bStar > 0)) {
    throw new RangeError("w* = 0 has no transition: there is nothing to match, so no emergence time");
  }
  if (!(x > 0 && x < 1)) throw new RangeError(`the fraction x of b* must be in (0, 1), got ${x}`);
  if (!(sigma * sigma < x * bStar)) {
    throw new RangeError(
      `sigma^2 = ${sigma * sigma} already exceeds x b* = ${x * bStar}: choose sigma < ${
        Math.sqrt(x * bStar)
      }`,
    );
  }
}

/**
 * $T_x = N(1-v(0)/\kappa) + \frac{N(1+\alpha^*)^2}{2}\int_{\sigma^2}^{xb^*}\frac{(1-2\beta^2)^{1/2}(1-2\beta b^*)^2}
 * {\beta(b^*-\beta)}d\beta$, v eliminated adiabatically; the first term is the delay while v relaxes. Tied: half the integral.
 * Accurate to 0.25 % for sigma <= 0.01 (1.5 % at 0.1, where w grows before v has relaxed).
 * @throws {RangeError} where the delay makes it negative: v(0) is many times kappa, and beta falls before it grows
 */
export function emergenceTime(task: Task, x: number, options: TimeOptions): number {
  const { sigma, initialisation = "all-small", tied = false } = options;
  const { kappa, bStar, N } = constantsOf(task);
  checkEmergence(bStar, sigma, x);
  const v = options.v0 ?? initialValues(task, initialisation, sigma).v;
  const rate = (tied ? 4 : 2) * kappa * kappa / N;
  const time = N * (1 - v / kappa) + emergenceIntegral(bStar, sigma * sigma, x * bStar) / rate;
  if (time > 0) return time;
  throw new RangeError(
    `the formula for T_x does not hold at v(0) = ${v}, ${
      (v / kappa).toPrecision(3)
    } times its limit (it gives ${time.toPrecision(3)}): start v nearer to ${
      kappa.toPrecision(3)
    }, or make sigma smaller`,
  );
}

/** Small-w* simplification of T_{1/2}: $N(1+\alpha^*)^2\ln(w^{*}/\sigma)/w^{*2}$ (tied: half). */
export function simpleEmergenceTime(task: Task, sigma: number, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  checkEmergence(bStar, sigma, 0.5);
  return N * Math.log(task.wStar / sigma) / (kappa * kappa * bStar) / (tied ? 2 : 1);
}

/** Width T_90 - T_10 of the emergence, by the same integral; it does not depend on sigma. */
export function emergenceWidth(task: Task, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  checkEmergence(bStar, 1e-12, 0.5);
  return emergenceIntegral(bStar, 0.1 * bStar, 0.9 * bStar) * N / ((tied ? 4 : 2) * kappa * kappa);
}

/** Small-w* width, $\ln 9\cdot N(1+\alpha^*)^2/w^{*2}$, so width / T_{1/2} = 2.2 / ln(w* over sigma): abrupt only as sigma -> 0. */
export function simpleEmergenceWidth(task: Task, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  return Math.log(9) * N / (kappa * kappa * bStar) / (tied ? 2 : 1);
}

/**
 * Below this sigma the emergence shows in the total loss: $w^*e^{-1/(2w^{*2})}$, from 1/(4 T_{1/2}) < L_IH plateau.
 * Above it the step is masked by the 4-gram loss 1/(4t).
 */
export function maskingThreshold(wStar: number): number {
  if (!(wStar > 0)) throw new RangeError(`w* must be > 0, got ${wStar}`);
  return wStar * Math.exp(-1 / (2 * wStar * wStar));
}
