/** @module Configs and metrics of explicit weights measured against their targets. */
import { z } from "zod";
import type { RunRecord } from "../../runs/types.ts";
import { error, finite } from "./numbers.ts";

/** Which constructed induction heads are measured, and on how many sequences. */
export type HeadsConfig = {
  /** Seed of score matrices and sequences. */
  readonly seed: number;
  /** Token width. */
  readonly d: number;
  /** Entrywise norm of the score matrix. */
  readonly norm: number;
  /** Slope unit of the shared heads. */
  readonly a: number;
  /** Sequences per length. */
  readonly sequences: number;
  /** Values of n, rows of the grid. */
  readonly n: readonly number[];
  /** Values of H, columns of the grid. */
  readonly H: readonly number[];
  /** Slopes of the single head of IH_2. */
  readonly slopes: readonly number[];
  /** Sequence lengths of the sweeps over L. */
  readonly lengths: readonly number[];
  /** n, slope unit and head counts (multiples of n - 1) of the comparison with grouped heads. */
  readonly groups: { readonly n: number; readonly a: number; readonly H: readonly number[] };
};

/** Largest errors found, and their proved bounds. */
export type HeadsMetrics = {
  /** H shared heads for IH_n; `distance` is the best l2 copy error found over random slopes. */
  readonly grid: readonly {
    readonly n: number;
    readonly H: number;
    readonly error: number;
    readonly bound: number;
    readonly distance: number;
  }[];
  /** One head of slope p for IH_2. */
  readonly single: readonly {
    readonly p: number;
    readonly L: number;
    readonly error: number;
    readonly bound: number;
  }[];
  /** One head of slope 20 with the guard on and off. */
  readonly guard: readonly { readonly L: number; readonly on: number; readonly off: number }[];
  /** H shared heads (at most 12) against n - 1 groups of H/(n-1). */
  readonly groups: readonly {
    readonly H: number;
    readonly shared: number | null;
    readonly grouped: number;
  }[];
};

/** Check of `HeadsMetrics`. */
export const headsMetrics: z.ZodType<HeadsMetrics> = z.strictObject({
  grid: z.array(z.strictObject({ n: finite, H: finite, error, bound: error, distance: error })).min(1),
  single: z.array(z.strictObject({ p: finite, L: finite, error, bound: error })).min(1),
  guard: z.array(z.strictObject({ L: finite, on: error, off: error })).min(1),
  groups: z.array(z.strictObject({ H: finite, shared: error.nullable(), grouped: error })).min(1),
});

/** A record of constructed induction heads. */
export type HeadsRecord = RunRecord<HeadsConfig, HeadsMetrics>;

/** Which generalised heads are measured. */
export type GeneralConfig = {
  /** Seed of the sequences. */
  readonly seed: number;
  /** Sequences per length. */
  readonly sequences: number;
  /** Similarities g(u, v) of single tokens, by name. */
  readonly similarities: { readonly [name: string]: string };
  /** The one that is swept. */
  readonly swept: string;
  /** Modes K. */
  readonly modes: readonly number[];
  /** Hidden widths M. */
  readonly hidden: readonly number[];
  /** Slopes p of the copying head. */
  readonly slopes: readonly number[];
};

/** Spectra and errors. */
export type GeneralMetrics = {
  /** Singular values by name of the similarity, down to 1e-13 of the first. */
  readonly spectra: { readonly [name: string]: readonly number[] };
  /** Error over K, at M = 400, p = 16. */
  readonly modes: readonly { readonly K: number; readonly error: number; readonly bound: number }[];
  /** Error over M, at K = 14, p = 20. */
  readonly hidden: readonly { readonly M: number; readonly error: number; readonly bound: number }[];
  /** Error over p, at K = 14, M = 400. */
  readonly slopes: readonly { readonly p: number; readonly error: number; readonly bound: number }[];
};

/** Check of `GeneralMetrics`. */
export const generalMetrics: z.ZodType<GeneralMetrics> = z.strictObject({
  spectra: z.record(z.string(), z.array(finite.positive()).min(1)),
  modes: z.array(z.strictObject({ K: finite, error, bound: error })).min(1),
  hidden: z.array(z.strictObject({ M: finite, error, bound: error })).min(1),
  slopes: z.array(z.strictObject({ p: finite, error, bound: error })).min(1),
});

/** A record of generalised heads. */
export type GeneralRecord = RunRecord<GeneralConfig, GeneralMetrics>;
