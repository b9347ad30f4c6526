/**
 * @module Error bound of a generalised head in its three parts (derived): modes left out, modes computed inexactly, tokens
 * copied inexactly. Suprema are taken over a grid of [-1, 1]^P, so this is a numerical bound, not a certificate.
 */
import type { GeneralConstruction } from "./general_head.ts";
import { evaluateNetwork } from "./relu_network.ts";
import type { Similarity } from "./similarity.ts";

/** Sup-norm parts of the logit error, and the bound on the output. */
export interface GeneralHeadBound {
  /** $\|\sum_{k>K}\sigma_k\phi_k\psi_k\|_\infty$. */
  readonly truncation: number;
  /** $\|\sum_{k\le K}\sigma_k(\phi_k\psi_k - \hat\phi_k\hat\psi_k)\|_\infty$. */
  readonly network: number;
  /** Lipschitz constant of the network's logit times the copy errors. */
  readonly copy: number;
  /** Sum of the parts and of the guard's own error, capped at 2. */
  readonly total: number;
}

/** Points of a tensor grid on [-1, 1]^P. */
function gridOf(P: number, points: number): number[][] {
  return Array.from(
    { length: points ** P },
    (_, index) =>
      Array.from({ length: P }, (_, k) => -1 + 2 * (Math.floor(index / points ** k) % points) / (points - 1)),
  );
}

/**
 * Bounds |TF - GIH_n| for tokens in [-1, 1].
 * @param points grid points per axis; default 397 for P = 1, else 15. 396 steps share few divisors with the usual numbers of knots: at a
 * knot the networks are exact, and a grid of knots alone would see no error
 */
export function generalHeadBound(
  head: GeneralConstruction,
  similarity: Similarity,
  points: number = similarity.patch === 1 ? 397 : 15,
): GeneralHeadBound {
  const P = similarity.patch, grid = gridOf(P, points), step = 1e-4;
  const { decomposition, networks, copy, guard } = head;
  const K = networks.left.shift.length, sigma = decomposition.sigma;
  const combine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += sigma[k] * a[k] * b[k];
    return sum;
  };
  const sides = grid.map((x) => ({
    x,
    left: decomposition.left(x, K),
    right: decomposition.right(x, K),
    netLeft: evaluateNetwork(networks.left, x),
    netRight: evaluateNetwork(networks.right, x),
    // difference quotients of the two networks along every coordinate
    slopes: x.map((_, axis) => {
      const moved = x.map((value, i) => i === axis ? value + (value > 0 ? -step : step) : value);
      return { left: evaluateNetwork(networks.left, moved), right: evaluateNetwork(networks.right, moved) };
    }),
  }));
  let truncation = 0, network = 0, lipschitz = 0, top = 0;
  for (const u of sides) {
    for (const v of sides) {
      const modes = combine(u.left, v.right), nets = combine(u.netLeft, v.netRight);
      truncation = Math.max(truncation, Math.abs(similarity.value(u.x, v.x) - modes));
      network = Math.max(network, Math.abs(modes - nets));
      top = Math.max(top, Math.abs(nets));
      const inU = u.slopes.reduce((sum, s) => sum + Math.abs(combine(s.left, v.netRight) - nets), 0);
      const inV = v.slopes.reduce((sum, s) => sum + Math.abs(combine(u.netLeft, s.right) - nets), 0);
      lipschitz = Math.max(lipschitz, (inU + inV) / step);
    }
  }
  const n = copy.errors.length + 1, E = Math.max(...copy.errors);
  const copied = lipschitz * E + guard * copy.errors.reduce((sum, e) => sum + e, 0);
  const total = truncation + network + copied + 2 * n * Math.exp(2 * top - guard);
  return { truncation, network, copy: copied, total: Math.min(2, total) };
}
