import { describe, expect, it } from "vitest";
import { constructedOutputs, predictedTable, retrieval } from "../../lib/lazy_to_rich/explore.ts";
import { attendBy } from "../../lib/lazy_to_rich/retrieval.ts";

describe("a typed similarity", () => {
  it("retrieves what is like the query, or opposite to it", () => {
    const nearest = (formula: string) =>
      attendBy(formula, 0.4).reduce((a, b) => b.weight > a.weight ? b : a).token;
    expect(Math.abs(nearest("-50 * (u - v)^2") - 0.4)).toBeLessThan(0.1); // sixty tokens in [-1, 1]
    expect(Math.abs(nearest("-50 * (u + v)^2") + 0.4)).toBeLessThan(0.1);
  });

  it("has attention that sums to one, and is the same every time", () => {
    const attended = attendBy("3 * cos(6 * (u - v))", -0.7);
    expect(Math.abs(attended.reduce((sum, { weight }) => sum + weight, 0) - 1)).toBeLessThan(1e-12);
    expect(attendBy("3 * cos(6 * (u - v))", -0.7)).toEqual(attended);
  });

  it("is shown with the most attended token first", () => {
    const weights = retrieval("u * v", 0.5, 4).split("\n").slice(4).map((row) => Number(row.split("|")[2]));
    expect(weights).toHaveLength(4);
    expect([...weights].sort((a, b) => b - a)).toEqual(weights);
  });

  it("with a mistake in it is refused by name", () => expect(() => retrieval("u * w", 0.5)).toThrow(/w/));
});

describe("tables", () => {
  it("the error of the constructed head falls with every head beyond n - 1", () => {
    const sequence = [0.5, -1, 0.25, 0.8, -0.3, 0.6, -0.7, 0.9];
    const rows = constructedOutputs(sequence, [[1.5, -0.5], [0.25, 1]], [3, 4, 5, 6]).split("\n").slice(4);
    const errors = rows.map((row) => Number(row.split("|")[3]));
    errors.slice(1).forEach((error, i) => expect(error).toBeLessThan(errors[i] / 10));
  });

  it("predicted times say where the jump is hidden, and refuse what is outside the theory", () => {
    expect(predictedTable({ alphaStar: 1, wStar: 0.4, L: 100 }, 0.1)).toContain("hidden in the total loss");
    expect(predictedTable({ alphaStar: 1, wStar: 0.6, L: 100 }, 0.01)).toContain("visible in the total loss");
    expect(() => predictedTable({ alphaStar: 1, wStar: 0.9, L: 100 }, 0.01)).toThrow(
      "w* must be >= 0 and < 0.84",
    );
  });
});
