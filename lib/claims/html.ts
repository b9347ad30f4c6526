/** @module The claims table for a notebook: one self-contained element, light in every theme, the same bytes each time. */
import type { ClaimResult } from "./types.ts";
import { CONTROL_NOTE, expectedWords, measuredWords, tallyWords } from "./words.ts";

// Inline styles: notebook front ends strip or scope style elements differently.
const TABLE =
  "border-collapse:collapse;background:#fff;color:#222;font:13px/1.4 system-ui,sans-serif;text-align:left";
const CELL = "padding:4px 10px;border-bottom:1px solid #ddd;text-align:left;vertical-align:top";
const COLOURS = { "holds": "#1a7f37", "fails": "#b42318", "not run": "#666" } as const;

/** The results as an HTML table with the tally as its caption. Statements are text, not markup. */
export function claimsHtml(results: readonly ClaimResult[]): string {
  const severalPapers = new Set(results.map(({ paper }) => paper)).size > 1;
  const head = ["claim", "source", "measured", "expected", "verdict"].map((name) =>
    `<th style="${CELL};border-bottom:2px solid #999">${name}</th>`
  );
  const rows = results.map((result) => {
    const name = severalPapers ? `${result.paper}/${result.id}` : result.id;
    const control = result.control ? "<em>control</em> " : "";
    const cells = [
      `${control}${escape(result.statement)} <span style="color:#666">${escape(name)}</span>`,
      escape(result.source),
      escape(measuredWords(result, "±")),
      escape(expectedWords(result, "±")),
      `<strong style="color:${COLOURS[result.verdict]}">${result.verdict}</strong>`,
    ];
    return `<tr>${cells.map((cell) => `<td style="${CELL}">${cell}</td>`).join("")}</tr>`;
  });
  const note = results.some(({ control }) => control) ? ` ${CONTROL_NOTE}` : "";
  return [
    `<table style="${TABLE}">`,
    `<caption style="caption-side:bottom;text-align:left;padding:6px 10px;color:#444;background:#fff">` +
    `${tallyWords(results)}.${note}</caption>`,
    `<thead><tr>${head.join("")}</tr></thead>`,
    "<tbody>",
    ...rows,
    "</tbody>",
    "</table>",
  ].join("\n");
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
