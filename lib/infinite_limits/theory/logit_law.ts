/**
 * @module The law of one attention logit at initialisation: variance-gamma.
 *
 * $z = N^{\alpha_A}A_{sr}/\sqrt{K_{ss}K_{rr}} = \sum_{n\le N} q_n k_n$ with independent N(0, 1) factors has density
 * $|z|^{\nu}K_\nu(|z|)/(\sqrt\pi\,2^\nu\Gamma(N/2))$, $\nu = (N-1)/2$, variance N and excess kurtosis 6/N (derived). Queries and keys
 * use independent matrices, so it holds for s = r too.
 */
import { gaussLegendre } from "../../numerics/mod.ts";

/** The law of z for one N. */
export interface LogitLaw {
  /** Head width. */
  readonly N: number;
  /** Var z = N, so that Var A = $N^{1-2\alpha_A}K_{ss}K_{rr}$. */
  readonly variance: number;
  /** 6/N. */
  readonly excessKurtosis: number;
  /** Probability density of z. */
  density(z: number): number;
  /** $P(Z\le z)$, to about 1e-9. */
  cumulative(z: number): number;
}

/** log Gamma(n/2) for whole n >= 1. */
function logGammaHalf(n: number): number {
  let value = n % 2 === 0 ? 0 : 0.5 * Math.log(Math.PI);
  for (let x = n % 2 === 0 ? 1 : 0.5; x < n / 2 - 0.25; x++) value += Math.log(x);
  return value;
}

/**
 * $\log K_\nu(x)$ for x > 0, from $K_\nu(x) = \int_0^\infty e^{-x\cosh t}\cosh(\nu t)\,dt$ by the trapezoidal rule, which
 * converges exponentially here; in logarithms because the factors overflow from N of about 60.
 */
export function logBesselK(nu: number, x: number): number {
  if (!(x > 0)) throw new RangeError(`Bessel K needs x > 0, got ${x}`);
  // Peak of nu t - x cosh t, and its width.
  const peak = Math.asinh(nu / x), width = (x * x + nu * nu) ** -0.25;
  const exponent = (t: number) => nu * t - x * Math.cosh(t);
  const top = exponent(peak), step = Math.min(0.1, 0.3 * width);
  let sum = 0;
  for (let i = 0;; i++) {
    const t = i * step, e = exponent(t) - top;
    // cosh(nu t) = exp(nu t) (1 + exp(-2 nu t)) / 2; the first node counts half.
    sum += Math.exp(e) * (1 + Math.exp(-2 * nu * t)) * (i === 0 ? 0.25 : 0.5);
    if (t > peak && e < -40) break;
  }
  return top + Math.log(sum * step);
}

/**
 * The law of a logit at head width N.
 *
 * @throws RangeError unless N is a whole number >= 1
 */
export function logitLaw(N: number): LogitLaw {
  if (!(Number.isSafeInteger(N) && N >= 1)) throw new RangeError(`N must be a whole number >= 1, got ${N}`);
  const nu = (N - 1) / 2, constant = -0.5 * Math.log(Math.PI) - nu * Math.LN2 - logGammaHalf(N);
  const density = (z: number) => {
    const x = Math.abs(z);
    // At 0: infinite for N = 1, else the limit 2^{nu-1} Gamma(nu) / (sqrt(pi) 2^nu Gamma(N/2)).
    if (x === 0) return N === 1 ? Infinity : Math.exp(constant + (nu - 1) * Math.LN2 + logGammaHalf(N - 1));
    return Math.exp(constant + nu * Math.log(x) + logBesselK(nu, x));
  };
  let table: { z: Float64Array; mass: Float64Array; slope: Float64Array } | undefined;
  return {
    N,
    variance: N,
    excessKurtosis: 6 / N,
    density,
    cumulative(z) {
      table ??= massTable(density, N);
      const x = Math.min(Math.abs(z), table.z[table.z.length - 1]);
      const half = hermite(table, x);
      return z < 0 ? 0.5 - half : 0.5 + half;
    },
  };
}

/** $\int_0^z$ of the density on a grid that is fine where the density may be singular. */
function massTable(density: (z: number) => number, N: number) {
  const n = 1200, last = 40 + 12 * Math.sqrt(N);
  const z = new Float64Array(n + 1), mass = new Float64Array(n + 1), slope = new Float64Array(n + 1);
  for (let i = 1; i <= n; i++) {
    z[i] = last * (i / n) ** 4;
    // Cubing the variable of the first cell tames the logarithm at N = 1.
    const { nodes, weights } = gaussLegendre(6, 0, 1);
    let s = 0;
    for (let g = 0; g < nodes.length; g++) {
      const u = nodes[g];
      s += i === 1
        ? weights[g] * density(z[1] * u ** 3) * 3 * u * u * z[1]
        : weights[g] * density(z[i - 1] + (z[i] - z[i - 1]) * u) * (z[i] - z[i - 1]);
    }
    mass[i] = mass[i - 1] + s;
    slope[i] = density(z[i]);
  }
  slope[0] = N === 1 ? mass[1] / z[1] : density(0);
  return { z, mass, slope };
}

/** Cubic Hermite interpolation of the mass, whose slope is the density. */
function hermite(
  { z, mass, slope }: { z: Float64Array; mass: Float64Array; slope: Float64Array },
  x: number,
): number {
  const n = z.length - 1;
  const i = Math.min(n - 1, Math.floor(n * (x / z[n]) ** 0.25));
  const low = x < z[i] ? i - 1 : x > z[i + 1] ? i + 1 : i;
  const h = z[low + 1] - z[low], u = (x - z[low]) / h;
  return mass[low] * (1 + 2 * u) * (1 - u) ** 2 + mass[low + 1] * u * u * (3 - 2 * u) +
    h * (slope[low] * u * (1 - u) ** 2 - slope[low + 1] * u * u * (1 - u));
}
