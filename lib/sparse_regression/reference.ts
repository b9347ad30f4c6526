/**
 * @module Risks that an earlier, independent simulation of this project found (other code, other random numbers): what the risk
 * table is held against. Derived; nothing here is the paper's.
 */
import type { Estimated, MethodName, RiskTableRecord } from "./records.ts";

/** Prompts behind each number of a method; the Lasso stood on a grid of six penalties a decade, 600 steps of FISTA each. */
export const referencePrompts: Readonly<Record<MethodName, number>> = {
  leastSquares: 4000,
  ridge: 4000,
  descent: 4000,
  preprocessed: 4000,
  lasso: 2000,
  oracle: 4000,
  bayes: 400,
};

/** Printed to four decimals: half a unit of the last one. */
const REFERENCE_ROUNDING = 5e-5;

/** In the order of the numbers below. */
const methods = Object.keys(referencePrompts) as MethodName[];

const table: readonly (readonly ["rad" | "gau", number, number, readonly number[]])[] = [
  ["rad", 0.1, 10, [0.3942, 0.3922, 0.3928, 0.3967, 0.2431, 0.0082, 0.0000]],
  ["rad", 0.1, 20, [0.0535, 0.0394, 0.0413, 0.0465, 0.0110, 0.0027, 0.0000]],
  ["rad", 0.1, 40, [0.0070, 0.0069, 0.0069, 0.0062, 0.0033, 0.0012, 0.0000]],
  ["rad", 0.1, 80, [0.0025, 0.0025, 0.0025, 0.0013, 0.0014, 0.0005, 0.0000]],
  ["rad", 0.5, 10, [0.8793, 0.5737, 0.5803, 0.6191, 0.6360, 0.2061, 0.5134]],
  ["rad", 0.5, 40, [0.1739, 0.1357, 0.1410, 0.0993, 0.0820, 0.0290, 0.0022]],
  ["rad", 0.5, 80, [0.0631, 0.0583, 0.0595, 0.0298, 0.0350, 0.0131, 0.0000]],
  ["rad", 1, 10, [2.3952, 0.7403, 0.7441, 0.8154, 0.8659, 0.8243, 0.7408]],
  ["rad", 1, 20, [5.3532, 0.5586, 0.5668, 0.6136, 0.6155, 0.2661, 0.5217]],
  ["rad", 1, 40, [0.6956, 0.3541, 0.3634, 0.3389, 0.3107, 0.1159, 0.2286]],
  ["gau", 0.1, 10, [0.3886, 0.3867, 0.3872, 0.2469, 0.1095, 0.0080, 0.0233]],
  ["gau", 0.1, 20, [0.0553, 0.0406, 0.0421, 0.0381, 0.0093, 0.0027, 0.0040]],
  ["gau", 0.1, 40, [0.0069, 0.0068, 0.0069, 0.0073, 0.0031, 0.0011, 0.0014]],
  ["gau", 0.1, 80, [0.0025, 0.0025, 0.0025, 0.0028, 0.0013, 0.0005, 0.0006]],
  ["gau", 0.5, 10, [0.8653, 0.5647, 0.5706, 0.4632, 0.4234, 0.1988, 0.3664]],
  ["gau", 0.5, 20, [1.3827, 0.3158, 0.3247, 0.2111, 0.1655, 0.0667, 0.1326]],
  ["gau", 0.5, 40, [0.1719, 0.1365, 0.1419, 0.0867, 0.0662, 0.0287, 0.0481]],
  ["gau", 1, 10, [2.3548, 0.7263, 0.7292, 0.6983, 0.7059, 0.7950, 0.6389]],
  ["gau", 1, 40, [0.6877, 0.3575, 0.3664, 0.2473, 0.2151, 0.1146, 0.1976]],
  ["gau", 1, 80, [0.2544, 0.1943, 0.1989, 0.1174, 0.1110, 0.0541, 0.0932]],
];

/** One setting of that simulation, d = 16 and s = 4. */
export interface ReferenceRow {
  /** Law of the weights. */
  readonly prior: "rad" | "gau";
  /** Noise. */
  readonly sigma: number;
  /** Context length. */
  readonly n: number;
  /** Risk by method. */
  readonly risks: Readonly<Record<MethodName, number>>;
}

/** Its twenty settings. */
export const referenceRisks: readonly ReferenceRow[] = table.map(([prior, sigma, n, risks]) => ({
  prior,
  sigma,
  n,
  risks: Object.fromEntries(methods.map((method, i) => [method, risks[i]])) as ReferenceRow["risks"],
}));

/** One number of the risk table beside that simulation's. */
export interface ReferenceCell {
  /** Which estimator. */
  readonly method: MethodName;
  /** The table's risk. */
  readonly found: Estimated;
  /** The simulation's. */
  readonly reference: number;
  /** Their difference over the standard error of both, after what rounding may explain; its sign is that of found - reference. */
  readonly deviation: number;
}

/** The cells of one setting. */
export interface ComparedRow extends ReferenceRow {
  /** One a method, those that the table has. */
  readonly cells: readonly ReferenceCell[];
}

/** Every setting that both have. The simulation's standard error is the table's, scaled by the numbers of prompts. */
export function comparedWithReference(records: readonly RiskTableRecord[]): ComparedRow[] {
  return referenceRisks.flatMap((row) => {
    for (const { config, metrics } of records) {
      const at = config.rows.findIndex(({ d, s, prior, sigma, n }) =>
        d === 16 && s === 4 && prior === row.prior && sigma === row.sigma && n === row.n
      );
      if (at < 0) continue;
      const cells = methods.filter((method) => metrics.rows[at][method]).map((method): ReferenceCell => {
        const found = metrics.rows[at][method], difference = found.risk - row.risks[method];
        const error = found.se * Math.sqrt(1 + config.prompts / referencePrompts[method]);
        const left = Math.max(0, Math.abs(difference) - REFERENCE_ROUNDING);
        return {
          method,
          found,
          reference: row.risks[method],
          deviation: left === 0 ? 0 : Math.sign(difference) * left / error,
        };
      });
      return [{ ...row, cells }];
    }
    return [];
  });
}
