/** @module What a benchmark file exports and what it reports. */

/** What `main.ts` hands to a benchmark. */
export interface BenchOptions {
  /** Folder of the peers' scripts. */
  readonly peers: string;
  /** Says what is going on, one line at a time. */
  readonly log: (line: string) => void;
}

/** One comparison. */
export interface BenchRow {
  /** Name of the benchmark file. */
  readonly bench: string;
  /** What was computed. */
  readonly case: string;
  /** Our cost, in `unit`. */
  readonly ours: number;
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
