/**
 * @module Copy kernels: H content-free heads whose slopes are multiples of a read the token i steps back, exactly for i <= H.
 *
 * With z_j the attention mass of the first head at distance j (Alibi: z_j = e^{-a(j-1)}, log: z_j = j^{-a}), head k has mass
 * z_j^k, and the Lagrange polynomial
 * $P_i(z) = \frac{z}{z_i}\prod_{l\le H, l\ne i}\frac{z - z_l}{z_i - z_l} = \sum_{k=1}^H \alpha_{i,k} z^k$ gives the kernel
 * $K_i(j) = P_i(z_j)$: K_i(j) = 1{j = i} for j <= H. Derived for arXiv 2410.11474, whose own head grouping is in `copy_layer.ts`.
 */
import { integrate } from "../../numerics/mod.ts";
import {
  add,
  divide,
  type DoubleDouble,
  exact,
  exp,
  expm1,
  log,
  multiply,
  negate,
  ONE,
  scale,
  subtract,
  toNumber,
  ZERO,
} from "../forward/double_double.ts";

/** H heads with slopes a, 2a, ..., Ha on the Alibi distance j - 1 or on ln j. */
export interface KernelFamily {
  /** Positional encoding. */
  readonly encoding: "alibi" | "log";
  /** Number of heads. */
  readonly H: number;
  /** Slope unit; > 0, and > 1 for the log encoding. */
  readonly a: number;
}

/** Most heads: sums over heads and distances stay below a second; a tenth of them copies beyond float64. */
const MOST_HEADS = 1000;
/** Smallest slope unit: heads flatter than this cannot be told apart within 10^5 tokens. */
const FLATTEST = 1e-4;

/** Refuses an impossible family or slot, and one that would take minutes. */
export function checkKernel(family: KernelFamily, i = 1): void {
  const { encoding, H, a } = family;
  if (!Number.isInteger(H) || H < 1) throw new RangeError(`H must be an integer >= 1, got ${H}`);
  if (H > MOST_HEADS) throw new RangeError(`H must be at most ${MOST_HEADS}, got ${H}`);
  if (!(a > 0) || !Number.isFinite(a)) {
    throw new RangeError(`the slope unit a must be > 0 and finite, got ${a}`);
  }
  if (a < FLATTEST) throw new RangeError(`the slope unit a must be at least ${FLATTEST}, got ${a}`);
  if (encoding === "log" && !(a > 1)) {
    throw new RangeError(`the log encoding needs a > 1 (otherwise the tail sum diverges), got ${a}`);
  }
  if (!Number.isInteger(i) || i < 1 || i > H) {
    throw new RangeError(`slot i must be an integer in 1..H = ${H}, got ${i}: each slot needs a head`);
  }
}

/** -ln z_j, the exponent of head 1 at distance j. */
function decay(family: KernelFamily, j: number): DoubleDouble {
  return family.encoding === "alibi" ? scale(exact(j - 1), family.a) : scale(log(j), family.a);
}

/**
 * Coefficients alpha_{i,1..H} to about 30 digits. Elementary symmetric polynomials of positive nodes have no cancellation;
 * their float64 rounding would cost 1e-16 max|alpha| of the kernel, which is 1e-3 for a = 1/2, H = 12.
 * @throws {RangeError} when they overflow, as e^{aH^2/2} does
 */
export function copyCoefficients(family: KernelFamily, i: number): DoubleDouble[] {
  checkKernel(family, i);
  const { H } = family;
  const nodes = Array.from({ length: H }, (_, l) => exp(negate(decay(family, l + 1))));
  // symmetric[m] = e_m of the nodes other than z_i
  let symmetric: DoubleDouble[] = [ONE];
  let denominator = nodes[i - 1];
  nodes.forEach((node, l) => {
    if (l === i - 1) return;
    const next = [...symmetric, ZERO];
    for (let m = symmetric.length; m >= 1; m--) next[m] = add(next[m], multiply(symmetric[m - 1], node));
    symmetric = next;
    // z_i - z_l = -z_i expm1(decay_i - decay_l)
    const gap = multiply(nodes[i - 1], expm1(subtract(decay(family, i), decay(family, l + 1))));
    denominator = multiply(denominator, negate(gap));
  });
  const alpha = Array.from({ length: H }, (_, index) => {
    const m = H - 1 - index; // z^{k} with k = index + 1 comes with e_{H-k}
    const value = divide(symmetric[m], denominator);
    return m % 2 === 0 ? value : negate(value);
  });
  if (alpha.every(({ hi, lo }) => Number.isFinite(hi) && Number.isFinite(lo))) return alpha;
  throw new RangeError(
    `the weights of slot ${i} leave the range of float64 at H = ${H}, a = ${family.a}: take fewer heads or a smaller a`,
  );
}

