/** @module What the trainings of an ordinary transformer leave behind: shapes and checks, free of everything that trains. */
import { z } from "zod";
import type { RunRecord } from "../runs/types.ts";
import type { Ignorance } from "./uniform_head.ts";

/** Runs of one transformer with one start, differing in their seeds. */
export type TransformerConfig = {
  /** Sequence length. */
  readonly L: number;
  /** Token width d. */
  readonly d: number;
  /** b*: the score of the target is b* x_L . x_{s-1}. */
  readonly bStar: number;
  /** Mixing weight alpha*. */
  readonly alphaStar: number;
  /** Width D of the residual stream. */
  readonly width: number;
  /** Width of queries, keys and values of a head. */
  readonly headWidth: number;
  /** Initial Alibi slope of each head, in both layers; as many as there are heads. All are trained. */
  readonly slopes: readonly number[];
  /** Initial values, outputs and readout have standard deviation gain / sqrt(inputs). */
  readonly gain: number;
  /** The same for queries and keys. */
  readonly matchGain: number;
  /** Sequences per run and step. */
  readonly batch: number;
  /** Adam's learning rate. */
  readonly rate: number;
  /** Updates. */
  readonly steps: number;
  /** Updates between samples. */
  readonly every: number;
  /** Sequences per run on which losses and scores are evaluated. */
  readonly evaluation: number;
  /** One run each. */
  readonly seeds: readonly number[];
};

/** What the trainings leave behind. */
export type TransformerMetrics = {
  /** Updates made at each sample. */
  readonly steps: readonly number[];
  /** Both losses and both scores, `[run][sample]`, six significant digits. */
  readonly series: {
    readonly fourGram: readonly (readonly number[])[];
    readonly induction: readonly (readonly number[])[];
    readonly previousToken: readonly (readonly number[])[];
    readonly inductionScore: readonly (readonly number[])[];
  };
  /** What knowing nothing gets. */
  readonly ignorance: Ignorance;
  /** Per run: updates until each loss is first at 10 % of that of the output 0; null when not reached. */
  readonly learned: readonly { readonly fourGram: number | null; readonly induction: number | null }[];
};

const rows = z.array(z.array(z.number()).min(2)).min(1), moment = z.number().nonnegative().nullable();
const positive = z.number().positive();

/** Check of `TransformerMetrics`. */
export const transformerMetrics: z.ZodType<TransformerMetrics> = z.strictObject({
  steps: z.array(z.number().int().nonnegative()).min(2),
  series: z.strictObject({ fourGram: rows, induction: rows, previousToken: rows, inductionScore: rows }),
  ignorance: z.strictObject({
    previousToken: positive,
    inductionScore: positive,
    fourGram: positive,
    induction: positive,
  }),
  learned: z.array(z.strictObject({ fourGram: moment, induction: moment })).min(1),
}).refine(
  ({ steps, series, learned }) =>
    Object.values(series).every((runs) =>
      runs.length === learned.length && runs.every((run) => run.length === steps.length)
    ),
  "every series needs one row per run and one number per sample",
);

/** A record of such trainings. */
export type TransformerRecord = RunRecord<TransformerConfig, TransformerMetrics>;
