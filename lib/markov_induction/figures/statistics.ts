/** @module What the figures of this paper share: means over seeds, stages by label, colours of sets, numbers in captions. */
import { type Estimate, runColor, theme } from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import type { StageSamples, TableRecord, TrainingRecord } from "../records.ts";
import { labelOf, type Mask } from "../subsets.ts";

/** The record with this label. @throws {RangeError} naming those there are */
export function labelled(records: readonly TrainingRecord[], label: string): TrainingRecord {
  const found = records.find(({ config }) => config.label === label);
  if (found) return found;
  throw new RangeError(
    `there is no record "${label}": there are ${
      records.map(({ config }) => config.label).join(", ") || "none"
    }`,
  );
}

/** Rows of a table, of all its records. */
export function rowsOf(
  records: readonly TableRecord[],
): readonly Readonly<Record<string, number | string>>[] {
  return records.flatMap(({ metrics }) => metrics.rows);
}

/** Mean ± standard error over the runs of a stage of some quantity, at every sample. */
export function overSeeds(
  record: TrainingRecord,
  stage: number,
  of: (samples: StageSamples, i: number) => number,
  x: "steps" | "times" = "times",
): Estimate[] {
  const runs = record.metrics.runs.map(({ stages }) => stages[stage]);
  return runs[0].steps.map((_, i) => {
    const values = runs.map((samples) => of(samples, i));
    return {
      x: runs[0][x][i],
      y: mean(values),
      ...values.length > 1 ? { se: standardError(values) } : {},
    };
  });
}

/** Points that are far enough apart along x (equal steps of log x when `log`), the first and last among them. */
export function spread<P extends { readonly x: number }>(
  points: readonly P[],
  count: number,
  log = true,
): P[] {
  const at = (x: number) => log ? Math.log(Math.max(x, 1e-12)) : x;
  const gap = (at(points[points.length - 1].x) - at(points[0].x)) / count;
  let last = -Infinity;
  return points.filter(({ x }) => {
    if (at(x) - last < gap) return false;
    last = at(x);
    return true;
  });
}

/** `count` numbers equally spaced in the logarithm. */
export function logarithmic(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

const colors: Record<string, string> = {
  "∅": theme.colors.reference,
  "{1}": "#56b4e9",
  "{2}": "#cc79a7",
  "{3}": "#e69f00",
  "{1,2}": runColor(0),
  "{1,3}": runColor(2),
  "{2,3}": runColor(1),
  "{1,2,3}": "#7a5ea8",
};

/** The colour of a set of offsets or heads: the same in every figure. */
export function setColor(set: Mask | string): string {
  return colors[typeof set === "string" ? set : labelOf(set)] ?? theme.colors.faint;
}
