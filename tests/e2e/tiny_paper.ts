/** @module The smallest paper: one experiment that is pure arithmetic, one figure, one claim and its control. */
import * as Plot from "@observablehq/plot";
import { sourceOf } from "../../lib/figure/mod.ts";
import type { Figure } from "../../lib/figure/types.ts";
import type { Claim } from "../../lib/claims/types.ts";
import type { Experiment, RunRecord } from "../../lib/runs/types.ts";

type Config = { readonly ratio: number; readonly terms: number };
type Metrics = { readonly sums: readonly number[] };

/** Partial sums of the geometric series. */
export const series: Experiment<Config, Metrics> = {
  paper: "tiny",
  name: "series",
  title: "Partial sums of the geometric series",
  version: 1,
  configs: (profile) => [{ ratio: 0.5, terms: profile === "quick" ? 10 : 20 }],
  checkMetrics: (metrics) => metrics as Metrics,
  run: ({ ratio, terms }, { progress }) => {
    const sums: number[] = [];
    for (let i = 0; i < terms; i++) {
      sums.push((sums.at(-1) ?? 0) + ratio ** i);
      progress(i + 1, terms, `sum ${sums[i]}`);
    }
    return Promise.resolve({ sums });
  },
};

/** The sums against the number of terms; `label` is left out to make a faulty figure. */
export function sumsFigure(
  records: RunRecord<Config, Metrics>[],
  label: string | null = "terms (count)",
): Figure {
  const points = records[0].metrics.sums.map((sum, i) => ({ terms: i + 1, sum }));
  return {
    name: "sums",
    title: "Partial sums approach two",
    caption: "Dots: partial sums of the geometric series with ratio one half.",
    panels: [{
      plot: {
        x: { label },
        y: { label: "sum (no unit)" },
        marks: [Plot.dot(points, { x: "terms", y: "sum" })],
      },
    }],
    sources: records.map(sourceOf),
  };
}

/** The limit is two; the control says three. With `broken`, the claim itself is wrong. */
export function claims(records: RunRecord<Config, Metrics>[], broken = false): Claim[] {
  const claim = (id: string, expected: number, control: boolean): Claim => ({
    id,
    control,
    expected,
    paper: "tiny",
    statement: `the series tends to ${expected}`,
    source: "derived",
    relation: "equals",
    tolerance: 0.01,
    measure: () => ({ value: records[0].metrics.sums.at(-1)! }),
  });
  return [claim("limit", broken ? 5 : 2, false), claim("wrong limit", 3, true)];
}
