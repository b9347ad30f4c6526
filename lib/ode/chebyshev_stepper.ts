/** @module The Chebyshev propagator: y(t) for a linear flow as one polynomial of A, in as many products as it has terms. */
import { stream } from "../numerics/mod.ts";
import { besselReach } from "./bessel.ts";
import { lanczos } from "./lanczos.ts";
import { inspectFlow, lanczosSteps, type LinearFlow, promise, refuse, widen } from "./linear_flow.ts";
import { exponentialCoefficients, forcedCoefficients, type Interval } from "./propagator.ts";
import { allFinite, copyInto, noProblem, type Stepper, type StepperProblem } from "./stepper.ts";
import { addCombination, dot, norm } from "./vectors.ts";

/** Numbers a step may keep in its vectors (32 MB), which with n limits the terms of a step. */
const memory = 2 ** 22;
/** A step lets the flow grow by e^30 at most: rounding is relative to the largest the state may become. */
const growth = 30;

/**
 * Propagates $\dot y = A y + b$, A symmetric, over any time in one step.
 *
 * With $s = \pm1$ the direction of time, $\tau = |h|$ and $B = sA$,
 * $y(\tau) = \sum_k e_k T_k(\tilde B)\,y$ when b = 0, otherwise $y + \sum_k d_k T_k(\tilde B)\,s f(y)$; the vectors
 * $T_k(\tilde B) v$ do not depend on $\tau$, which makes dense output a matter of coefficients. Because
 * $\lVert T_k(\tilde B) v \rVert \le \lVert v \rVert$, the terms left out are bounded by the sum of their coefficients, and
 * a vector that grows says that an eigenvalue lies outside the interval. Derived; expansion and coefficients after
 * Tal-Ezer and Kosloff, J. Chem. Phys. 81 (1984) 3967, who propagate quantum states this way.
 */
export class ChebyshevStepper implements Stepper {
  readonly controlOrder = 1;
  readonly pi = { alpha: 1, beta: 0 };
  readonly y: Float64Array;
  readonly yNew: Float64Array;
  f: Float64Array;
  fNew: Float64Array;

  /** T_k v of the last attempt, k = 0 .. #terms; more rows than terms are leftovers. */
  readonly #rows: Float64Array[] = [];
  #terms = 0;
  #weights = new Float64Array(64);
  #exponential = new Float64Array(64);
  readonly #work: Float64Array;
  readonly #scratch;
  #problem: StepperProblem = noProblem;
  #t = 0;
  #h = 0;
  #tNew = 0;
  #interval: Interval = { centre: 0, radius: 1 };
  #unit = 1;
  #last = 0;

