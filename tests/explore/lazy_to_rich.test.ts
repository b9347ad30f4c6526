/** @module The views of "How Transformers Get Rich": they say what the theory says, and refuse what it refuses. */
import { expect, test } from "vitest";
import { startOf } from "../../lib/explore/address.ts";
import { viewFigure } from "../../lib/explore/mod.ts";
import type { State } from "../../lib/explore/types.ts";
import { checkFigure, renderSvg } from "../../lib/figure/mod.ts";
import { explorer } from "../../lib/lazy_to_rich/explorer.ts";
import { solveFlow } from "../../lib/lazy_to_rich/explorer/flow.ts";
import { trajectory } from "../../lib/lazy_to_rich/theory/mod.ts";

const viewOf = (id: string) => explorer.views.find((view) => view.id === id)!;
const at = (id: string, state: State = {}) => {
  const view = viewOf(id);
  return view.compute({ ...startOf(view), ...state });
};

test.each(explorer.views.map(({ id }) => id))(
  "%s opens with a faultless figure, measurements included",
  async (id) => {
    const figure = await viewFigure("lazy_to_rich", id);
    expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
  },
);

test.each(
  [[1, 0.5, 40, 0.01], [0.3, 0.6, 200, 1e-3], [3, 0.3, 20, 0.05], [1, 0.83, 100, 0.01]] as const,
)(
  "the quick solution reaches its phases when the precise one does: α* = %s, w* = %s, L = %s, σ = %s",
  (alphaStar, wStar, L, sigma) => {
    const start = { task: { alphaStar, wStar, L }, sigma, initialisation: "all-small" } as const;
    const orders = wStar < 0.63 ? ["leading", "corrected"] as const : ["leading"] as const;
    for (const moments of orders) {
      const quick = solveFlow(start, moments).times,
        precise = trajectory(start.task, { sigma, moments }).times;
      for (const name of ["firstPhase", "t10", "t50", "t90"] as const) {
        // A pixel of a picture 1000 px wide.
        expect(Math.abs(quick[name] / precise[name] - 1), `${moments} ${name}`).toBeLessThan(1e-3);
      }
    }
  },
);

test("at the slowest corner of the sliders the flow is solved in under a thousand steps", () => {
  const { leading, corrected } = at("phases", { wStar: 0.05, logSigma: -8, L: 1000 });
  for (const { solution, times } of [leading, corrected]) {
    expect(solution.stats.steps).toBeLessThan(1000);
    expect(times.t90).toBeGreaterThan(times.t50);
  }
});

test("where the 1/N expansion fails, the view says so instead of showing no number", () => {
  const view = viewOf("phases"), model = at("phases", { alphaStar: 5, wStar: 0.638, logSigma: -1, L: 10 });
  const figure = view.figure(model, []);
  expect(figure.title).toMatch(/does not get half way: L is too short/);
  expect(view.readings(model).map(({ value }) => value)).toContainEqual(
    expect.stringMatching(/^not reached \(\d+\)$/),
  );
  expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
  expect(JSON.stringify([figure.title, figure.caption, view.readings(model)])).not.toContain("NaN");
});

test.each([
  ["phases", { wStar: 0.84 + 0.01 }, /w\* must be >= 0 and < 0\.84 .*diverges/],
  ["phases", { wStar: 0 }, /w\* = 0 has no transition/],
  ["phases", { logSigma: -0.2 }, /already exceeds/],
  ["phases", { L: 3 }, /L must be an integer >= 4/],
  ["phases", { alphaStar: -1 }, /alphaStar must be > 0/],
  ["copying", { i: 5, H: 4 }, /slot i must be an integer in 1\.\.H = 4, got 5: each slot needs a head/],
  ["copying", { n: 5, H: 3, i: 1 }, /IH_5 on 3 heads: .*each slot needs a head/],
  ["copying", { a: 0 }, /slope unit a must be > 0/],
  ["copying", { H: 2.5 }, /H must be an integer/],
  ["copying", { n: 1 }, /IH_1 on 4 heads: n must be an integer >= 2/],
  ["copying", { H: 1e6 }, /up to 12 heads/],
  ["copying", { n: 1e6 }, /n up to 12/],
  ["retrieving", { formula: "4 exp(u" }, /malformed at character 8: parenthesis \) expected/],
  ["retrieving", { formula: "w u" }, /unknown symbol "w"; allowed are the variables u, v/],
  ["retrieving", { formula: "log(u)" }, /"log\(u\)" is NaN at u =/],
  ["retrieving", { query: 2 }, /\[-1, 1\]/],
])("%s refuses %o and says why", (id, state, reason) => {
  expect(() => at(id, state as State)).toThrow(reason);
});

test("the heads of the copying view stay below their bound, and more of them are better", () => {
  const view = viewOf("copying"), state = { ...startOf(view), n: 4, i: 1, H: 3 };
  const parts = Array.from({ length: view.job!.total(state) }, (_, k) => view.job!.part(state, k)) as {
    H: number;
    error: number;
  }[];
  expect(parts.map(({ H }) => H)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const { bounds } = at("copying", state);
  parts.forEach(({ error }, k) => expect(error).toBeLessThanOrEqual(bounds[k].y));
  expect(parts.at(-1)!.error).toBeLessThan(1e-6 * parts[0].error);
});

test("a synonym retrieves tokens like the query, an antonym their opposites, and the output is the attended average", () => {
  const synonym = at("retrieving", { query: 0.5 });
  const antonym = at("retrieving", { query: 0.5, formula: "-6 (u + v)^2" });
  for (const { token } of synonym.best) expect(Math.abs(token - 0.5)).toBeLessThan(0.3);
  for (const { token } of antonym.best) expect(Math.abs(token + 0.5)).toBeLessThan(0.3);
  type Pair = { weight: number; next: number };
  const average = synonym.pairs.reduce((sum: number, { weight, next }: Pair) => sum + weight * next, 0);
  expect(synonym.output).toBeCloseTo(average, 12);
  expect(synonym.sigma.length).toBeGreaterThan(antonym.sigma.length); // the antonym has rank 3
  expect(antonym.sigma.length).toBe(3);
});
