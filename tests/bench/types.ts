/** @module What a benchmark file exports and what it reports. */

/** What `main.ts` hands to a benchmark. */
export interface BenchOptions {
  /** Folder of the peers' scripts. */
  readonly peers: string;
  /** Measure WebGPU also where only a software adapter answers; its rows say so. */
  readonly software?: boolean;
  /** Whether a case was asked for: the dear ones look before they measure. */
  wanted(label: string): boolean;
  /** Says what is going on, one line at a time. */
  readonly log: (line: string) => void;
}

/** One comparison. */
export interface BenchRow {
  /** Name of the benchmark file. */
  readonly bench: string;
  /** What was computed. */
  readonly case: string;
  /** Where ours was computed; default: the machine's processor, in TypeScript. */
  readonly device?: string;
  /** How several timings became one; default: "median". */
  readonly statistic?: string;
  /** Our cost, in `unit`; null when it could not be measured here. */
  readonly ours: number | null;
  /** The peer's cost, or null when the peer could not be run here. */
  readonly peer: number | null;
  readonly unit: string;
  /** peer / ours: how many times faster we are; null without a peer. */
  readonly ratio: number | null;
  /** Who the peer is, or why it is missing and how to install it. */
  readonly note: string;
}

/** A `*.bench.ts` file. */
export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<BenchRow[]>;
}

/** A row of medians of times: the ratio follows. */
export function timed(
  row: Omit<BenchRow, "ours" | "peer" | "ratio" | "unit"> & { unit?: string },
  ours: number,
  peer: number | null,
): BenchRow {
  return { unit: "ms", ...row, ours, peer, ratio: peer === null ? null : peer / ours };
}
