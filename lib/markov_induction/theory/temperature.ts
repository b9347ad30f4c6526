/**
 * @module Stage III in the population: with one-hot coefficients and copying, only the inverse temperature a moves
 * (derived for arXiv 2409.10559). Time is learning rate x steps.
 *
 * $y=(1-\lambda)\mu+\lambda\mu(\cdot|Z)$, $\lambda=\frac{(e^a-1)\mu(Z)}{1+(e^a-1)\mu(Z)}$, Z the tokens at the offsets of S, and
 * $\dot a=\mathbb E_\pi\sum_Z\mu(Z)\frac{e^a\mu(Z)}{(1+(e^a-1)\mu(Z))^2}\sum_e g_e\,(\mu(e|Z)-\mu(e))$ with the mean pull
 * $g_e=\mu(e|Z)/(y_e+\varepsilon)$ (`logeps`) or $\mu(e|Z)-\mathrm{softmax}(y)_e$ (`cesoft`).
 */
import { checkLoss, type Loss } from "../loss.ts";
import type { ContextSample } from "./context_sample.ts";

/** Population drive $\dot a$ at inverse temperature a: minus the derivative of the population loss. At a = 0 it is the drive J_S. */
export function temperatureDrive(sample: ContextSample, loss: Loss, a: number): number {
  checkLoss(loss);
  const { d, kernels, mass, conditional, marginal } = sample, x = Math.exp(a), y = new Float64Array(d);
  let total = 0;
  for (let z = 0; z < mass.length; z++) {
    const m = mass[z], spread = 1 + (x - 1) * m, lambda = (x - 1) * m / spread, at = z * d;
    let normaliser = 0;
    for (let e = 0; e < d; e++) {
      y[e] = (1 - lambda) * marginal[at + e] + lambda * conditional[at + e];
      normaliser += Math.exp(y[e]);
    }
    let pull = 0;
    for (let e = 0; e < d; e++) {
      const target = conditional[at + e];
      const g = loss.kind === "cesoft"
        ? target - Math.exp(y[e]) / normaliser
        : target > 0
        ? target / (y[e] + loss.epsilon)
        : 0;
      pull += g * (target - marginal[at + e]);
    }
    total += m * (x * m / (spread * spread)) * pull;
  }
  return total / kernels;
}

/** The flow of a for `solve`: state [a]. */
export function temperatureFlow(
  sample: ContextSample,
  loss: Loss,
): (t: number, y: Float64Array, dy: Float64Array) => void {
  return (_t, y, dy) => void (dy[0] = temperatureDrive(sample, loss, y[0]));
}

/**
 * Constant K of the tail $\dot a\approx Ke^{-a}$, so $a\approx\log(Kt)$ (epsilon > 0, or `cesoft`):
 * $K_\varepsilon=\mathbb E\sum_Z\sum_e\frac{\mu(e|Z)(\mu(e|Z)-\mu(e))}{\mu(e|Z)+\varepsilon}$,
 * $K_{ce}=\mathbb E\sum_Z\langle\mu(\cdot|Z)-\mathrm{softmax}\,\mu(\cdot|Z),\mu(\cdot|Z)-\mu\rangle$; contexts unweighted, infinite length.
 * @throws {RangeError} for `logeps` with epsilon 0: the leading term cancels and the tail is that of {@link sharpTailConstant}
 */
export function tailConstant(sample: ContextSample, loss: Loss): number {
  checkLoss(loss);
  if (loss.kind === "logeps" && loss.epsilon === 0) {
    throw new RangeError("at epsilon = 0 the e^-a term cancels: use sharpTailConstant, whose tail is e^-2a");
  }
  const { d, kernels, mass, conditional, marginal } = sample;
  let total = 0;
  for (let z = 0; z < mass.length; z++) {
    const at = z * d;
    let normaliser = 0;
    for (let e = 0; e < d; e++) normaliser += Math.exp(conditional[at + e]);
    for (let e = 0; e < d; e++) {
      const p = conditional[at + e];
      const g = loss.kind === "cesoft" ? p - Math.exp(p) / normaliser : p / (p + loss.epsilon);
      total += g * (p - marginal[at + e]);
    }
  }
  return total / kernels;
}

/** Constant of the tail at epsilon = 0: $\dot a\approx e^{-2a}\,\mathbb E\sum_Z\chi^2(\mu\|\mu(\cdot|Z))/\mu(Z)$, which may be infinite. */
export function sharpTailConstant(sample: ContextSample): number {
  const { d, kernels, mass, conditional, marginal } = sample;
  let total = 0;
  for (let z = 0; z < mass.length; z++) {
    let chi2 = 0;
    for (let e = 0; e < d; e++) {
      const [p, q] = [conditional[z * d + e], marginal[z * d + e]];
      if (q > 0) chi2 += (q - p) ** 2 / p;
    }
    total += chi2 / mass[z];
  }
  return total / kernels;
}

/** Start of Stage III while $e^a\mu(Z)\ll1$: $a\approx-\log(e^{-a_0}-Jt)$, a speed-up until $t\approx e^{-a_0}/J$ (Infinity from there on). */
export function earlyTemperature(a0: number, J: number, t: number): number {
  const left = Math.exp(-a0) - J * t;
  return left > 0 ? -Math.log(left) : Infinity;
}

/** Tail of Stage III with epsilon > 0 or `cesoft`: $a\approx\log(Kt)$. */
export function lateTemperature(K: number, t: number): number {
  return Math.log(K * t);
}

/** Where a settles at finite length and small epsilon for Dirichlet(alpha) rows: $a^*\approx\log\frac L{d\alpha}$. */
export function settledTemperature(L: number, d: number, alpha: number): number {
  return Math.log(L / (d * alpha));
}
