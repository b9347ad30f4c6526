/** @module The rows of all benchmarks as one table of text. */
import type { BenchRow } from "./types.ts";

/** Four significant digits, without exponents for times between a nanosecond and hours in the units used. */
const figure = (x: number) => Number(x.toPrecision(4)).toString();

/** One line a row under a line of titles; what is missing is a dash. */
export function table(rows: readonly BenchRow[]): string {
  const head = ["bench", "case", "device", "ours", "peer", "unit", "ratio", "note"];
  const cells = rows.map((row) => [
    row.bench,
    row.case,
    row.device?.split(":")[0] ?? "processor",
    row.ours === null ? "-" : figure(row.ours),
    row.peer === null ? "-" : figure(row.peer),
    row.unit,
    row.ratio === null ? "-" : `${row.ratio.toFixed(row.ratio < 1 ? 2 : 1)}x`,
    row.note,
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  return [head, ...cells].map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd())
    .join("\n");
}
