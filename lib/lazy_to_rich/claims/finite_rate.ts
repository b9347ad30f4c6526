/** @module The last decay rate at the run's own N: the flow linearised at its fixed point, the Hessian by Monte Carlo. */
import { type RandomStream, stream } from "../../numerics/mod.ts";
import { constantsOf, type Task } from "../theory/mod.ts";

/** Contribution of one Gaussian sequence to the Jacobian of o2 in (v, beta) at (kappa, b*): (m, kappa q Cov_S(y, x)). */
function jacobian(random: RandomStream, N: number, bStar: number, kappa: number): [number, number] {
  const q = random.normal();
  let key = random.normal(), mass = 0, x1 = 0, y1 = 0, xy = 0;
  for (let s = 0; s < N; s++) {
    const value = random.normal(), weight = Math.exp(bStar * q * key);
    mass += weight;
    x1 += weight * value;
    y1 += weight * key;
    xy += weight * key * value;
    key = value;
  }
  const m = x1 / mass;
  return [m, kappa * q * (xy / mass - m * y1 / mass)];
}

/**
 * Smallest rate of $\dot z=-D H z$, $H=E JJ^\top$, D = diag(1, 2 b*): what `finalDecayRate` tends to for N -> Infinity.
 * @param sequences Monte Carlo sequences; 60 000 give a standard error below 1 %
 */
export function finiteDecayRate(task: Task, sequences = 60_000): number {
  const { bStar, N, kappa } = constantsOf(task);
  const random = stream(1, "lazy_to_rich", "hessian", N);
  let vv = 0, vb = 0, bb = 0;
  for (let i = 0; i < sequences; i++) {
    const [v, b] = jacobian(random, N, bStar, kappa);
    vv += v * v / sequences;
    vb += v * b / sequences;
    bb += b * b / sequences;
  }
  const trace = vv + 2 * bStar * bb, determinant = 2 * bStar * (vv * bb - vb * vb);
  return 2 * determinant / (trace + Math.sqrt(trace * trace - 4 * determinant));
}
