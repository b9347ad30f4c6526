/**
 * @module The claims table for a terminal. Its own characters are ASCII; statements keep their Unicode and are set by
 * the width a terminal gives them. Statements wrap in the last column, so that every row fits the width.
 */
import stringWidth from "string-width";
import type { ClaimResult } from "./types.ts";
import { CONTROL_NOTE, expectedWords, measuredWords, tallyWords } from "./words.ts";

const HEADER = ["verdict", "measured", "expected", "source", "claim"] as const;
const GAP = "  ";
/** Narrower than this a statement is unreadable, and the row may be longer than asked for. */
const NARROWEST = 24;

/**
 * The results as aligned text, one block a paper, and the tally.
 *
 * @param width Columns of the terminal.
 */
export function claimsTable(results: readonly ClaimResult[], width = 120): string {
  if (results.length === 0) return "There are no claims.\n";
  const rows = results.map(cells);
  // All blocks share their columns, so that the eye can run down the verdicts.
  const widths = [0, 1, 2, 3].map((i) => Math.max(...[HEADER, ...rows].map((row) => stringWidth(row[i]))));
  const indent = widths.reduce((sum, w) => sum + w + GAP.length, 0);
  const statementWidth = Math.max(NARROWEST, width - indent);
  const line = (row: readonly string[]) => {
    const head = row.slice(0, 4).map((cell, i) => pad(cell, widths[i])).join(GAP) + GAP;
    return wrap(row[4], statementWidth).map((part, i) => (i === 0 ? head : " ".repeat(indent)) + part);
  };
  const blocks = [...new Set(results.map(({ paper }) => paper))].map((paper) => [
    paper,
    ...line(HEADER),
    "-".repeat(Math.max(indent + 5, Math.min(width, indent + statementWidth))),
    ...rows.filter((_, i) => results[i].paper === paper).flatMap(line),
    "",
  ]);
  const notes = results.some(({ control }) => control) ? wrap(CONTROL_NOTE, width) : [];
  return [...blocks.flat(), `${tallyWords(results)}.`, ...notes, ""].join("\n");
}

function cells(result: ClaimResult): string[] {
  return [
    result.verdict,
    measuredWords(result, "+/-"),
    expectedWords(result, "+/-"),
    result.source,
    `${result.control ? "(control) " : ""}${result.id}: ${result.statement}`,
  ];
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** Breaks at spaces; a single word longer than the line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
