/**
 * @module Four parameterizations side by side in one language: weights W' that are applied without a prefactor.
 *
 * In that language W' = W / sqrt(d) for hidden weights and w' = w / (gamma0 d) for the readout, so a unit-storage
 * learning rate is divided by the square of the prefactor (SGD) or by the prefactor's inverse (Adam).
 */
import { type ParametrisationOptions, parametrise } from "./parametrisation.ts";

/** One cell: the rule, and its value at the sizes asked for (`undefined` where it is a statement). */
export interface ComparisonCell {
  /** How it scales. */
  readonly rule: string;
  /** Its value. */
  readonly value?: number;
}

/** One line of the table. */
export interface ComparisonRow {
  /** What is compared. */
  readonly quantity: string;
  /** Standard parameterization. */
  readonly standard: ComparisonCell;
  /** muP. */
  readonly maximalUpdate: ComparisonCell;
  /** This paper at alphaA = 1. */
  readonly alphaOne: ComparisonCell;
  /** This paper at alphaA = 1/2. */
  readonly alphaHalf: ComparisonCell;
}

/** A cell that says something instead of giving a number. */
function says(rule: string): ComparisonCell {
  return { rule };
}

/**
 * Standard parameterization, muP, and this paper's at alphaA = 1 and 1/2 (derived), evaluated at finite sizes.
 *
 * @throws RangeError for infinite N or H: the table is about how finite networks are scaled
 */
export function comparisonTable(
  options: Omit<ParametrisationOptions, "alphaA" | "optimiser">,
): ComparisonRow[] {
  if (options.N === Infinity || options.H === Infinity) {
    throw new RangeError(`the comparison needs finite sizes, got N = ${options.N}, H = ${options.H}`);
  }
  const [one, half] = [1, 0.5].map((alphaA) => ({
    sgd: parametrise({ ...options, alphaA, optimiser: "sgd" }),
    adam: parametrise({ ...options, alphaA, optimiser: "adam" }),
  }));
  const { width: d, N, gamma0, eta0, beta0 } = one.sgd;
  // Rates of W' = prefactor * W: SGD rates scale with the prefactor squared, Adam's with the prefactor.
  const hidden = 1 / d, out = one.sgd.outputScale ** 2;
  const row = (
    quantity: string,
    standard: ComparisonCell,
    maximalUpdate: ComparisonCell,
    alphaOne: ComparisonCell,
    alphaHalf: ComparisonCell,
  ): ComparisonRow => ({ quantity, standard, maximalUpdate, alphaOne, alphaHalf });
  return [
    row(
      "logit scale",
      { rule: "N^-1/2", value: N ** -0.5 },
      { rule: "N^-1", value: 1 / N },
      { rule: "N^-1", value: one.sgd.logitScale },
      { rule: "N^-1/2", value: half.sgd.logitScale },
    ),
    row(
      "hidden initial variance",
      ...([0, 1, 2, 3].map(() => ({ rule: "1/d", value: hidden })) as [
        ComparisonCell,
        ComparisonCell,
        ComparisonCell,
        ComparisonCell,
      ]),
    ),
    row(
      "readout initial variance",
      { rule: "1/d", value: hidden },
      { rule: "1/d^2", value: hidden ** 2 },
      { rule: "1/(gamma0 d)^2", value: one.sgd.outputScale ** 2 },
      { rule: "1/(gamma0 d)^2", value: half.sgd.outputScale ** 2 },
    ),
    row(
      "SGD rate, values and MLP",
      { rule: "eta0", value: eta0 },
      { rule: "eta0", value: eta0 },
      { rule: "eta0 gamma0^2 Lambda", value: one.sgd.rate.value * hidden },
      { rule: "eta0 gamma0^2 Lambda", value: half.sgd.rate.value * hidden },
    ),
    row(
      "SGD rate, queries and keys",
      { rule: "eta0", value: eta0 },
      { rule: "eta0", value: eta0 },
      { rule: "eta0 gamma0^2 Lambda", value: one.sgd.rate.query * hidden },
      { rule: "eta0 gamma0^2 Lambda / N", value: half.sgd.rate.query * hidden },
    ),
    row(
      "SGD rate, embedding",
      { rule: "eta0", value: eta0 },
      { rule: "eta0 d", value: eta0 * d },
      { rule: "eta0 gamma0^2 d", value: one.sgd.rate.embedding },
      { rule: "eta0 gamma0^2 d", value: half.sgd.rate.embedding },
    ),
    row(
      "SGD rate, readout",
      { rule: "eta0", value: eta0 },
      { rule: "eta0 / d", value: eta0 / d },
      { rule: "eta0 / d", value: one.sgd.rate.readout * out },
      { rule: "eta0 / d", value: half.sgd.rate.readout * out },
    ),
    row(
      "Adam rate, values and MLP",
      { rule: "eta0", value: eta0 },
      { rule: "eta0 / d", value: eta0 / d },
      { rule: "eta0 (L/L0)^(alphaL-1) / d", value: one.adam.rate.value * d ** -0.5 },
      { rule: "eta0 (L/L0)^(alphaL-1) / d", value: half.adam.rate.value * d ** -0.5 },
    ),
    row(
      "Adam rate, queries and keys",
      { rule: "eta0", value: eta0 },
      { rule: "eta0 / d", value: eta0 / d },
      { rule: "eta0 (L/L0)^(alphaL-1) / d", value: one.adam.rate.query * d ** -0.5 },
      { rule: "eta0 (L/L0)^(alphaL-1) / (d sqrt N)", value: half.adam.rate.query * d ** -0.5 },
    ),
    row(
      "residual branch",
      { rule: "1", value: 1 },
      { rule: "1", value: 1 },
      { rule: "beta0 (L/L0)^-alphaL", value: one.sgd.branchScale },
      { rule: "beta0 (L/L0)^-alphaL", value: half.sgd.branchScale },
    ),
    row(
      "limit N -> infinity",
      says("unstable or lazy"),
      says("exists"),
      says(`exists; heads coincide (gamma0 = ${gamma0}, beta0 = ${beta0})`),
      says("none with trained features upstream"),
    ),
  ];
}

/** The table as aligned text, one line a quantity. */
export function comparisonText(table: readonly ComparisonRow[]): string {
  const cell = (c: ComparisonCell) =>
    c.value === undefined ? c.rule : `${c.rule} = ${Number(c.value.toPrecision(4))}`;
  const lines = [
    ["", "standard", "muP", "alphaA = 1", "alphaA = 1/2"],
    ...table.map((
      r,
    ) => [r.quantity, cell(r.standard), cell(r.maximalUpdate), cell(r.alphaOne), cell(r.alphaHalf)]),
  ];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map((line) => line.map((text, i) => text.padEnd(widths[i])).join("  ").trimEnd()).join("\n");
}
