/**
 * @module Tokens of width d > 1 and a diagonal score diag(b*_i): the modes switch on one after another (derived).
 *
 * $L_{IH}=\frac d{2N}[v^2D(\beta,\beta)-2v\kappa D(\beta,b^*)+\kappa^2D(b^*,b^*)]$, $D(b,b')=\prod_i(1-2b_ib'_i)^{-1/2}$
 * (the diagonal case of $\det(I-BB'^\top-B'B^\top)^{-1/2}$).
 */
import type { Flow } from "./flows.ts";
import { checkSigma } from "./task.ts";

/** A task with several modes. */
export interface StaircaseTask {
  /** Mixing weight alpha* > 0. */
  readonly alphaStar: number;
  /** b*_i in (0, 1/sqrt 2), one per token coordinate. */
  readonly bStar: readonly number[];
  /** Sequence length. */
  readonly L: number;
}

function check(task: StaircaseTask): { kappa: number; N: number; d: number } {
  const { alphaStar, bStar, L } = task;
  if (!(alphaStar > 0)) throw new RangeError(`alphaStar must be > 0, got ${alphaStar}`);
  if (bStar.length === 0) throw new RangeError("bStar must list at least one mode");
  for (const b of bStar) {
    if (!(b > 0 && b < Math.SQRT1_2)) {
      throw new RangeError(`every b*_i must be in (0, 0.707) (moment diverges), got ${b}`);
    }
  }
  if (!Number.isInteger(L) || L < 4) throw new RangeError(`L must be an integer >= 4, got ${L}`);
  return { kappa: 1 / (1 + alphaStar), N: L - 2, d: bStar.length };
}

/** Product moment D(b, b'); NaN where it diverges. */
export function productMoment(b: ArrayLike<number>, other: ArrayLike<number>): number {
  let product = 1;
  for (let i = 0; i < b.length; i++) product *= 1 - 2 * b[i] * other[i] > 0 ? 1 - 2 * b[i] * other[i] : NaN;
  return 1 / Math.sqrt(product);
}

/**
 * Flow of the induction head with a perfect layer 1: state (v, beta_1..beta_d), each beta_i = w_{Q,i} w_{K,i} with equal
 * factors, so $\dot\beta_i = -2\beta_i\,\partial_{\beta_i}L$. The 4-gram loss is not part of it and reads 0.
 */
export function staircaseFlow(task: StaircaseTask): Flow {
  const { kappa, N, d } = check(task), { bStar } = task;
  const target = productMoment(bStar, bStar);
  const betas = (y: ArrayLike<number>) => Array.from({ length: d }, (_, i) => y[i + 1]);
  return {
    names: ["v", ...bStar.map((_, i) => `beta${i + 1}`)],
    beta: (y) => y[1],
    losses(y) {
      const beta = betas(y), v = y[0];
      const own = productMoment(beta, beta), cross = productMoment(beta, bStar);
      return {
        fourGram: 0,
        induction: d / (2 * N) * (v * v * own - 2 * v * kappa * cross + kappa * kappa * target),
      };
    },
    f(_t, y, dy) {
      const beta = betas(y), v = y[0];
      const own = productMoment(beta, beta), cross = productMoment(beta, bStar);
      dy[0] = d / N * (kappa * cross - v * own);
      beta.forEach((b, i) => {
        const pull = v * kappa * cross * bStar[i] / (1 - 2 * b * bStar[i]) -
          v * v * own * b / (1 - 2 * b * b);
        dy[i + 1] = 2 * b * d / N * pull;
      });
    },
  };
}

/** When mode i is half learned: $T_i\approx\frac Nd+\frac{N(1+\alpha^*)^2\ln(b^*_i/\sigma^2)}{2d\,b^*_i}$ (ignores the other modes). */
export function staircaseTimes(task: StaircaseTask, sigma: number): number[] {
  const { kappa, N, d } = check(task);
  checkSigma(sigma);
  return task.bStar.map((b) => N / d + N * Math.log(b / (sigma * sigma)) / (2 * d * b * kappa * kappa));
}
