/** @module Benchmarks one after another; one that fails is named, and the others are measured all the same. */
import type { BenchRow } from "./types.ts";

/** What was measured, and a line for each benchmark that could not be. */
export interface Measured {
  readonly rows: readonly BenchRow[];
  readonly failed: readonly string[];
}

/** A benchmark that needs nothing more to be run. */
export interface Runnable {
  readonly name: string;
  run(): Promise<readonly BenchRow[]>;
}

/** Runs the benchmarks; `done` is told all there is after each. */
export async function runAll(
  benches: readonly Runnable[],
  done: (measured: Measured) => Promise<void> | void = () => {},
): Promise<Measured> {
  const rows: BenchRow[] = [], failed: string[] = [];
  for (const bench of benches) {
    try {
      rows.push(...await bench.run());
    } catch (error) {
      failed.push(`${bench.name}: ${error instanceof Error ? error.message : error}`);
    }
    await done({ rows, failed });
  }
  return { rows, failed };
}
