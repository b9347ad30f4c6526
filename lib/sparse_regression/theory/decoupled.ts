/**
 * @module The risk of preprocessed gradient flow as d independent scalar problems (derived): good at moderate n too.
 *
 * Each coordinate obeys $\dot w = r^2\,(gw^* + A + B\,c(t) - gw)$, $r = gw^* + A + B$, w(0) = 0: A is the label noise's
 * part of $\hat r_j$, N(0, g sigma^2/n); B is the other coordinates' interference, N(0, g ||w*_{-j}||^2/n); and
 * $g = \hat\Sigma_{jj}$ is chi-squared over n. The interference fades as the others are learned; what of it still points
 * along B is their overlap with the truth, self-consistently, $c(t) = E\langle w^*_S - w_S(t), w^*_S\rangle / W$. The rest,
 * of variance (risk - c^2 W)/n, is independent of B: coordinates on the support follow it at once, which adds
 * $\frac sn E(1-e^{-r^2gt})^2(\mathrm{risk} - c^2W)$ to the risk (in the end, the step from s/n to s/(n - s)).
 *
 * Expectations are Gauss-Legendre sums over A, B, g (and w* for the `gau` prior): no Monte Carlo error. Time is marched with
 * the exact exponential of every scalar and c at the middle of the step.
 */
import { gaussLegendre, normalDensity } from "../../numerics/mod.ts";
import { checkTask, signalOf, type SparseTask } from "../data.ts";

/** Resolution of the prediction. */
export interface DecoupledOptions {
  /** Quadrature nodes for A and for B (and w*); default 24. */
  readonly nodes?: number;
  /** Quadrature nodes for the diagonal g of the sample covariance; 1 means g = 1. Default 9. */
  readonly diagonalNodes?: number;
}

/** The predicted curve. */
export interface DecoupledCurve {
  /** Flow times T. */
  readonly times: Float64Array;
  /** Predicted excess risk at each. */
  readonly risk: Float64Array;
  /** Its part on the support. */
  readonly on: Float64Array;
  /** What is still to be learned, c(t). */
  readonly overlap: Float64Array;
}

/** Points of a scalar's law, their probabilities and where each has got to. */
interface Cloud {
  readonly probability: Float64Array;
  readonly truth: Float64Array; // w*
  readonly rate: Float64Array; // r^2 g
  readonly goal: Float64Array; // w* + A / g
  readonly interference: Float64Array; // B / g
  readonly w: Float64Array;
  readonly left: Float64Array; // e^{-rate t}
}

/** Values and probabilities of one independent variable. */
interface Law {
  readonly x: Float64Array;
  readonly p: Float64Array;
}

const constant = (value: number): Law => ({ x: Float64Array.of(value), p: Float64Array.of(1) });

/** Standard normal nodes on low..high, their probabilities scaled to add up to 1. */
function normalLaw(count: number, low: number, high: number): Law {
  const { nodes, weights } = gaussLegendre(count, low, high);
  const p = weights.map((weight, i) => weight * normalDensity(nodes[i])),
    total = p.reduce((a, b) => a + b, 0);
  return { x: nodes, p: p.map((value) => value / total) };
}

/** chi-squared over n, as Wilson and Hilferty's cube of a normal variable. */
function diagonalLaw(count: number, n: number): Law {
  if (count === 1) return constant(1);
  const law = normalLaw(count, -4.5, 4.5), c = 2 / (9 * n);
  return { x: law.x.map((z) => Math.max(1e-3, 1 - c + z * Math.sqrt(c)) ** 3), p: law.p };
}

function cloud(truths: Law, diagonal: Law, noise: Law, noiseSd: number, otherSd: number): Cloud {
  const size = truths.x.length * diagonal.x.length * noise.x.length ** 2;
  const make = () => new Float64Array(size);
  const out = {
    probability: make(),
    truth: make(),
    rate: make(),
    goal: make(),
    interference: make(),
    w: make(),
    left: make().fill(1),
  };
  let at = 0;
  truths.x.forEach((truth, t) =>
    diagonal.x.forEach((g, h) =>
      noise.x.forEach((z, i) =>
        noise.x.forEach((y, k) => {
          // Given the column x_j, A and B have variances proportional to its square norm g n.
          const A = z * noiseSd * Math.sqrt(g), B = y * otherSd * Math.sqrt(g);
          out.probability[at] = truths.p[t] * diagonal.p[h] * noise.p[i] * noise.p[k];
          out.truth[at] = truth;
          out.rate[at] = (g * truth + A + B) ** 2 * g;
          out.goal[at] = truth + A / g;
          out.interference[at++] = B / g;
        })
      )
    )
  );
  return out;
}

