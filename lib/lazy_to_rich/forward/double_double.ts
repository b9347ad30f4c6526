/**
 * @module Double-double arithmetic: a real as an unevaluated sum hi + lo of two float64 (about 32 digits).
 *
 * The copy kernels of this paper are differences of head outputs whose coefficients reach 1e13: a head output rounded
 * to float64 then leaves 1e-3, whatever the order of summation. Carrying 106 bits from the coefficient through the
 * softmax to the sum over heads keeps the error of the construction itself visible.
 * Error-free transformations: Dekker (1971), Knuth (TAOCP 2, 4.2.2).
 */

/** The number hi + lo, with |lo| at most half a unit in the last place of hi. */
export interface DoubleDouble {
  /** Nearest float64. */
  readonly hi: number;
  /** What is missing. */
  readonly lo: number;
}

/** Zero. */
export const ZERO: DoubleDouble = { hi: 0, lo: 0 };
/** One. */
export const ONE: DoubleDouble = { hi: 1, lo: 0 };

const SPLITTER = 134217729; // 2^27 + 1: cuts 53 bits into 26 + 26

function quickSum(hi: number, lo: number): DoubleDouble {
  const sum = hi + lo;
  return { hi: sum, lo: lo - (sum - hi) };
}

/** The float64 `x` as a double-double. */
export function exact(x: number): DoubleDouble {
  return { hi: x, lo: 0 };
}

/** x * y of two float64, without rounding. */
export function product(x: number, y: number): DoubleDouble {
  const p = x * y;
  const xs = SPLITTER * x, ys = SPLITTER * y;
  const xh = xs - (xs - x), yh = ys - (ys - y);
  const xl = x - xh, yl = y - yh;
  return { hi: p, lo: ((xh * yh - p) + xh * yl + xl * yh) + xl * yl };
}

/** x + y. */
export function add(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const s = x.hi + y.hi, b = s - x.hi;
  const e = (x.hi - (s - b)) + (y.hi - b);
  const t = x.lo + y.lo, c = t - x.lo;
  const f = (x.lo - (t - c)) + (y.lo - c);
  const u = quickSum(s, e + t);
  return quickSum(u.hi, u.lo + f);
}

/** -x. */
export function negate(x: DoubleDouble): DoubleDouble {
  return { hi: -x.hi, lo: -x.lo };
}

/** x - y. */
export function subtract(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  return add(x, negate(y));
}

/** x * y. */
export function multiply(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const p = product(x.hi, y.hi);
  return quickSum(p.hi, p.lo + (x.hi * y.lo + x.lo * y.hi));
}

/** x * y with a float64 `y`. */
export function scale(x: DoubleDouble, y: number): DoubleDouble {
  const p = product(x.hi, y);
  return quickSum(p.hi, p.lo + x.lo * y);
}

/** x / y; y must not be 0. */
export function divide(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const q1 = x.hi / y.hi;
  const r1 = subtract(x, scale(y, q1));
  const q2 = r1.hi / y.hi;
  const r2 = subtract(r1, scale(y, q2));
  return add(quickSum(q1, q2), exact(r2.hi / y.hi));
}

const LN2: DoubleDouble = { hi: 0.6931471805599453, lo: 2.319046813846299558e-17 };
const HALVINGS = 6, TERMS = 11;
const INVERSE_FACTORIAL: DoubleDouble[] = (() => {
  const table = [ONE];
  for (let n = 1; n <= TERMS; n++) table.push(divide(table[n - 1], exact(n)));
  return table;
})();

/** exp(x) - 1, without cancellation for small x: reduction by ln 2 and 2^6, Taylor, then s -> 2s + s^2. */
export function expm1(x: DoubleDouble): DoubleDouble {
  if (x.hi === 0 && x.lo === 0) return ZERO;
  if (x.hi < -700) return { hi: -1, lo: 0 };
  const k = Math.round(x.hi / LN2.hi);
  const shrink = 2 ** -HALVINGS;
  const reduced = subtract(x, scale(LN2, k));
  const r: DoubleDouble = { hi: reduced.hi * shrink, lo: reduced.lo * shrink };
  let sum = INVERSE_FACTORIAL[TERMS];
  for (let n = TERMS - 1; n >= 1; n--) sum = add(multiply(sum, r), INVERSE_FACTORIAL[n]);
  let s = multiply(sum, r);
  for (let i = 0; i < HALVINGS; i++) s = add({ hi: 2 * s.hi, lo: 2 * s.lo }, multiply(s, s));
  if (k === 0) return s;
  const power = 2 ** k; // exp(x) - 1 = 2^k (s + 1) - 1
  const whole = add(s, ONE);
  return subtract({ hi: whole.hi * power, lo: whole.lo * power }, ONE);
}

/** exp(x); 0 below -700. */
export function exp(x: DoubleDouble): DoubleDouble {
  if (x.hi < -700) return ZERO;
  const k = Math.round(x.hi / LN2.hi);
  const power = 2 ** k;
  const mantissa = add(expm1(subtract(x, scale(LN2, k))), ONE);
  return { hi: mantissa.hi * power, lo: mantissa.lo * power };
}

/** ln x of a positive float64: one Newton step from Math.log. */
export function log(x: number): DoubleDouble {
  const first = Math.log(x);
  const ratio = scale(exp(exact(-first)), x); // x e^-first = 1 + small
  return add(exact(first), subtract(ratio, ONE));
}

/** The nearest float64. */
export function toNumber(x: DoubleDouble): number {
  return x.hi + x.lo;
}
