/** @module Benchmarks one after another; one that fails is named, and the others are measured all the same. */
import type { Bench, BenchOptions, BenchRow } from "./types.ts";

/** What was measured, and a line for each benchmark that could not be. */
export interface Measured {
  readonly rows: readonly BenchRow[];
  readonly failed: readonly string[];
}

/** Loads and runs the benchmarks; `done` is told all there is after each. */
export async function runAll(
  benches: ReadonlyMap<string, () => Promise<Bench>>,
  options: BenchOptions,
  done: (measured: Measured) => Promise<void> | void = () => {},
): Promise<Measured> {
  const rows: BenchRow[] = [], failed: string[] = [];
  for (const [name, load] of benches) {
    try {
      const { run } = await load();
      rows.push(...await run({ ...options, log: (line) => options.log(`${name}: ${line}`) }));
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
    await done({ rows, failed });
  }
  return { rows, failed };
}
