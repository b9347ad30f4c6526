/**
 * @module Theorem B (derived): the risk of preprocessed GD when the preprocessing comes from an independent sample.
 *
 * With R = diag(r) independent of the noise, w* = R v*, $G = R\hat\Sigma R$, $\mu I \preceq \hat\Sigma \preceq LI$ and
 * $\eta\lambda_{\max}(G)\le 1$, averaging over the noise alone,
 * $E\|w_t-w^*\|^2 = \|R(I-\eta G)^t v^*\|^2 + \frac{\sigma^2}{n}\mathrm{tr}(R^2\varphi_t(G))$,
 * $\varphi_t(g) = (1-(1-\eta g)^t)^2/g$; bias $\le \|v^*\|^2/(2e\mu\eta t)$ with no condition on the smallest weight;
 * variance $\le \frac{\sigma^2}{\mu n}\sum_j\min\{1, L\eta t\, r_j^2\}^2$.
 */
import { smallEigen } from "./eigen.ts";
import { descentFilter } from "./filters.ts";
import type { PromptStatistics } from "./statistics.ts";

/** What is held fixed while the noise is averaged over. */
export interface ConditionalProblem extends Pick<PromptStatistics, "d" | "n" | "gram" | "weights"> {
  /** Diagonal r of the preprocessing, [d]; not 0 where a weight is not 0. */
  readonly scale: Float64Array;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  /** Step size. */
  readonly eta: number;
  /** Number of steps, >= 1. */
  readonly steps: number;
}

/** Two parts of a risk, or of its bound. */
export interface BiasVariance {
  /** From stopping early. */
  readonly bias: number;
  /** From the label noise. */
  readonly variance: number;
}

function coefficients({ weights, scale }: ConditionalProblem): Float64Array {
  return weights.map((w, j) => {
    if (w !== 0 && scale[j] === 0) {
      throw new RangeError(`r[${j}] is 0 but w*[${j}] is ${w}: preprocessing has deleted it`);
    }
    return w === 0 ? 0 : w / scale[j];
  });
}

/** The exact risk given inputs and preprocessing (Sigma = I). */
export function conditionalRisk(problem: ConditionalProblem): BiasVariance {
  const { d, n, gram, scale, sigma, eta, steps } = problem, target = coefficients(problem);
  const matrix = gram.map((value, at) => value * scale[(at / d) | 0] * scale[at % d]);
  const { values, vectors } = smallEigen(matrix, d), filter = descentFilter(eta, steps);
  const left = new Float64Array(d);
  let variance = 0;
  for (let i = 0; i < d; i++) {
    let overlap = 0, size = 0;
    for (let j = 0; j < d; j++) {
      overlap += vectors[i * d + j] * target[j];
      size += (vectors[i * d + j] * scale[j]) ** 2;
    }
    const q = filter(values[i]);
    variance += sigma ** 2 / n * size * q * q * values[i];
    for (let j = 0; j < d; j++) left[j] += (1 - q * values[i]) * overlap * vectors[i * d + j];
  }
  return { bias: left.reduce((sum, value, j) => sum + (scale[j] * value) ** 2, 0), variance };
}

/**
 * The theorem's bounds.
 * @throws {RangeError} when $\eta\lambda_{\max}(G) > 1$, where it does not apply, or $\hat\Sigma$ is singular
 */
export function conditionalBound(problem: ConditionalProblem): BiasVariance {
  const { d, n, gram, scale, sigma, eta, steps } = problem;
  const { values } = smallEigen(gram, d), mu = Math.min(...values), L = Math.max(...values);
  const matrix = gram.map((value, at) => value * scale[(at / d) | 0] * scale[at % d]);
  const reach = eta * Math.max(...smallEigen(matrix, d).values);
  if (!(reach <= 1 + 1e-12)) {
    throw new RangeError(
      `the bound needs eta times the largest eigenvalue of G <= 1, got ${reach}: lower eta`,
    );
  }
  if (!(mu > 1e-12 * L)) throw new RangeError(`the bound needs n >= d: the smallest eigenvalue is ${mu}`);
  const time = eta * steps;
  const norm = coefficients(problem).reduce((sum, v) => sum + v * v, 0);
  const active = scale.reduce((sum, r) => sum + Math.min(1, L * time * r * r) ** 2, 0);
  return { bias: norm / (2 * Math.E * mu * time), variance: sigma ** 2 / (mu * n) * active };
}

/**
 * The rate that follows (derived, constants dropped) for n >= C d and weights above the noise floor:
 * $\sigma^2 s/n + (s^2 d\,\sigma^2\tau^4)^{1/3}/n$ at $T \asymp (s n^3/(\sigma^2 d\tau^4))^{1/3}$, $\tau^2 = W + \sigma^2$,
 * against $\sigma^2 d/n$ of every spectral method.
 */
export function balancedRate(
  { d, s, sigma, signal = 1 }: { d: number; s: number; sigma: number; signal?: number },
  n: number,
): { risk: number; time: number } {
  const tau4 = (signal + sigma ** 2) ** 2, noise = sigma ** 2;
  return {
    risk: noise * s / n + Math.cbrt(s * s * d * noise * tau4) / n,
    time: Math.cbrt(s * n ** 3 / (noise * d * tau4)),
  };
}
