import { describe, expect, it } from "vitest";
import { claimsOf, evaluateClaims, onRecords, onTheory } from "../../lib/claims/mod.ts";

const draft = { id: "a", statement: "A is one.", relation: "equals", expected: 1, tolerance: 0.1 } as const;

describe("claims of a paper", () => {
  it("are derived and no control unless they say otherwise", () => {
    const claim = claimsOf("tiny");
    const [plain, special] = [
      claim({ ...draft, measure: () => undefined }),
      claim({ ...draft, id: "b", source: "reported", control: true, measure: () => undefined }),
    ];
    expect([plain.paper, plain.source, plain.control]).toEqual(["tiny", "derived", undefined]);
    expect([special.source, special.control]).toEqual(["reported", true]);
  });

  it("on absent or empty records are not run, and their measure is not called", () => {
    const fail = () => {
      throw new Error("called");
    };
    for (const records of [undefined, []]) expect(onRecords(records, fail)()).toBeUndefined();
  });

  it("take a bare number as a value, and keep a standard error", () => {
    expect(onRecords([2, 4], (xs) => xs[0] + xs[1])()).toEqual({ value: 6 });
    expect(onTheory(() => 1)()).toEqual({ value: 1 });
    const withError = { value: 1, standardError: 0.5 };
    expect(onRecords([0], () => withError)()).toBe(withError);
    expect(onTheory(() => withError)()).toBe(withError);
  });

  it("are judged as they are written", () => {
    const claim = claimsOf("tiny");
    const verdicts = evaluateClaims([
      claim({ ...draft, measure: onTheory(() => 1.05) }),
      claim({ ...draft, id: "b", measure: onTheory(() => 2) }),
      claim({ ...draft, id: "c", measure: onRecords<number>(undefined, () => 1) }),
    ]).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(["holds", "fails", "not run"]);
  });
});
