import { parseHTML } from "linkedom";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { claimsHtml, claimsTable, evaluateClaims } from "../../lib/claims/mod.ts";
import { claim } from "./support/claim.ts";

const long = "The copy time grows like the inverse of the first layer's step, ".repeat(4).trim();
const results = evaluateClaims([
  claim({}),
  claim({ id: "many", statement: long, relation: "at most", measure: () => ({ value: 1e-7 }) }),
  claim({ id: "broken", relation: "at least", tolerance: 0, measure: () => ({ value: NaN }) }),
  claim({ id: "twice", control: true, statement: "The slope is 4.", expected: 4 }),
  claim({
    id: "α",
    paper: "other",
    source: "abstract",
    statement: "学習率 α* → 0 ✓",
    measure: () => undefined,
  }),
]);

test("the text table is this, to the character", () => {
  expect(claimsTable(evaluateClaims([claim({}), claim({ id: "twice", control: true, expected: 4 })]), 101))
    .toBe(
      `toy
verdict  measured          expected          source   claim
-----------------------------------------------------------------------------------------------------
holds    2.0432 +/- 0.012  equals 2 +/- 0.1  derived  slope: The time to the jump grows like 1/alpha.
holds    2.0432 +/- 0.012  equals 4 +/- 0.1  derived  (control) twice: The time to the jump grows
                                                      like 1/alpha.

2 hold, 0 fail, 0 not run.
A control is a statement that must be refuted: it holds when the comparison fails.
`,
    );
});

test("every line fits the width and columns line up by what a terminal shows, not by code units", () => {
  for (const width of [90, 120, 200]) {
    const lines = claimsTable(results, width).split("\n");
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    const column = lines.find((line) => line.startsWith("verdict"))!.indexOf("source");
    for (const line of lines.filter((line) => /^(holds|fails|not run) /.test(line))) {
      expect(line.slice(column)).toMatch(/^(derived|abstract) /);
    }
  }
});

test("all of a long statement is there, in order, however narrow the table", () => {
  for (const width of [20, 80, 150]) {
    const text = claimsTable(results, width).replace(/\s+/g, " ");
    const words = long.split(" ");
    let at = 0;
    for (const word of words) {
      at = text.indexOf(word, at);
      expect(at).toBeGreaterThan(0);
    }
  }
});

test("the frame around the statements is ASCII", () => {
  const ascii = claimsTable(results.filter(({ paper }) => paper === "toy"));
  // deno-lint-ignore no-control-regex
  expect(ascii).toMatch(/^[\x00-\x7f]*$/);
});

test("numbers that do not exist say why, and a missing tolerance is not shown as zero", () => {
  const text = claimsTable(results);
  expect(text).toMatch(/^fails +not finite +at least 2 +derived +broken/m);
  expect(text).toMatch(/^not run +- +equals 2 \+\/- 0.1 +abstract +α: 学習率/m);
  expect(text).toMatch(/^holds +1e-7 +at most 2 \+ 0.1/m);
});

test("nothing to show is said, not thrown", () => {
  expect(claimsTable([])).toBe("There are no claims.\n");
  expect(claimsHtml([])).toContain("0 hold, 0 fail, 0 not run.");
});

test("the HTML has a row a claim with the same words, and the same bytes each time", () => {
  const html = claimsHtml(results);
  expect(claimsHtml(results)).toBe(html);
  const { document } = parseHTML(html);
  const rows = [...document.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => cell.textContent)
  );
  expect(rows).toHaveLength(results.length);
  expect(rows[0]).toEqual([
    "The time to the jump grows like 1/alpha. toy/slope",
    "derived",
    "2.0432 ± 0.012",
    "equals 2 ± 0.1",
    "holds",
  ]);
  expect(rows.map((row) => row[4])).toEqual(results.map(({ verdict }) => verdict));
  expect(document.querySelector("caption")!.textContent).toContain("3 hold, 1 fails, 1 not run.");
});

test("the HTML needs nothing from outside and takes statements as text", () => {
  const statement = `<script>alert("x")</script> a < b & c's`;
  const html = claimsHtml(evaluateClaims([claim({ statement, id: "<b>" })]));
  expect(html).not.toMatch(/<(script|link|style|img|b)\b|url\(|https?:|class=/);
  const { document } = parseHTML(html);
  expect(document.querySelector("tbody td")!.textContent).toBe(`${statement} <b>`);
});
