/**
 * Gauss-Legendre quadrature: n nodes that integrate polynomials of degree 2n - 1 exactly.
 *
 * @module
 */

/** Nodes and weights: $\int_a^b f \approx \sum_i w_i f(x_i)$. */
export interface Quadrature {
  /** Ascending, strictly inside (a, b). */
  nodes: Float64Array;
  /** Positive, summing to b - a. */
  weights: Float64Array;
}

/** $P_n(x)$ and $P_n'(x)$ by the three-term recurrence. */
function legendre(n: number, x: number): [value: number, derivative: number] {
  let previous = 1, value = x;
  for (let k = 2; k <= n; k++) {
    [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
  }
  return [value, (n * (x * value - previous)) / (x * x - 1)];
}

/** Nodes on [-1, 1], by n: a rule is asked for again and again. */
const cache = new Map<number, Quadrature>();

function referenceRule(n: number): Quadrature {
  const known = cache.get(n);
  if (known) return known;
  const nodes = new Float64Array(n), weights = new Float64Array(n);
  for (let i = 0; i < n / 2; i++) {
    // Tricomi's estimate of the i-th largest root is within Newton's reach for every n.
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    if (2 * i + 1 === n) x = 0;
    let derivative = 1;
    if (n === 1) derivative = 1;
    else {
      for (let step = 0; step < 10; step++) {
        const [value, slope] = legendre(n, x);
        derivative = slope;
        const change = value / slope;
        x -= change;
        if (Math.abs(change) < 1e-16) break;
      }
      derivative = legendre(n, x)[1];
    }
    const weight = 2 / ((1 - x * x) * derivative * derivative);
    nodes[n - 1 - i] = x;
    nodes[i] = -x;
    weights[i] = weights[n - 1 - i] = weight;
  }
  const rule = { nodes, weights };
  cache.set(n, rule);
  return rule;
}

/**
 * The n-point Gauss-Legendre rule on [a, b], roots of $P_n$ by Newton's method.
 *
 * @param n number of nodes, 1 to 500
 * @throws RangeError for an n outside that range or ends that are not finite
 */
export function gaussLegendre(n: number, a = -1, b = 1): Quadrature {
  if (!Number.isInteger(n) || n < 1 || n > 500) {
    throw new RangeError(`gaussLegendre takes a whole number of nodes from 1 to 500, got ${n}`);
  }
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    throw new RangeError(`gaussLegendre needs finite ends, got ${a} and ${b}`);
  }
  const { nodes, weights } = referenceRule(n);
  const centre = 0.5 * (a + b), half = 0.5 * (b - a);
  return { nodes: nodes.map((x) => centre + half * x), weights: weights.map((w) => half * w) };
}
