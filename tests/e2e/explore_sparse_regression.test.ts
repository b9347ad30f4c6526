/**
 * @module The explorer of sparse regression in a real browser: sliders move, numbers and curves become those of the library, heads can
 * be deleted, and nothing leaves the page. Needs chromium (Debian: apt install chromium); where there is none, every test is skipped.
 */
import { describe, expect, test } from "vitest";
import { explorer } from "../../lib/sparse_regression/explorer.ts";
import { leastSquaresRisk, oracleRisk } from "../../lib/sparse_regression/theory/mod.ts";
import { everyExplorer } from "./every_explorer.ts";
import { explorerPage, noChromium } from "./explorer_page.ts";

describe.skipIf(noChromium)("explorer of sparse_regression in chromium", () => {
  const tab = explorerPage(explorer);
  const { open, press, shows, reads } = tab;

  test("deleting a head costs its coordinate: the numbers are those of the network and of the algorithm without it", async () => {
    await open("#layers");
    await shows("layers", {});
    const before = await tab.shapes(3);
    await press("head", "ArrowRight", 2);
    await shows("layers", { head: 2 });
    await expect.poll(tab.address).toBe("#layers?head=2");
    const { walk } = tab.modelOf("layers", { head: 2 });
    await reads("Query 1: network", walk.predictions[0].toFixed(4).replace("-", "−"));
    expect(walk.path.every((w: Float64Array) => w[1] === 0)).toBe(true);
    expect(await tab.page().locator(".caption").textContent()).toContain("Head 2 of layer 1 is removed");
    expect(await tab.shapes(3)).not.toEqual(before);
    await press("eta", "ArrowRight", 4);
    await shows("layers", { head: 2, eta: 1.2 });
  });

  test("closed forms follow n and the noise at once, and the worker adds every estimator", async () => {
    await open("#risk?d=6&s=2&n=20");
    const task = { d: 6, s: 2, sigma: 0.5, prior: "rad" } as const;
    await reads("Least squares, exact", leastSquaresRisk(task, 20).toPrecision(3));
    await press("sigma", "ArrowRight", 2);
    await reads(
      "Least squares, exact",
      String(Number(leastSquaresRisk({ ...task, sigma: 0.6 }, 20).toPrecision(3))),
    );
    await reads(
      "Oracle σ²s/(n − s − 1), exact",
      String(Number(oracleRisk({ ...task, sigma: 0.6 }, 20).toPrecision(3))),
    );
    const state = { d: 6, s: 2, n: 20, sigma: 0.6 };
    await shows("risk", state);
    const { model, parts } = tab.finished("risk", state);
    // Both panels, point for point as the library draws them.
    const { panels } = tab.viewOf("risk").figure(model, parts);
    for (const k of [0, 1]) expect(await tab.shapes(k)).toEqual(await tab.drawn(panels[k], k));
  }, 120_000);

  test("a larger step makes more prompts diverge", async () => {
    await open("#stability?d=8");
    const unstable = (eta: number) => {
      const { model, parts } = tab.finished("stability", { d: 8, eta });
      const at = tab.viewOf("stability").readings(model, parts).find(({ label }) =>
        label === `Unstable at η = ${eta}`
      )!;
      return { ...at, share: parseFloat(at.value) };
    };
    await reads(unstable(1).label, unstable(1).value);
    await press("eta", "ArrowRight", 10);
    await expect.poll(tab.address).toBe("#stability?eta=1.5&d=8");
    await tab.settled();
    await reads(unstable(1.5).label, unstable(1.5).value);
    expect(unstable(1.5).share).toBeGreaterThan(unstable(1).share);
    expect(await tab.heading()).toMatch(
      /^Steps of η = 1\.5 diverge on \d+ % of 2060 prompts$/,
    );
  }, 120_000);

  test("what the theory refuses is said in place of the picture, and goes when it holds again", async () => {
    await open("#layers");
    const field = tab.page().getByLabel("Delete head k (0: none), exact value");
    await field.fill("9");
    await expect.poll(tab.refusal).toMatch(/deleted head must be a whole number from 0 to 8 .* got 9\.$/);
    expect(await tab.page().locator("#panels.stale svg").count()).toBe(4);
    await field.fill("8");
    await expect.poll(tab.refusal).toBe("");
    await shows("layers", { head: 8 });
    await open("#risk?d=4&s=4");
    await press("s", "ArrowRight");
    await expect.poll(tab.refusal).toBe("s must be a whole number from 1 to d = 4, got 5.");
  });

  everyExplorer(explorer, tab, {
    timed: [
      ["layers", "eta", "ArrowRight", 14],
      ["layers", "n", "ArrowRight", 14],
      ["risk", "sigma", "ArrowRight", 14],
      ["stability", "eta", "ArrowRight", 14],
    ],
    copied: ["layers", { head: 3, eta: 0.5 }],
  });
});
