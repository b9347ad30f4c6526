/** @module Where a logarithmic axis is ticked, and how numbers are written beside it. */

const superscripts: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

/** `superscript(-3)` is `⁻³`. */
export function superscript(exponent: number): string {
  return [...String(exponent)].map((c) => superscripts[c] ?? c).join("");
}

/** `10⁻³`, `2×10⁴`: a number as mantissa (up to three digits) and power of ten. */
export function formatPower(x: number): string {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const sign = x < 0 ? "−" : "";
  const [mantissa, exponent] = Math.abs(x).toExponential(2).split("e");
  const short = String(Number(mantissa));
  return sign + (short === "1" ? "" : `${short}×`) + `10${superscript(Number(exponent))}`;
}

/** A short decimal (up to `digits` significant digits) between 10⁻³ and 10⁵, a power of ten beyond. */
export function formatNumber(x: number, digits = 3): string {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (!Number.isFinite(x) || size < 1e-3 || size >= 1e5) return formatPower(x);
  return String(Number(x.toPrecision(Math.max(digits, Math.floor(Math.log10(size)) + 1)))).replace("-", "−");
}

/** First digits that may be labelled on a short axis, and how many labels make such a choice do. */
const leadingDigits: readonly (readonly [string, number])[] = [
  ["125", 3],
  ["12357", 3],
  ["123456789", 2],
  ["13", 2],
  ["1", 1],
];

/** Ticks of a logarithmic axis: `major` are labelled, `minor` only drawn. */
export interface LogTicks {
  readonly major: readonly number[];
  readonly minor: readonly number[];
  readonly format: (x: number) => string;
}

/**
 * Ticks for a logarithmic axis from `low` to `high`.
 *
 * Whole powers of the base are labelled, every second, third, … of them when more than `count` would stand there.
 * Where fewer than three powers of ten fall on the axis, multiples by 2 and 5 are labelled too, or other digits as
 * they fit. Labels are plain numbers while all of them are neither small nor large, or the base is not ten; powers of
 * ten otherwise.
 */
export function logTicks(low: number, high: number, count = 7, base = 10): LogTicks {
  if (!(low > 0) || !(high > 0) || !Number.isFinite(high)) {
    throw new RangeError(`a logarithmic axis needs positive finite ends, got ${low} and ${high}`);
  }
  if (low > high) [low, high] = [high, low];
  const slack = 1e-9;
  const first = Math.ceil(Math.log(low) / Math.log(base) - slack);
  const last = Math.floor(Math.log(high) / Math.log(base) + slack);
  const powers = range(first, last);
  const every = Math.max(1, Math.ceil(powers.length / count));
  const value = (exponent: number) => exponent < 0 ? 1 / base ** -exponent : base ** exponent;
  let major = powers.filter((exponent) => exponent % every === 0).map(value);
  const inside = (x: number) => x >= low * (1 - slack) && x <= high * (1 + slack);
  const multiples = base === 10
    ? range(first - 1, last).flatMap((e) => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((m) => Number(`${m}e${e}`)))
      .filter(inside)
    : [];
  let minor = every > 1 ? powers.map(value) : powers.length <= 5 ? multiples : [];
  if (base === 10 && powers.length < 3) {
    for (const [digits, least] of leadingDigits) {
      major = multiples.filter((x) => digits.includes(x.toExponential()[0]));
      if (major.length >= least && major.length <= count) break;
    }
    minor = multiples;
  }
  if (major.length === 0) major = [low, high];
  // A short axis carries 2s and 5s: decimals read better there than mantissa times power.
  const [least, most] = powers.length < 3 ? [0.00099, 9999] : [0.0099, 1000.1];
  const plain = base !== 10 || major.every((x) => x >= least && x <= most);
  const labelled = new Set(major);
  return {
    major,
    minor: minor.filter((x) => !labelled.has(x)),
    format: plain ? (x) => formatNumber(x) : formatPower,
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