/** Means over a cloud. */
interface Means {
  /** E (w - w*)^2. */
  readonly error: number;
  /** E (w* - w) w*. */
  readonly overlap: number;
  /** E (1 - e^{-rate t})^2. */
  readonly reached: number;
}

/** Advances every scalar by `step` at constant c. */
function advance(points: Cloud, step: number, c: number): Means {
  const { probability, truth, rate, goal, interference, w, left } = points;
  let error = 0, overlap = 0, reached = 0;
  for (let i = 0; i < w.length; i++) {
    const end = goal[i] + interference[i] * c, p = probability[i];
    const decay = Math.exp(-rate[i] * step), next = w[i] = end + (w[i] - end) * decay, miss = truth[i] - next;
    left[i] *= decay;
    error += p * miss * miss;
    overlap += p * miss * truth[i];
    reached += p * (1 - left[i]) ** 2;
  }
  return { error, overlap, reached };
}

/**
 * Predicted risk of preprocessed gradient flow at increasing times (isotropic inputs).
 * @param times ascending, > 0; about ten a decade from 0.1/W on march accurately, as `logTimes` of the ode room gives them
 * @throws {RangeError} for times that do not increase, or a covariance that is not the identity
 */
export function decoupledRisk(
  task: SparseTask,
  n: number,
  times: ArrayLike<number>,
  options: DecoupledOptions = {},
): DecoupledCurve {
  checkTask(task);
  if (task.covariance) {
    throw new RangeError("the scalar prediction is for isotropic inputs: leave covariance out");
  }
  const { d, s, sigma, prior } = task, { nodes = 24, diagonalNodes = 9 } = options, W = signalOf(task);
  const size = Math.sqrt(W / s),
    noise = normalLaw(nodes, -6.5, 6.5),
    diagonal = diagonalLaw(diagonalNodes, n);
  // The law is symmetric under a joint change of signs: half of the Gaussian weights is enough, as one sign is for `rad`.
  const half = normalLaw(nodes, 0, 6.5);
  const truths = prior === "rad" ? constant(size) : { x: half.x.map((z) => z * size), p: half.p };
  const labelSd = sigma / Math.sqrt(n);
  const on = cloud(truths, diagonal, noise, labelSd, Math.sqrt((W - W / s) / n));
  const off = cloud(constant(0), diagonal, noise, labelSd, Math.sqrt(W / n));
  const curve: DecoupledCurve = {
    times: Float64Array.from(times),
    risk: new Float64Array(times.length),
    on: new Float64Array(times.length),
    overlap: new Float64Array(times.length),
  };
  let c = 1, slope = 0, before = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i], step = time - before;
    if (!(step > 0)) throw new RangeError(`times must increase from above 0, got ${time} after ${before}`);
    const middle = Math.min(1, Math.max(0, c + 0.5 * step * slope)); // extrapolated: of second order, without a second pass
    const inside = advance(on, step, middle);
    const beside = d > s ? (d - s) * advance(off, step, middle).error : 0;
    const overlap = s * inside.overlap / W, share = s * inside.reached / n;
    const learning = share < 1
      ? Math.max(s * inside.error, (s * inside.error + share * (beside - overlap ** 2 * W)) / (1 - share))
      : Infinity;
    slope = (overlap - c) / step;
    [c, before] = [overlap, time];
    [curve.risk[i], curve.on[i], curve.overlap[i]] = [learning + beside, learning, overlap];
  }
  return curve;
}

/** The lowest predicted risk and its time, on a logarithmic grid of 24 times a decade. */
export function decoupledOptimum(
  task: SparseTask,
  n: number,
  options: DecoupledOptions = {},
): { time: number; risk: number } {
  const W = signalOf(task), count = 120;
  const times = Float64Array.from({ length: count }, (_, i) => 0.1 / W * 1e5 ** (i / (count - 1)));
  const { risk } = decoupledRisk(task, n, times, options);
  const best = risk.reduce((least, value, i) => value < risk[least] ? i : least, 0);
  return { time: times[best], risk: risk[best] };
}
