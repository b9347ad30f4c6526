/**
 * @module Theorem A (derived): methods that treat the inputs spectrally cannot exploit sparsity.
 *
 * Let $w = \phi(\hat\Sigma)\hat r$ with any function phi of the inputs alone: least squares, ridge, GD and momentum with any
 * y-independent steps and stopping. For Sigma = I the risk depends on w* only through W = ||w*||^2 (X O has the law of X),
 * so w* may be averaged over a sphere; per eigenvalue g the risk is $(W/d)(1-g\phi)^2 + (\sigma^2/n)g\phi^2$, least at
 * $\phi = 1/(g+\lambda^*)$, $\lambda^* = \sigma^2 d/(nW)$: ridge is best, and
 * $E\|w-w^*\|^2 \ge \frac{\sigma^2}{n} E\,\mathrm{tr}(\hat\Sigma+\lambda^* I)^{-1} \ge \frac{\sigma^2 dW}{\sigma^2 d + nW}$.
 */
import { signalOf, type SparseTask } from "../data.ts";
import type { PromptSample, Risk } from "./sample.ts";
import { summarise } from "./sample.ts";

/** What the bounds depend on: no sparsity. */
export type SpectralTask = Pick<SparseTask, "d" | "sigma" | "signal">;

/** The best ridge penalty $\lambda^* = \sigma^2 d/(nW)$. */
export function bestRidge(task: SpectralTask, n: number): number {
  return task.sigma ** 2 * task.d / (n * signalOf(task));
}

/** The closed-form bound: the larger of $\sigma^2 dW/(\sigma^2 d + nW)$ and $W(1 - n/d)$. */
export function spectralLowerBound(task: SpectralTask, n: number): number {
  const W = signalOf(task), noise = task.sigma ** 2 * task.d;
  return Math.max(noise * W / (noise + n * W), W * (1 - n / task.d));
}

/** The sharp bound $\frac{\sigma^2}{n} E\,\mathrm{tr}(\hat\Sigma+\lambda^* I)^{-1}$, averaged over a sample's $\hat\Sigma$. */
export function bestSpectralRisk(sample: PromptSample): Risk {
  const { task, n } = sample, lambda = bestRidge(task, n);
  return summarise(Float64Array.from(
    sample.paths("plain"),
    ({ values }) => task.sigma ** 2 / n * values.reduce((sum, g) => sum + 1 / (Math.max(g, 0) + lambda), 0),
  ));
}

/**
 * The sharp bound as d, n -> infinity at fixed $\gamma = d/n$ (Marchenko-Pastur law):
 * $\sigma^2\gamma\, m(-\lambda^*)$, $m = \frac{-(1-\gamma+\lambda)+\sqrt{(1-\gamma+\lambda)^2+4\gamma\lambda}}{2\gamma\lambda}$.
 */
export function limitingSpectralRisk(task: SpectralTask, n: number): number {
  const gamma = task.d / n, lambda = bestRidge(task, n);
  if (!(lambda > 0)) {
    throw new RangeError("the limit needs sigma > 0: without noise the bound is W(1 - n/d) or 0");
  }
  const b = 1 - gamma + lambda, root = Math.sqrt(b * b + 4 * gamma * lambda);
  // The difference root - b cancels for b > 0; its conjugate does not.
  const transform = b > 0 ? 2 / (root + b) : (root - b) / (2 * gamma * lambda);
  return task.sigma ** 2 * gamma * transform;
}
