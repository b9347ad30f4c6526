/** @module How the next step size follows from the error of this one. */
import type { ControllerExponents } from "./tableau.ts";

const safety = 0.9;
const smallestFactor = 0.2;
const largestFactor = 10;
/** An error below this remembers as this: a step that is exact by luck must not forbid or force the next one. */
const memoryFloor = 1e-4;

/**
 * Proportional-integral control, $h' = h \cdot \mathrm{clamp}(0.9\; err_n^{-\alpha}\, err_{n-1}^{\beta},\; 0.2,\; 10)$.
 *
 * Rival conventions for the same two numbers, so that tables can be compared: Hairer (dopri5) writes
 * $\alpha = 1/k - 0.75\beta$ with $\beta = 0.04$; Gustafsson $\alpha = 0.7/k$, $\beta = 0.4/k$; Soderlind's H211 lies near
 * $0.5/k$, $0.3/k$; diffrax calls $k(\alpha - \beta)$ its `icoeff` and $k\beta$ its `pcoeff`; OrdinaryDiffEq uses
 * $q = err^{\beta_1} / err_{old}^{\beta_2}$, the reciprocal factor. Here k counts the power of h in the error estimate and the
 * memory holds accepted errors only. Gustafsson's values are taken for every method: on the DETEST selection, at equal
 * achieved error, they need 11 % (tsit5), 10 % (dop853) and 7 % (rodas5p) fewer evaluations than the elementary
 * controller $1/k$, 0, and a third to two fifths of its rejections. They stand in the tableaux.
 *
 * A rejected step shrinks by $0.9\,err^{-1/k}$ (0.2 when the candidate is not a number), and the step after a rejection
 * does not grow.
 */
export class StepController {
  #previous = memoryFloor;
  #rejected = false;

  constructor(private readonly order: number, private readonly pi: ControllerExponents) {}

  /** Factor for the step after an accepted one with this error. */
  accept(error: number): number {
    const { alpha, beta } = this.pi;
    const raw = error === 0
      ? largestFactor
      : safety * error ** -alpha * (beta === 0 ? 1 : this.#previous ** beta);
    this.#previous = Math.max(error, memoryFloor);
    const most = this.#rejected ? 1 : largestFactor;
    this.#rejected = false;
    return Math.min(most, Math.max(smallestFactor, raw));
  }

  /** Factor, below one, for repeating a rejected attempt with this error (NaN: the candidate was not finite). */
  reject(error: number): number {
    this.#rejected = true;
    if (!Number.isFinite(error)) return smallestFactor;
    return Math.max(smallestFactor, safety * error ** (-1 / this.order));
  }
}
