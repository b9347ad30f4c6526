/** @module `solve`: the integration loop that every method shares. */
import { type CheckedRequest, checkRequest } from "./check.ts";
import { StepController } from "./controller.ts";
import { EventWatcher } from "./events.ts";
import { initialStep } from "./initial_step.ts";
import { Sampler } from "./sampler.ts";
import { Solution, StepLog } from "./solution.ts";
import { allFinite, noProblem, type StepperProblem } from "./stepper.ts";
import { borrowStepper, returnStepper } from "./stepper_pool.ts";
import {
  type EventRecord,
  OdeError,
  type RightHandSide,
  type SolveOptions,
  type Stats,
  type Status,
} from "./types.ts";

/**
 * Solves $\dot y = f(t, y)$, $y(t_0) = y_0$, forward or backward in time.
 *
 * Steps are chosen so that the estimated error of each, componentwise, stays near $atol + rtol\,|y|$ in the RMS norm.
 * f is never evaluated outside [t0, t1]. A failure on the way (too many steps, a step too small, values that are not
 * finite) is not thrown: it is the status of the solution, which is valid up to where it stopped.
 *
 * @example
 * ```ts
 * const decay = solve((_t, y, dy) => { dy[0] = -y[0]; }, [1], { t1: 2, rtol: 1e-8 });
 * decay.status;   // "done"
 * decay.at(1)[0]; // 0.36787944...
 * ```
 *
 * @param f Right-hand side, in place.
 * @param y0 Initial state, copied.
 * @param options What to solve and how; see `SolveOptions`.
 * @returns Reported points, status, events, statistics and the solution in between.
 * @throws {OdeError} When the request itself is wrong, including a right-hand side that is not finite at t0.
 */
export function solve(f: RightHandSide, y0: ArrayLike<number>, options: SolveOptions): Solution {
  const request = checkRequest(y0, options);
  const { t0, t1, rtol, atol, maxSteps, minStep, maxStep } = request;
  const { fixedStep, steadyState } = options;
  const direction = Math.sign(t1 - t0);
  const stats: Stats = { steps: 0, rejected: 0, evaluations: 0, jacobians: 0, factorisations: 0 };
  const { method = "tsit5", jacobian, autonomous = false } = options;
  const graded = Boolean(steadyState);
  const problem: StepperProblem = { rhs: f, rtol, atol, jacobian, autonomous, stats, graded };
  const n = request.y0.length;
  const stepper = borrowStepper(method, n);
  stepper.begin(problem);
  stepper.y.set(request.y0);
  stepper.start(t0);
  if (!allFinite(stepper.f)) {
    throw new OdeError(`the right-hand side is not finite at t0 = ${t0}: got [${stepper.f.join(", ")}]`);
  }

  const log = new StepLog(n);
  log.push(t0, 0, stepper.y);
  const sampler = options.sampleAt && new Sampler(options.sampleAt, t0, request.y0);
  const watcher = options.events?.length ? new EventWatcher(options.events, t0, request.y0) : undefined;
  const steady = steadyState ? steadyTest(steadyState === true ? {} : steadyState, request) : undefined;
  const controller = new StepController(stepper.controlOrder, stepper.pi);
  const events: EventRecord[] = [];

  let t = t0;
  let size = fixedStep ?? options.firstStep ?? 0;
  if (stepper.propose) size = stepper.propose(t0, t1);
  else if (size === 0) {
    size = initialStep(f, t0, t1, stepper.y, stepper.f, stepper.controlOrder, rtol, atol);
    stats.evaluations++;
  }
  let denseReady = false;
  const dense = () => {
    if (!denseReady) stepper.prepareDense();
    denseReady = true;
  };
  const finish = (status: Status, message: string, end = { t, y: stepper.y.slice() }) => {
    stepper.begin(noProblem);
    returnStepper(method, n, stepper);
    return new Solution({
      status,
      message,
      events,
      stats,
      log,
      method,
      problem,
      end,
      samples: sampler?.taken(),
    });
  };

  while (true) {
    if (stats.steps + stats.rejected >= maxSteps) {
      return finish(
        "max-steps",
        `stopped at t = ${t}: ${maxSteps} steps were not enough to reach t1 = ${t1}`,
      );
    }
    size = Math.min(size, maxStep);
    const left = Math.abs(t1 - t);
    // A last step of almost full length is stretched rather than leaving a crumb of rounding behind.
    const last = size * (1 + 1e-9) >= left;
    const h = last ? t1 - t : direction * size;
    const tNew = last ? t1 : t + h;
    let error = stepper.attempt(t, h, tNew);
    if (fixedStep !== undefined && Number.isFinite(error)) error = 0;
    if (error <= 1 && !stepper.complete()) error = NaN;

    if (!(error <= 1)) {
      stats.rejected++;
      const finite = Number.isFinite(error);
      size = Math.abs(h) * controller.reject(error);
      if (
        fixedStep !== undefined || stepper.propose ||
        size < Math.max(minStep, 16 * Number.EPSILON * Math.abs(t)) ||
        size < 1e-300
      ) {
        const why = finite
          ? `the tolerance asks for a step of ${size.toPrecision(3)}, below the smallest allowed`
          : "the solution or its derivative stops being finite";
        return finish(finite ? "min-step" : "not-finite", `stopped at t = ${t}: ${why}`);
      }
      continue;
    }

    stats.steps++;
    denseReady = false;
    log.push(tNew, h, stepper.yNew);
    const occurred = watcher?.inspect(stepper, t, h, tNew, dense) ?? [];
    events.push(...occurred);
    const terminal = occurred.find(({ index }) => options.events?.[index].terminal);
    sampler?.take(stepper, t, h, tNew, terminal?.t ?? tNew, dense);
    if (terminal) {
      return finish("event", `stopped at t = ${terminal.t} by "${terminal.name}"`, {
        t: terminal.t,
        y: terminal.y.slice(),
      });
    }
    stepper.advance();
    t = tNew;
    if (t === t1) return finish("done", `reached t1 = ${t1} in ${stats.steps} steps`);
    if (steady?.(stepper.y, stepper.f)) return finish("steady", `the flow stands still at t = ${t}`);
    if (stepper.propose) size = stepper.propose(t, t1);
    else if (fixedStep === undefined) size = Math.abs(h) * controller.accept(error);
  }
}

/** $|f_i| < atol_i + rtol\,|y_i|$ for every i: per unit of t nothing changes by more than the tolerance. */
function steadyTest(
  { rtol, atol }: { rtol?: number; atol?: number },
  request: CheckedRequest,
): (y: Float64Array, f: Float64Array) => boolean {
  const relative = rtol ?? request.rtol;
  if (!(relative >= 0)) throw new OdeError(`steadyState.rtol must not be negative, got ${relative}`);
  if (atol !== undefined && !(atol > 0)) throw new OdeError(`steadyState.atol must be positive, got ${atol}`);
  return (y, f) => {
    for (let i = 0; i < y.length; i++) {
      if (!(Math.abs(f[i]) < (atol ?? request.atol[i]) + relative * Math.abs(y[i]))) return false;
    }
    return true;
  };
}