  constructor(private readonly size: number) {
    const make = () => new Float64Array(size);
    [this.y, this.yNew, this.f, this.fNew, this.#work] = [make(), make(), make(), make(), make()];
    const random = stream(0, "chebyshev", size).fillNormal(make());
    const length = norm(random);
    for (let i = 0; i < size; i++) random[i] /= length;
    this.#scratch = { random, start: make(), work: [make(), make()] as const, sum: make() };
  }

  begin(problem: StepperProblem): void {
    this.#problem = problem;
    this.#last = 0;
    // An idle stepper keeps what an ordinary solve needs, not what the longest one did.
    if (problem === noProblem && this.#rows.length > 256) this.#rows.length = 256;
  }

  start(t: number): void {
    this.#problem.rhs(t, this.y, this.f);
    this.#problem.stats.evaluations++;
  }

  propose(t: number, t1: number): number {
    const problem = this.#problem;
    const flow = problem.linear ??= inspectFlow(problem, t, t1, this.y, this.f, this.#scratch);
    const left = Math.abs(t1 - t);
    const { centre, radius } = intervalOf(flow, t1 - t);
    const top = centre + radius;
    const terms = Math.max(64, Math.floor(memory / this.size));
    // The inverse of besselReach for long times: k^2 = 76 z.
    let size = Math.min(left, 0.9 * terms * terms / 76 / radius);
    if (top > 0) size = Math.min(size, growth / top);
    if (problem.graded) {
      this.#last = this.#last ? 2 * this.#last : 8 / radius;
      size = Math.min(size, this.#last);
    } else if (flow.forced) {
      // Rounding of f enters as size * f: while f is large, take only as much time as the tolerance allows, or eight times
      // the last step, so that the terms of all steps together stay within a factor of two of those of the whole.
      const { y, f } = this;
      const allowed = norm(problem.atol) + problem.rtol * norm(y);
      const harmless = allowed / (4 * Number.EPSILON * norm(f));
      size = Math.min(size, Math.max(harmless, this.#last ? 8 * this.#last : 64 / radius));
      this.#last = size;
    }
    return size;
  }

  attempt(t: number, h: number, tNew: number): number {
    [this.#t, this.#h, this.#tNew] = [t, h, tNew];
    const flow = this.#problem.linear ??= inspectFlow(this.#problem, t, tNew, this.y, this.f, this.#scratch);
    // Each repair moves an end of the interval beyond an eigenvalue that was not known.
    for (let repairs = 0; repairs < 40; repairs++) {
      const outside = this.#expand(flow);
      if (outside === 0) return allFinite(this.yNew) ? 0 : NaN;
      if (!Number.isFinite(outside)) return NaN;
      this.#repair(flow, this.#rows[outside], repairs);
    }
    return refuse("no interval holds its spectrum");
  }

  /** Fills rows, coefficients and yNew. Returns 0, the index of a vector that grew, or NaN. */
  #expand(flow: LinearFlow): number {
    const { y, yNew, f, size: n } = this;
    const { rhs, rtol, atol, stats } = this.#problem;
    const { forced, offset, scale } = flow;
    const direction = Math.sign(this.#h);
    const tau = Math.abs(this.#h);
    const interval = this.#interval = intervalOf(flow, this.#h);
    const count = besselReach(tau * interval.radius) + 1;
    const weights = this.#coefficients(tau, count, forced);

    const first = this.#row(0);
    const sizeF = norm(f);
    // Near a steady state f is small beside b; the vectors are scaled up so that b does not drown them.
    this.#unit = forced && sizeF > 0 ? Math.max(1, scale / sizeF) : 1;
    for (let i = 0; i < n; i++) first[i] = forced ? direction * this.#unit * f[i] : y[i];
    for (let i = 0; i < n; i++) yNew[i] = forced ? y[i] + weights[0] * f[i] * direction : weights[0] * y[i];
    this.#terms = 0;
    const size = norm(first);
    if (size === 0) return 0;
    const inverse = 1 / this.#unit;
    let tail = 0;
    for (let k = 1; k < count; k++) tail += Math.abs(weights[k]);
    const limit = (1.01 * size) ** 2;
    const share = size / this.#unit / Math.sqrt(n);
    let previous = first;
    let current = first;
    for (let k = 1; k < count; k++) {
      rhs(this.#t, current, this.#work);
      stats.evaluations++;
      const next = this.#row(k);
      const twice = (k === 1 ? 1 : 2) / interval.radius;
      const squared = advanceRow(
        next,
        current,
        previous,
        this.#work,
        offset,
        direction * twice,
        twice * interval.centre,
        k === 1 ? 0 : 1,
        yNew,
        weights[k] * inverse,
      );
      this.#terms = k;
      if (!(squared <= limit)) return Number.isFinite(squared) ? k : NaN;
      tail -= Math.abs(weights[k]);
      const bound = tail * share;
      let fits = true;
      for (let i = 0; i < n && fits; i++) fits = bound <= atol[i] + rtol * Math.abs(yNew[i]);
      if (fits) break;
      previous = current;
      current = next;
    }
    return 0;
  }

  /** An eigenvalue lies outside: the vector that grew is rich in its eigenvector, so few Lanczos steps find it. */
  #repair(flow: LinearFlow, grown: Float64Array, repairs: number): void {
    const { rhs, stats } = this.#problem;
    const { offset, scale } = flow;
    const { start, work, sum } = this.#scratch;
    copyInto(start, grown);
    const ritz = lanczos(
      (v, out) => {
        for (let i = 0; i < this.size; i++) sum[i] = scale * v[i];
        rhs(this.#t, sum, out);
        stats.evaluations++;
        for (let i = 0; i < this.size; i++) out[i] = (out[i] - offset[i]) / scale;
      },
      start,
      lanczosSteps,
      work,
      0.25 / Math.abs(this.#h),
    );
    const { low, high } = flow;
    widen(flow, ritz, this.#h);
    // Whatever Lanczos says, the interval never shrinks and always grows at an end.
    const [lower, upper] = [low - flow.low, flow.high - high];
    flow.low = Math.min(low, flow.low);
    flow.high = Math.max(high, flow.high);
    if (Math.max(lower, upper) > 1e-6 * (high - low)) return;
    const more = 2 ** repairs * Math.min(0.01 * (high - low), 1 / Math.abs(this.#h));
    flow.low -= more;
    flow.high += more;
  }

  /** Coefficients at time tau since the beginning of the step. */
  #coefficients(tau: number, count: number, forced: boolean): Float64Array {
    if (this.#weights.length < count) {
      this.#weights = new Float64Array(2 * count);
      this.#exponential = new Float64Array(2 * count);
    }
    exponentialCoefficients(tau, this.#interval, count, this.#exponential);
    if (!forced) return this.#exponential;
    forcedCoefficients(this.#interval, this.#exponential, count, this.#weights);
    return this.#weights;
  }

  #row(k: number): Float64Array {
    return this.#rows[k] ??= new Float64Array(this.size);
  }

  /**
   * Evaluates f at the end, the slope of the next step, and holds it against the witness: a flow that stops being linear,
   * or changes with time, is found out where the solution went, for two inner products.
   */
  complete(): boolean {
    const { yNew, fNew } = this;
    const { rhs, rtol, stats, linear } = this.#problem;
    rhs(this.#tNew, yNew, fNew);
    stats.evaluations++;
    if (!allFinite(fNew) || !linear) return false;
    const { witness, image, offset, scale } = linear;
    const gap = Math.abs(dot(witness, fNew) - dot(witness, offset) - dot(image, yNew));
    const sizeB = norm(offset);
    const whole = (norm(image) + 2e-6 * sizeB / scale) * norm(yNew) + norm(fNew) + sizeB;
    // A gap spread over all directions shows in one of them with a share of 1 / sqrt(n).
    if (gap > promise(rtol) * whole) {
      const share = (gap / whole * Math.sqrt(this.size)).toPrecision(2);
      refuse(`at t = ${this.#tNew} it is off by ${share} of its size, so it is not linear or depends on t`);
    }
    return true;
  }

  prepareDense(): void {}

  /** The vectors are there: only the coefficients are new. */
  interpolate(theta: number, out: Float64Array): Float64Array {
    const { forced } = this.#problem.linear!;
    const tau = theta * Math.abs(this.#h);
    const count = this.#terms + 1;
    // The recurrence for a force must begin where the coefficients are rounding, however few are used.
    const whole = forced ? Math.max(count, besselReach(tau * this.#interval.radius) + 1) : count;
    const weights = this.#coefficients(tau, whole, forced);
    if (forced) copyInto(out, this.y);
    else out.fill(0);
    // Early times need few terms; the others are rounding.
    let enough = count;
    const negligible = 1e-18 * Math.abs(weights[0]);
    while (enough > 1 && Math.abs(weights[enough - 1]) <= negligible) enough--;
    addCombination(out, 1 / this.#unit, weights, this.#rows, enough);
    return out;
  }

  /**
   * Fractions of the step between which a sum of decaying exponentials does not hide two sign changes of ordinary size:
   * a tenth of the time passed, a quarter of the fastest time, a quarter of the growth time.
   */
  marks(): readonly number[] {
    const { centre, radius } = this.#interval;
    const span = Math.abs(this.#h);
    const top = centre + radius;
    const marks: number[] = [];
    let tau = 0;
    while (true) {
      tau += Math.min(
        Math.max(tau / 10, 0.25 / radius),
        top > 0 ? Math.max(0.25 / top, span / 256) : Infinity,
      );
      if (!(tau < span)) return [...marks, 1];
      marks.push(tau / span);
    }
  }

  advance(): void {
    copyInto(this.y, this.yNew);
    [this.f, this.fNew] = [this.fNew, this.f];
  }
}

/** The interval of sA for the direction s of `h`, wide enough to divide by and, when there is a force, holding zero. */
function intervalOf({ low, high, forced }: LinearFlow, h: number): Interval {
  let [a, b] = h > 0 ? [low, high] : [-high, -low];
  if (forced) [a, b] = [Math.min(a, 0), Math.max(b, 0)];
  const needed = Math.max(b - a, 1 / Math.abs(h));
  // The end of most growth stays where it is.
  a = b - needed;
  return { centre: (a + b) / 2, radius: (b - a) / 2 };
}

/** The three-term recurrence, the running sum and the squared norm in one pass. */
function advanceRow(
  next: Float64Array,
  current: Float64Array,
  previous: Float64Array,
  image: Float64Array,
  offset: Float64Array,
  factor: number,
  shift: number,
  back: number,
  sum: Float64Array,
  weight: number,
): number {
  let squared = 0;
  for (let i = 0; i < next.length; i++) {
    const value = factor * (image[i] - offset[i]) - shift * current[i] - back * previous[i];
    next[i] = value;
    sum[i] += weight * value;
    squared += value * value;
  }
  return squared;
}
