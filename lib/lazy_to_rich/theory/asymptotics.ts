/** @module What happens early and late: stage one, the slow manifold of the 4-gram block, its overshoot, the final decay (derived). */
import { solve } from "../../ode/mod.ts";
import { fourGramGradient } from "./four_gram_loss.ts";
import { h, hPrime, hSecond } from "./moments.ts";
import { checkSigma, constantsOf, type Task } from "./task.ts";

/** Stage one from all-small: $p_1(t)\approx\ln(e^{\sigma}+c\sigma(1-e^{-\sigma})t)$, growing for ever, logarithmically. */
export function stageOneSlope(task: Task, sigma: number, t: number): number {
  checkSigma(sigma);
  const { c } = constantsOf(task);
  return Math.log(Math.exp(sigma) - c * sigma * Math.expm1(-sigma) * t);
}

/** Slow manifold of the 4-gram block at time t: $u=(2c^2t)^{-1/2}$, a = c (1 + u), p2 = -ln u, L_G4 = c^2 u^2 / 2. */
export function slowManifold(task: Task, t: number): { u: number; a: number; p2: number; loss: number } {
  const { c } = constantsOf(task);
  const u = 1 / Math.sqrt(2 * c * c * t);
  return { u, a: c * (1 + u), p2: -Math.log(u), loss: c * c * u * u / 2 };
}

/** Late 4-gram loss, whatever alpha*: 1/(4t) layer-wise, 1/(2t) when layer 1 learns at the same time. */
export function fourGramAsymptote(t: number, joint = false): number {
  return 1 / ((joint ? 2 : 4) * t);
}

/** Largest a of the N = Infinity 4-gram flow from (p2, a) = (sigma, sigma), over c, and when. */
export function overshoot(task: Task, sigma: number): { ratio: number; t: number } {
  checkSigma(sigma);
  const { c } = constantsOf(task);
  const flow = (_t: number, y: Float64Array, dy: Float64Array) => {
    const gradient = fourGramGradient({ p2: y[0], a: y[1] }, c, Infinity);
    [dy[0], dy[1]] = [-gradient.p2, -gradient.a];
  };
  const peak = (_t: number, y: Float64Array) => -fourGramGradient({ p2: y[0], a: y[1] }, c, Infinity).a;
  const solution = solve(flow, [sigma, sigma], {
    t1: 20 * (Math.log(1 / sigma) / c + 10 / c),
    method: "dop853",
    rtol: 1e-9,
    atol: 1e-12,
    events: [{ name: "peak", value: peak, direction: -1, terminal: true }],
  });
  const event = solution.events[0];
  if (event === undefined) {
    throw new RangeError(`no maximum of a found for alpha* = ${task.alphaStar}, sigma = ${sigma}`);
  }
  return { ratio: event.y[1] / c, t: event.t };
}

/**
 * Phase IV: the induction loss falls like $e^{-2\lambda t}$; returns lambda, the smallest |eigenvalue| of the flow of (v/kappa, beta)
 * linearised at (1, b*):
 * $\frac1N\begin{pmatrix}-h^*&-b^*h'\\-2\kappa^2b^{*2}h'&-2\kappa^2b^*(h'+b^{*2}h'')\end{pmatrix}$ (second row doubled when tied).
 */
export function finalDecayRate(task: Task, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  const z = bStar * bStar, row = (tied ? 4 : 2) * kappa * kappa * bStar;
  const A = h(z), B = bStar * hPrime(z), C = row * bStar * hPrime(z), D = row * (hPrime(z) + z * hSecond(z));
  const root = Math.sqrt((A - D) ** 2 + 4 * B * C);
  return 2 * (A * D - B * C) / (A + D + root) / N; // the smaller root, without cancellation
}

/** Adiabatic value of the same rate, $2\kappa^2b^{*}/(N(1-2b^{*2})^{5/2})$, good while kappa^2 b* << 1. */
export function adiabaticDecayRate(task: Task, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  return (tied ? 4 : 2) * kappa * kappa * bStar / (N * (1 - 2 * bStar * bStar) ** 2.5);
}
