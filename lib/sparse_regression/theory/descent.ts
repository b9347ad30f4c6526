/** @module The algorithms step by step: what the explicit weights of `construction.ts` compute, and what closed forms must equal. */
import type { PromptStatistics } from "./statistics.ts";

/** The moments a step needs. */
export type DescentStatistics = Pick<PromptStatistics, "d" | "gram" | "correlation">;

/** One step: preconditioner $\mathrm{diag}(a + k \hat r_j^2)$. GD is {a: eta, k: 0}, preprocessed GD {a: 0, k: eta}. */
export interface Step {
  /** Coefficient of the identity. */
  readonly a: number;
  /** Coefficient of $\hat R^2$. */
  readonly k: number;
}

/**
 * Weights after every step, $w_{t+1} = w_t + (a_t I + k_t\hat R^2)(\hat r - \hat\Sigma w_t)$, w_0 = 0.
 * @param scale replaces $\hat r$ in $\hat R$, [d]; a zero entry deletes that coordinate from the preprocessed part
 * @returns w_0, ..., w_t, each [d]
 */
export function descend(
  { d, gram, correlation }: DescentStatistics,
  steps: readonly Step[],
  scale: ArrayLike<number> = correlation,
): Float64Array[] {
  const path = [new Float64Array(d)];
  for (const { a, k } of steps) {
    const w = path.at(-1)!, next = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      let gradient = correlation[j];
      for (let l = 0; l < d; l++) gradient -= gram[j * d + l] * w[l];
      next[j] = w[j] + (a + k * scale[j] ** 2) * gradient;
    }
    path.push(next);
  }
  return path;
}

/** Steps of GD with these rates. */
export const descentSteps = (rates: readonly number[]): Step[] => rates.map((a) => ({ a, k: 0 }));

/** Steps of GD on preprocessed inputs with these rates. */
export const preprocessedSteps = (rates: readonly number[]): Step[] => rates.map((k) => ({ a: 0, k }));
