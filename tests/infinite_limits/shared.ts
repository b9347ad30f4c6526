/** @module What several test files of this paper use: the reference problem and small statistics. */
import { tinyData } from "../../lib/infinite_limits/data.ts";
import { type ParametrisationOptions, parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { TrainingDynamics, type TrainingOptions } from "../../lib/infinite_limits/theory.ts";

/** The 3 x 3 x 4 data behind most reference numbers. */
export const task = tinyData();

/** The rich setting of the reference numbers: beta0 = gamma0 = 2, eta0 = 0.1, one block, N = infinity. */
export function rich(options: Partial<ParametrisationOptions> = {}) {
  return parametrise({ N: Infinity, H: 1, L: 1, beta0: 2, gamma0: 2, eta0: 0.1, ...options });
}

/** Marches all steps. */
export function march(options: TrainingOptions): TrainingDynamics {
  const dynamics = new TrainingDynamics(options);
  for (let t = 0; t < options.steps; t++) dynamics.step();
  return dynamics;
}

/** Mean of the diagonal of a square matrix. */
export function meanDiagonal(kernel: Float64Array): number {
  const n = Math.round(Math.sqrt(kernel.length));
  let s = 0;
  for (let i = 0; i < n; i++) s += kernel[i * (n + 1)] / n;
  return s;
}

/** |a - b|^2 / |b|^2. */
export function relativeSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0, norm = 0;
  for (let i = 0; i < a.length; i++) error += (a[i] - b[i]) ** 2, norm += b[i] ** 2;
  return error / norm;
}

/** Largest absolute difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length} differ`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= most)) most = d; // NaN wins
  }
  return most;
}
