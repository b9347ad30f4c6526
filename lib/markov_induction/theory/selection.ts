/**
 * @module Stage I: the coefficients c_S of the feature map compete, and one set of heads wins (derived for arXiv 2409.10559).
 *
 * Gradient flow with uniform attention is a replicator equation for $p_S=c_S^2/C$; time is learning rate x steps and C is conserved.
 */

/** The rate 4a/C of Stage I, in units of 1/(time x drive). */
export function selectionRate(a: number, C: number): number {
  if (!(C > 0)) throw new RangeError(`C = sum of c_S^2 must be positive, got ${C}`);
  return 4 * a / C;
}

/** Closed form $p_S(t)\propto p_S(0)\,e^{(4a/C)J_St}$, normalised; constant J. */
export function replicatorAt(
  p0: ArrayLike<number>,
  J: ArrayLike<number>,
  rate: number,
  t: number,
): Float64Array {
  if (p0.length !== J.length) throw new RangeError(`p0 has ${p0.length} entries and J ${J.length}`);
  const exponents = Float64Array.from(J, (j, s) => p0[s] > 0 ? rate * j * t + Math.log(p0[s]) : -Infinity);
  const top = exponents.reduce((a, b) => Math.max(a, b), -Infinity);
  const p = exponents.map((x) => Math.exp(x - top));
  const total = p.reduce((a, b) => a + b, 0);
  return p.map((x) => x / total);
}

/** Right-hand side of the replicator equation $\dot p_S=\text{rate}\;p_S(J_S-\sum_Tp_TJ_T)$ for `solve`. */
export function replicatorFlow(
  J: ArrayLike<number>,
  rate: number,
): (t: number, p: Float64Array, dp: Float64Array) => void {
  return (_t, p, dp) => {
    let mean = 0;
    for (let s = 0; s < p.length; s++) mean += p[s] * J[s];
    for (let s = 0; s < p.length; s++) dp[s] = rate * p[s] * (J[s] - mean);
  };
}

/** The same flow in the coefficients themselves: $\dot c_S=(2a/C)\,c_S(J_S-\bar J)$, C = sum of squares (conserved). */
export function coefficientFlow(
  J: ArrayLike<number>,
  a: number,
): (t: number, c: Float64Array, dc: Float64Array) => void {
  return (_t, c, dc) => {
    let C = 0, mean = 0;
    for (let s = 0; s < c.length; s++) {
      C += c[s] * c[s];
      mean += c[s] * c[s] * J[s];
    }
    mean /= C;
    for (let s = 0; s < c.length; s++) dc[s] = 2 * a / C * c[s] * (J[s] - mean);
  };
}

/** Time by which $p_{S^*}\ge1-\delta$ from equal coefficients, at most: $\frac{C}{4a\Delta J}\log\frac{n-1}{\delta}$, n sets. */
export function selectionTime(
  options: { a: number; C: number; gap: number; sets: number; delta: number },
): number {
  const { a, C, gap, sets, delta } = options;
  if (!(gap > 0)) throw new RangeError(`the gap of the drives must be positive, got ${gap}`);
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta must lie in (0, 1), got ${delta}`);
  return Math.log((sets - 1) / delta) / (selectionRate(a, C) * gap);
}

/** Factor by which one step of gradient descent of size eta multiplies C: $1+\eta^2(2a/C)^2\mathrm{Var}_p(J)$ (the flow conserves C). */
export function descentGrowth(
  options: { eta: number; a: number; C: number; p: ArrayLike<number>; J: ArrayLike<number> },
): number {
  const { eta, a, C, p, J } = options;
  let mean = 0, square = 0;
  for (let s = 0; s < p.length; s++) {
    mean += p[s] * J[s];
    square += p[s] * J[s] * J[s];
  }
  return 1 + (eta * 2 * a / C) ** 2 * (square - mean * mean);
}

/** The set with the largest drive: the one Stage I selects from equal coefficients. Ties go to the first. */
export function winnerOf(sets: readonly number[], J: ArrayLike<number>): number {
  let best = 0;
  for (let s = 1; s < sets.length; s++) if (J[s] > J[best]) best = s;
  return sets[best];
}

/**
 * Positional attention with weight on the own offset h for head h = 1..H: $\sigma_h=e^\Delta/(e^\Delta+M-1)$, Delta = w_+ - w_-.
 * @returns [H][M]
 */
export function initialAttention(H: number, M: number, gap: number): Float64Array[] {
  if (H > M) throw new RangeError(`head h starts on offset h, so H <= M is needed, got H = ${H}, M = ${M}`);
  const rest = 1 / (Math.exp(gap) + M - 1);
  return Array.from({ length: H }, (_, h) => {
    const row = new Float64Array(M).fill(rest);
    row[h] = 1 / (1 + (M - 1) * Math.exp(-gap));
    return row;
  });
}

/**
 * Sufficient initial gap for S* to win under soft attention (derived): $1-\sigma^D<\Delta/(4J^*)$, that is
 * $w_+-w_->\log(M-1)-\log\big((1-\tfrac{\Delta}{4J^*})^{-1/D}-1\big)$. Not necessary: true thresholds are far smaller.
 */
export function sufficientGap(options: { M: number; D: number; gap: number; best: number }): number {
  const { M, D, gap, best } = options;
  if (!(gap > 0 && gap <= best)) {
    throw new RangeError(`the information gap must lie in (0, ${best}] (the best value), got ${gap}`);
  }
  return Math.log(M - 1) - Math.log((1 - gap / (4 * best)) ** (-1 / D) - 1);
}

/**
 * Smallest gap of a grid from which on `target` wins everywhere on the grid; Infinity when it does not win at the end.
 * `winnerAt` may come from the population (`softDrives`) or from data.
 */
export function criticalGap(
  winnerAt: (gap: number) => number,
  target: number,
  grid: ArrayLike<number>,
): number {
  let critical = Infinity;
  for (let i = grid.length - 1; i >= 0 && winnerAt(grid[i]) === target; i--) critical = grid[i];
  return critical;
}

/** Two bounds behind the sufficient gap: $J_{S^*}\ge(2s-1)^2J^*$ and $J_S\le J^*-s\Delta$ for others, s = (least sigma_h)^D. */
export function softBounds(
  sigma: readonly ArrayLike<number>[],
  options: { D: number; gap: number; best: number },
): { readonly winnerAtLeast: number; readonly othersAtMost: number } {
  const own = sigma.reduce((least, row, h) => Math.min(least, row[h]), 1);
  const s = own ** options.D;
  const winnerAtLeast = s > 0.5 ? (2 * s - 1) ** 2 * options.best : 0;
  return { winnerAtLeast, othersAtMost: options.best - s * options.gap };
}
