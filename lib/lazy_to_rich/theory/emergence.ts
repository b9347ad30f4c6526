/** @module The emergence (phase III) with v eliminated adiabatically: the flow of beta alone, its loss, its logistic limit (derived). */
import { h } from "./moments.ts";
import { constantsOf, type Task } from "./task.ts";

/** The reduced flow; valid while v follows beta. */
export interface Emergence {
  /** $\nu(\beta) = v/\kappa = h(\beta b^*)/h(\beta^2) = \sqrt{(1-2\beta^2)/(1-2\beta b^*)}$. */
  value(beta: number): number;
  /** $\dot\beta=\frac{2\kappa^2}{N}\frac{\beta(b^*-\beta)}{(1-2\beta^2)^{1/2}(1-2\beta b^*)^2}$ (tied: twice that). */
  rate(beta: number): number;
  /** Right-hand side for `solve`, state (beta). */
  readonly f: (t: number, y: Float64Array, dy: Float64Array) => void;
  /** $L_{IH}(\beta)=\frac{\kappa^2}{2N}[(1-2b^{*2})^{-1/2}-(1-2\beta^2)^{1/2}/(1-2\beta b^*)]$. */
  loss(beta: number): number;
}

/** The adiabatic emergence of a task. */
export function adiabaticEmergence(task: Task, tied = false): Emergence {
  const { kappa, bStar, N } = constantsOf(task);
  const own = (beta: number) => Math.sqrt(1 - 2 * beta * beta);
  const rate = (beta: number) =>
    (tied ? 4 : 2) * kappa * kappa / N * beta * (bStar - beta) / (own(beta) * (1 - 2 * beta * bStar) ** 2);
  return {
    value: (beta) => own(beta) / Math.sqrt(1 - 2 * beta * bStar),
    rate,
    f: (_t, y, dy) => void (dy[0] = rate(y[0])),
    loss: (beta) => kappa * kappa / (2 * N) * (h(bStar * bStar) - own(beta) / (1 - 2 * beta * bStar)),
  };
}

/** Collapsed time $\tau=(t-T_{1/2})\,2\kappa^2b^{*}/N$ (tied: twice that), on which every small-w* run is the logistic curve. */
export function collapsedTime(task: Task, t: number, half: number, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  return (t - half) * (tied ? 4 : 2) * kappa * kappa * bStar / N;
}

/** $\beta/b^*$ at collapsed time tau for w* -> 0: $1/(1+e^{-\tau})$. */
export function logisticCollapse(tau: number): number {
  return 1 / (1 + Math.exp(-tau));
}

/** Induction loss while only v moves (before the plateau): $L_{IH}(t)/L_{IH}(0)=1-(1-e^{-2t/N})/h(b^{*2})$ from v = 0. */
export function valueRelaxation(task: Task, t: number): number {
  const { bStar, N } = constantsOf(task);
  return 1 + Math.expm1(-2 * t / N) / h(bStar * bStar);
}

/** w on the plateau: $w(t)=\sigma e^{\kappa^2w^{*2}t/N}$ (tied: exponent doubled), up to the delay while v relaxes. */
export function plateauGrowth(task: Task, sigma: number, t: number, tied = false): number {
  const { kappa, bStar, N } = constantsOf(task);
  return sigma * Math.exp((tied ? 2 : 1) * kappa * kappa * bStar * t / N);
}
