/** @module What the claims of this paper share: one claim in a line, records by label, numbers of tables. */
import type { Claim, Measured } from "../../claims/types.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import type { RunRecord } from "../../runs/types.ts";
import type { TableRecord, TrainingMetrics, TrainingRecord } from "../records.ts";

/** Records by experiment, as the tasks and the notebook hand them over. */
export interface Records {
  readonly [experiment: string]: readonly RunRecord[] | undefined;
}

/** A claim of this paper: everything but its folder. */
export type Draft = Omit<Claim, "paper">;

/** Completes drafts. */
export function complete(drafts: readonly Draft[]): Claim[] {
  return drafts.map((draft) => ({ ...draft, paper: "markov_induction" }));
}

/** The trainings of an experiment with a label, or nothing. */
export function trainingOf(records: Records, experiment: string, label: string): TrainingRecord | undefined {
  return (records[experiment] as unknown as TrainingRecord[] | undefined)?.find(({ config }) =>
    config.label === label
  );
}

/** One run of a training. */
export type Run = TrainingMetrics["runs"][number];

/** Mean and standard error over the runs of a training of some number. */
export function overRuns(record: TrainingRecord | undefined, of: (run: Run) => number): Measured | undefined {
  return record && summary(record.metrics.runs.map(of));
}

/** Mean and standard error. */
export function summary(values: readonly number[]): Measured | undefined {
  if (values.length === 0) return undefined;
  return values.length === 1
    ? { value: values[0] }
    : { value: mean(values), standardError: standardError(values) };
}

/** Rows of a table experiment. */
export function rowsOf(
  records: Records,
  experiment: string,
): readonly Readonly<Record<string, number | string>>[] {
  return ((records[experiment] ?? []) as unknown as TableRecord[]).flatMap(({ metrics }) => metrics.rows);
}

/** One number of the row of a table that has these entries, or nothing. */
export function cell(
  records: Records,
  experiment: string,
  where: Readonly<Record<string, number | string>>,
  column: string,
): number | undefined {
  const row = rowsOf(records, experiment).find((row) =>
    Object.entries(where).every(([key, value]) => row[key] === value)
  );
  return row === undefined ? undefined : Number(row[column]);
}

/** The sample of a stage after so many steps. @throws {RangeError} when it was not sampled there */
export function sampleAt(run: Run, stage: number, step: number): number {
  const i = run.stages[stage].steps.indexOf(step);
  if (i < 0) throw new RangeError(`stage ${stage + 1} was not sampled after ${step} steps`);
  return i;
}
