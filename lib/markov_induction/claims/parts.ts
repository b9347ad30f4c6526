/** @module Claims about what each part of the network is worth. */
import { type Draft, type Records, rowsOf, summary } from "./helpers.ts";

/** The drafts. */
export function partClaims(records: Records): Draft[] {
  const lossOf = (name: string) =>
    rowsOf(records, "ablations").filter((row) => row.name === name).map((row) => Number(row.loss));
  /** Difference of two ablations, paired by data set. */
  const excess = (name: string) => {
    const [own, best] = [lossOf(name), lossOf("{1,2}: the induction head")];
    return summary(own.map((loss, i) => loss - best[i]));
  };
  return [
    {
      id: "linear-features",
      statement:
        "Linear features {1} + {2} cost next to nothing beside the product {1,2}: excess loss −log(y + 0.1), one-hot attention, best a",
      source: "derived",
      relation: "at most",
      expected: 0,
      tolerance: 0.003, // paired; e^(a Σ match) is a product, and at a = 14 one match in two weighs e^-7
      measure: () => excess("singles {1} + {2}"),
    },
    {
      id: "untrained-features",
      statement: "Features that were never trained (all |S| ≤ 2 alike) cost little: excess loss",
      source: "derived",
      relation: "equals",
      expected: 0.008,
      tolerance: 0.004, // data sets differ by 0.001; the rest is rounding of the expectation
      measure: () => excess("all |S| ≤ 2, equal"),
    },
    {
      id: "wrong-set",
      statement: "The wrong pair {2,3} costs a lot: excess loss",
      source: "derived",
      relation: "at least",
      expected: 0.06,
      tolerance: 0,
      measure: () => excess("{2,3}"),
    },
    {
      id: "no-copier",
      statement: "Without positional attention (gap 0) there is no induction head: excess loss",
      source: "derived",
      relation: "at least",
      expected: 0.2,
      tolerance: 0,
      measure: () => excess("{1,2}, gap 0"),
    },
  ];
}
