/**
 * @module $E[\phi(u_a)\phi(u_b)]$ for jointly Gaussian u: what an infinitely wide MLP adds to a kernel.
 *
 * In normalised Hermite functions $\phi(\sigma z) = \sum_n c_n(\sigma) \mathrm{He}_n(z)/\sqrt{n!}$ the average is
 * $\sum_n c_n(\sigma_a)c_n(\sigma_b)\rho^n$ (Mehler): one-dimensional sums once per variance instead of a
 * two-dimensional quadrature for every pair of tokens.
 */
import { gelu } from "../fields/gelu.ts";

/** Terms kept; for GELU $c_n$ falls below 1e-8 well before. */
const terms = 96;
/** The trapezoidal rule converges exponentially for analytic Gaussian integrands; half-width and step of its grid. */
const reach = 12, step = 0.05;

/** Coefficients $c_n(\sigma) = E[\phi(\sigma z)\,\mathrm{He}_n(z)]/\sqrt{n!}$, n < 96, and $E[\phi(\sigma z)^2]$. */
interface HermiteSeries {
  readonly coefficients: Float64Array;
  readonly square: number;
}

function seriesOf(phi: (x: number) => number, sigma: number): HermiteSeries {
  const coefficients = new Float64Array(terms);
  let square = 0;
  for (let z = -reach; z <= reach + step / 2; z += step) {
    const weight = step * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI), value = phi(sigma * z);
    square += weight * value * value;
    // Orthonormal recurrence: sqrt(n+1) p_{n+1} = z p_n - sqrt(n) p_{n-1}.
    let before = 0, here = 1;
    for (let n = 0; n < terms; n++) {
      coefficients[n] += weight * value * here;
      const next = (z * here - Math.sqrt(n) * before) / Math.sqrt(n + 1);
      before = here;
      here = next;
    }
  }
  return { coefficients, square };
}

const unitGelu = { series: undefined as HermiteSeries | undefined };

/**
 * Kernel of $\phi(u)$ for $u\sim N(0, K)$.
 *
 * @param kernel row-major [B, B], positive semi-definite
 * @param phi default GELU
 * @returns row-major [B, B]
 */
export function activationKernel(
  kernel: Float64Array,
  B: number,
  phi: (x: number) => number = gelu,
): Float64Array {
  const seen = new Map<number, HermiteSeries>();
  const series = Array.from({ length: B }, (_, a) => {
    const sigma = Math.sqrt(kernel[a * B + a]);
    // Normalised kernels ask for sigma = 1 only, up to rounding: worth keeping between calls.
    if (phi === gelu && Math.abs(sigma - 1) < 1e-12) return unitGelu.series ??= seriesOf(gelu, 1);
    const known = seen.get(sigma) ?? seriesOf(phi, sigma);
    seen.set(sigma, known);
    return known;
  });
  const out = new Float64Array(B * B);
  for (let a = 0; a < B; a++) {
    for (let b = 0; b <= a; b++) {
      const scale = Math.sqrt(kernel[a * B + a] * kernel[b * B + b]);
      const rho = scale > 0 ? Math.max(-1, Math.min(1, kernel[a * B + b] / scale)) : 0;
      let sum = 0;
      if (a === b) sum = series[a].square;
      else {
        for (let n = 0, power = 1; n < terms; n++, power *= rho) {
          sum += series[a].coefficients[n] * series[b].coefficients[n] * power;
        }
      }
      out[a * B + b] = out[b * B + a] = sum;
    }
  }
  return out;
}
