/**
 * @module The risk of preprocessed gradient flow as d independent scalar problems (derived): good at moderate n too.
 *
 * Each coordinate obeys $\dot w = r^2(w^* + A + B\,m(t) - w)$, $r = w^* + A + B$, w(0) = 0: A is the label noise's part of
 * $\hat r_j$, N(0, sigma^2/n); B is the other coordinates' interference, N(0, (W - w*^2)/n) on the support and N(0, W/n)
 * off it, which fades with what is still unlearned, $m(t)^2 = E\|w_S(t)-w^*_S\|^2/E\|w^*_S\|^2$, self-consistently.
 *
 * Expectations are Gauss-Legendre sums over A, B (and w* for the `gau` prior): no Monte Carlo error. Time is marched with the
 * exact exponential of every scalar and m at the middle of the step.
 */
import { gaussLegendre, normalDensity } from "../../numerics/mod.ts";
import { checkTask, signalOf, type SparseTask } from "../data.ts";

/** Resolution of the prediction. */
export interface DecoupledOptions {
  /** Quadrature nodes for A and for B; default 32. */
  readonly nodes?: number;
}

/** The predicted curve. */
export interface DecoupledCurve {
  /** Flow times T. */
  readonly times: Float64Array;
  /** Predicted excess risk at each. */
  readonly risk: Float64Array;
  /** Its part on the support. */
  readonly on: Float64Array;
  /** What is still unlearned, m(t). */
  readonly unlearned: Float64Array;
}

/** Points of a scalar's law and their probabilities. */
interface Cloud {
  readonly probability: Float64Array;
  readonly truth: Float64Array;
  readonly noise: Float64Array;
  readonly interference: Float64Array;
  readonly w: Float64Array;
}

/** Eight standard deviations hold all but 1e-15 of the mass. */
const REACH = 8;

function normalNodes(count: number, sd: number): { x: Float64Array; p: Float64Array } {
  if (sd === 0) return { x: new Float64Array(1), p: new Float64Array([1]) };
  const { nodes, weights } = gaussLegendre(count, -REACH, REACH);
  return { x: nodes.map((z) => z * sd), p: weights.map((weight, i) => weight * normalDensity(nodes[i])) };
}

function cloud(
  truths: { x: Float64Array; p: Float64Array },
  n: number,
  sigma: number,
  spread: number,
  nodes: number,
): Cloud {
  const A = normalNodes(nodes, sigma / Math.sqrt(n)), B = normalNodes(nodes, Math.sqrt(spread / n));
  const size = truths.x.length * A.x.length * B.x.length;
  const make = () => new Float64Array(size);
  const out = { probability: make(), truth: make(), noise: make(), interference: make(), w: make() };
  let at = 0;
  for (let t = 0; t < truths.x.length; t++) {
    for (let i = 0; i < A.x.length; i++) {
      for (let k = 0; k < B.x.length; k++, at++) {
        out.probability[at] = truths.p[t] * A.p[i] * B.p[k];
        out.truth[at] = truths.x[t];
        out.noise[at] = A.x[i];
        out.interference[at] = B.x[k];
      }
    }
  }
  return out;
}

/** Advances every scalar by `step` at constant m; returns the mean squared error afterwards, written into w when `keep`. */
function advance(
  { probability, truth, noise, interference, w }: Cloud,
  step: number,
  m: number,
  keep: boolean,
): number {
  let error = 0;
  for (let i = 0; i < w.length; i++) {
    const r = truth[i] + noise[i] + interference[i], goal = truth[i] + noise[i] + interference[i] * m;
    const next = goal + (w[i] - goal) * Math.exp(-r * r * step);
    if (keep) w[i] = next;
    error += probability[i] * (next - truth[i]) ** 2;
  }
  return error;
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
  const { d, s, sigma, prior } = task, { nodes = 32 } = options, W = signalOf(task);
  const size = Math.sqrt(W / s), one = { x: new Float64Array([size]), p: new Float64Array([1]) };
  // The law is symmetric under a joint change of signs: half of the Gaussian weights is enough, as one sign is for `rad`.
  const gaussian = gaussLegendre(nodes, 0, REACH);
  const truths = prior === "rad" ? one : {
    x: gaussian.nodes.map((z) => z * size),
    p: gaussian.weights.map((weight, i) => 2 * weight * normalDensity(gaussian.nodes[i])),
  };
  const on = cloud(truths, n, sigma, W - W / s, nodes);
  const off = cloud({ x: new Float64Array(1), p: new Float64Array([1]) }, n, sigma, W, nodes);
  const curve: DecoupledCurve = {
    times: Float64Array.from(times),
    risk: new Float64Array(times.length),
    on: new Float64Array(times.length),
    unlearned: new Float64Array(times.length),
  };
  let m = 1, before = 0;
  for (let i = 0; i < times.length; i++) {
    const step = times[i] - before;
    if (!(step > 0)) {
      throw new RangeError(`times must increase from above 0, got ${times[i]} after ${before}`);
    }
    const ahead = Math.sqrt(s * advance(on, step, m, false) / W);
    const middle = 0.5 * (m + ahead), learning = s * advance(on, step, middle, true);
    const noise = d > s ? (d - s) * advance(off, step, middle, true) : 0;
    m = Math.sqrt(learning / W);
    before = times[i];
    [curve.risk[i], curve.on[i], curve.unlearned[i]] = [learning + noise, learning, m];
  }
  return curve;
}

/** The lowest predicted risk and its time, on a fine logarithmic grid of times. */
export function decoupledOptimum(
  task: SparseTask,
  n: number,
  options: DecoupledOptions = {},
): { time: number; risk: number } {
  const W = signalOf(task), count = 180;
  const times = Float64Array.from({ length: count }, (_, i) => 0.1 / W * 1e5 ** (i / (count - 1)));
  const { risk } = decoupledRisk(task, n, times, options);
  const best = risk.reduce((least, value, i) => value < risk[least] ? i : least, 0);
  return { time: times[best], risk: risk[best] };
}