/** K_i(j) by the product formula, relatively accurate however small. */
export function copyKernel(family: KernelFamily, i: number, j: number): number {
  checkKernel(family, i);
  const { encoding, H, a } = family;
  const lag = (from: number, to: number) => encoding === "alibi" ? a * (to - from) : a * Math.log(to / from);
  let value = Math.exp(-lag(i, j));
  for (let l = 1; l <= H; l++) {
    if (l !== i) value *= Math.expm1(-lag(l, j)) / Math.expm1(-lag(l, i));
  }
  return value;
}

/**
 * E_i(H) = sum_{j > H} |K_i(j)|, the l1 copy error.
 * Alibi, q = e^{-a}: $q^{(H-i)(H-i+1)/2}\prod_{m<i}(1-q^m)^{-1}\prod_{m\le H-i}(1-q^m)^{-1}\sum_{r\ge1} q^{H+r-i}
 * \prod_{l\ne i}(1-q^{H+r-l})$, super-exponentially small like e^{-a(H-i)^2/2}. Log: the sum to J, then Euler-Maclaurin.
 */
export function copyError(family: KernelFamily, i: number): number {
  checkKernel(family, i);
  const { encoding, H, a } = family;
  if (encoding === "log") return logTail(family, i);
  const oneMinus = (m: number) => -Math.expm1(-a * m);
  let factor = Math.exp(-a * (H - i) * (H - i + 1) / 2);
  for (let m = 1; m < i; m++) factor /= oneMinus(m);
  for (let m = 1; m <= H - i; m++) factor /= oneMinus(m);
  let sum = 0;
  for (let r = 1;; r++) {
    let term = Math.exp(-a * (H + r - i));
    const floor = term / oneMinus(1); // bounds everything from here on
    for (let l = 1; l <= H; l++) if (l !== i) term *= oneMinus(H + r - l);
    sum += term;
    if (floor < 1e-17 * sum || floor === 0) return factor * sum;
  }
}

/** All terms beyond H have one sign, so the tail is |sum|; beyond J the kernel is smooth in j. */
function logTail(family: KernelFamily, i: number): number {
  const { H, a } = family, J = H + 200;
  let sum = 0;
  for (let j = H + 1; j <= J; j++) sum += Math.abs(copyKernel(family, i, j));
  // j = J s^(-1/(a-1)) maps [J, infinity) to (0, 1] and makes the leading power flat
  const power = -1 / (a - 1);
  const integrand = (s: number) => {
    const j = J * s ** power;
    return Number.isFinite(j) ? Math.abs(copyKernel(family, i, j)) * J / (a - 1) * s ** (power - 1) : 0;
  };
  const last = Math.abs(copyKernel(family, i, J));
  const slope = Math.abs(copyKernel(family, i, J + 0.5)) - Math.abs(copyKernel(family, i, J - 0.5));
  return sum + integrate(integrand, 1e-300, 1, { rtol: 1e-9 }) - last / 2 - slope / 12;
}

/**
 * Periodisation lemma (derived): softmax over m keys at distances 1..m, with value scale alpha_{i,k} / (1 - e^{-ak}), puts weight
 * $\sum_{l \ge 0} K_i(j + l m)$ on distance j, because 1/(1 - e^{-akm}) = sum_l e^{-aklm}. For m >= i the l1 error is at most
 * E_i(H), at every position. Alibi only.
 */
export function periodisedKernel(family: KernelFamily, i: number, j: number, m: number): number {
  checkKernel(family, i);
  if (family.encoding !== "alibi") {
    throw new RangeError("the periodisation lemma holds for the Alibi encoding only");
  }
  if (!(j >= 1 && j <= m)) throw new RangeError(`distance j must be in 1..m = ${m}, got ${j}`);
  let sum = 0;
  for (let at = j; family.a * (at - i) < 750; at += m) sum += copyKernel(family, i, at);
  return sum;
}

/** Effective weight on distance j of the H softmax heads over m keys: sum_k alpha_k z_j^k / (1 - e^{-akm}), in double-double. */
export function softmaxKernel(family: KernelFamily, i: number, j: number, m: number): number {
  if (family.encoding !== "alibi") {
    throw new RangeError("the softmax kernel is closed for the Alibi encoding only");
  }
  let sum = ZERO;
  copyCoefficients(family, i).forEach((alpha, index) => {
    const k = index + 1;
    const mass = exp(scale(exact(-(j - 1) * k), family.a));
    const normaliser = negate(expm1(scale(exact(-m * k), family.a)));
    sum = add(sum, divide(multiply(alpha, mass), normaliser));
  });
  return toNumber(sum);
}
