import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Claim, evaluateClaims, failures, type Relation, tally } from "../../lib/claims/mod.ts";
import { claim } from "./support/claim.ts";

const verdict = (part: Partial<Claim>, value: number) =>
  evaluateClaims([claim({ ...part, measure: () => ({ value }) })])[0].verdict;

const relations: Relation[] = ["equals", "at most", "at least"];
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 });

describe("a relation holds up to its tolerance, bounds included", () => {
  // 2, 0.5 and their sums are exact in float64, so a bound is hit exactly.
  test.each<[Relation, number, string]>([
    ["equals", 1.5, "holds"],
    ["equals", 2.5, "holds"],
    ["equals", 1.499, "fails"],
    ["equals", 2.501, "fails"],
    ["at most", 2.5, "holds"],
    ["at most", -100, "holds"],
    ["at most", 2.501, "fails"],
    ["at least", 1.5, "holds"],
    ["at least", 100, "holds"],
    ["at least", 1.499, "fails"],
  ])("%s 2 with tolerance 0.5: %d %s", (relation, value, expected) => {
    expect(verdict({ relation, expected: 2, tolerance: 0.5 }, value)).toBe(expected);
  });
});

test("equals means at most and at least at once", () => {
  fc.assert(fc.property(finite, finite, finite.map(Math.abs), (value, expected, tolerance) => {
    const [equals, most, least] = relations.map((relation) =>
      verdict({ relation, expected, tolerance }, value)
    );
    // Next to a bound the difference and the sum may round differently; there is no such bound for a whole ulp's width.
    fc.pre(Math.abs(Math.abs(value - expected) - tolerance) > 1e-12 * (Math.abs(expected) + tolerance));
    expect(equals === "holds").toBe(most === "holds" && least === "holds");
  }));
});

test("a control holds exactly when the claim it negates fails", () => {
  fc.assert(fc.property(fc.constantFrom(...relations), finite, finite, (relation, value, expected) => {
    const part = { relation, expected, tolerance: 1 };
    expect(verdict({ ...part, control: true }, value)).not.toBe(verdict(part, value));
  }));
});

test("a measurement that is not finite never holds, not even for a control, and is null in the result", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    for (const relation of relations) {
      for (const control of [false, true]) {
        const [result] = evaluateClaims([
          claim({ relation, control, measure: () => ({ value, standardError: NaN }) }),
        ]);
        expect(result).toMatchObject({ verdict: "fails", measured: null, standardError: null });
      }
    }
  }
});

test("the standard error is shown and does not widen the tolerance", () => {
  const [result] = evaluateClaims([
    claim({ expected: 2, tolerance: 0.5, measure: () => ({ value: 2.6, standardError: 10 }) }),
  ]);
  expect(result).toMatchObject({ verdict: "fails", standardError: 10 });
});

test("a claim whose records are missing was not run, a control too", () => {
  for (const control of [false, true]) {
    const results = evaluateClaims([claim({ control, measure: () => undefined })]);
    expect(results[0]).toMatchObject({ verdict: "not run", measured: null, standardError: null });
    expect(failures(results)).toEqual([]);
    expect(tally(results)).toEqual({ holds: 0, fails: 0, notRun: 1 });
  }
});

test("a result has exactly the agreed keys and survives JSON", () => {
  const results = evaluateClaims([claim({}), claim({ id: "b", measure: () => undefined })]);
  for (const result of results) {
    expect(Object.keys(result)).toEqual([
      "id",
      "paper",
      "statement",
      "source",
      "relation",
      "measured",
      "standardError",
      "expected",
      "tolerance",
      "control",
      "verdict",
    ]);
  }
  expect(JSON.parse(JSON.stringify(results))).toEqual(results);
});

test("failures are the claims that do not hold and the controls that were not refuted", () => {
  const results = evaluateClaims([
    claim({ id: "good" }),
    claim({ id: "bad", measure: () => ({ value: 9 }) }),
    claim({ id: "refuted control", control: true, measure: () => ({ value: 9 }) }),
    claim({ id: "unrefuted control", control: true }),
    claim({ id: "absent", measure: () => undefined }),
  ]);
  expect(failures(results).map(({ id }) => id)).toEqual(["bad", "unrefuted control"]);
  expect(tally(results)).toEqual({ holds: 2, fails: 2, notRun: 1 });
});

test("what cannot be evaluated is an error that names the claim", () => {
  const cases: [Partial<Claim>, string][] = [
    [{
      measure: () => {
        throw new Error("no slope");
      },
    }, "Claim toy/slope could not be measured: no slope"],
    [{ tolerance: -1 }, "Claim toy/slope has tolerance -1; it must be finite and at least 0."],
    [{ tolerance: NaN }, "Claim toy/slope has tolerance NaN"],
    [{ tolerance: Infinity }, "Claim toy/slope has tolerance Infinity"],
    [{ expected: NaN }, "Claim toy/slope expects NaN"],
    [{ measure: () => ({ value: 1, standardError: -1 }) }, "Claim toy/slope has standard error -1"],
  ];
  for (const [part, message] of cases) expect(() => evaluateClaims([claim(part)])).toThrow(message);
});

test("two claims of a paper may not share an id, claims of two papers may", () => {
  expect(() => evaluateClaims([claim({}), claim({})])).toThrow(
    "There are two claims toy/slope; give each its own id.",
  );
  expect(evaluateClaims([claim({}), claim({ paper: "other" })])).toHaveLength(2);
});
