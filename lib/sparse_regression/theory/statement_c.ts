/**
 * @module Statement C (derived): leading-order risk of preprocessed gradient flow for equal magnitudes |w*_j| = sqrt(W/s).
 *
 * With $m = e^{-TW/s}$, $\beta = (s/W)(1-m)$, $a = \sigma^2/n$, $b = W/n$, $v = \tau^2/n$ and Tv << 1,
 * on the support $Wm^2 + (1-m)^2\sigma^2 s/(n-s-1)$, off it
 * $(d-s)[3v^2(aT^2+b\beta^2) + 12v(aT+b\beta)^2]$; the last term is the price of using the same sample twice.
 */
import { signalOf, type SparseTask } from "../data.ts";
import { tune, type Tuned } from "./tune.ts";

/** Whether preprocessing and descent see the same examples. */
export interface LeadingOptions {
  /** Preprocessing from an independent sample: drops the term with 12 v. Default false. */
  readonly split?: boolean;
}

/** The leading-order risk at flow time T, by parts. Valid while $T \ll n/\tau^2$. */
export function leadingRisk(
  task: SparseTask,
  n: number,
  time: number,
  options: LeadingOptions = {},
): { on: number; off: number; risk: number } {
  const { d, s, sigma } = task, W = signalOf(task);
  if (!(n > s + 1)) throw new RangeError(`the leading-order risk needs n > s + 1 = ${s + 1}, got n = ${n}`);
  const m = Math.exp(-time * W / s), beta = s / W * (1 - m);
  const a = sigma ** 2 / n, b = W / n, v = (W + sigma ** 2) / n;
  const on = W * m * m + (1 - m) ** 2 * sigma ** 2 * s / (n - s - 1);
  const shared = options.split ? 0 : 12 * v * (a * time + b * beta) ** 2;
  const off = (d - s) * (3 * v * v * (a * time * time + b * beta * beta) + shared);
  return { on, off, risk: on + off };
}

/** Its minimum over T. */
export function leadingOptimum(task: SparseTask, n: number, options: LeadingOptions = {}): Tuned {
  const W = signalOf(task);
  return tune((time) => leadingRisk(task, n, time, options).risk, {
    low: 0.01 * task.s / W,
    high: 1e3 * task.s / W,
    perDecade: 10,
    width: 1e-4,
  });
}
