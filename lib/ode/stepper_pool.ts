/**
 * @module Steppers by method and size of state, kept between solves.
 *
 * Setting one up (two dozen buffers and loops) costs as much as thirty steps of a small problem; a sweep solves the same
 * small problem thousands of times.
 */
import { ChebyshevStepper } from "./chebyshev_stepper.ts";
import { dop853 } from "./dop853.ts";
import { ExplicitStepper } from "./explicit_stepper.ts";
import { rodas5p } from "./rodas5p.ts";
import { RosenbrockStepper } from "./rosenbrock_stepper.ts";
import type { Stepper } from "./stepper.ts";
import { tsit5 } from "./tsit5.ts";
import { type MethodName, OdeError } from "./types.ts";

function make(method: MethodName, size: number): Stepper {
  switch (method) {
    case "tsit5":
      return new ExplicitStepper(tsit5, size);
    case "dop853":
      return new ExplicitStepper(dop853, size);
    case "rodas5p":
      return new RosenbrockStepper(rodas5p, size);
    case "chebyshev":
      return new ChebyshevStepper(size);
    default:
      throw new OdeError(`unknown method "${method}": use "tsit5", "dop853", "rodas5p" or "chebyshev"`);
  }
}

/** At most this many idle steppers; the one idle for longest goes first. */
const room = 6;
/** Buffers of larger states are not worth keeping. */
const largest = 1024;
const idle = new Map<string, Stepper>();

/** A stepper nobody else uses; a solve inside a right-hand side gets another one. */
export function borrowStepper(method: MethodName, size: number): Stepper {
  const key = `${method} ${size}`;
  const stepper = idle.get(key);
  idle.delete(key);
  return stepper ?? make(method, size);
}

/** Gives a stepper back. The caller must not touch it afterwards. */
export function returnStepper(method: MethodName, size: number, stepper: Stepper): void {
  if (size > largest) return;
  idle.set(`${method} ${size}`, stepper);
  if (idle.size > room) idle.delete(idle.keys().next().value!);
}
