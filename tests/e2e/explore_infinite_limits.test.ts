/**
 * @module The explorer of infinite limits in a real browser: sliders move, numbers and curves become those of the library, records came
 * with the page, and nothing leaves it. Needs chromium (Debian: apt install chromium); where there is none, every test is skipped.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { formatNumber } from "../../lib/figure/mod.ts";
import { explorer } from "../../lib/infinite_limits/explorer.ts";
import { explorerData } from "../../lib/infinite_limits/explorer_data.ts";
import { depthKernels, limitKernel } from "../../lib/infinite_limits/figures/depth_kernels.ts";
import { everyExplorer } from "./every_explorer.ts";
import { explorerPage, noChromium } from "./explorer_page.ts";

describe.skipIf(noChromium)("explorer of infinite_limits in chromium", () => {
  const tab = explorerPage(explorer);
  const { open, press, shows, reads } = tab;
  let records = 0;
  beforeAll(async () => {
    const data = await explorerData();
    records = data.length;
    explorer.receive!(data);
  });

  test("kernels over depth are those of the recursion, and the picture follows α_L", async () => {
    await open("#depth");
    await reads("K₁₁ behind block 8", formatNumber(depthKernels(8, 0.5)[8][0], 5));
    await reads("K₁₁ at L = ∞", formatNumber(limitKernel(0.5)[0], 5));
    await press("L", "ArrowRight", 4);
    await press("alphaL", "ArrowRight", 10);
    await shows("depth", { L: 12, alphaL: 1 });
    await expect.poll(tab.address).toBe("#depth?alphaL=1&L=12");
    const { panels } = tab.viewOf("depth").figure(tab.modelOf("depth", { L: 12, alphaL: 1 }), []);
    for (const k of [0, 1]) expect(await tab.shapes(k)).toEqual(await tab.drawn(panels[k], k));
  });

  test("networks are trained in the worker, beside the limit that was there at once", async () => {
    await open("#finite?octaves=5&seeds=4&steps=6");
    // Six digits of the exact limit at N = infinity: f(6) = (0.446074, ...).
    await reads("f(6) of sample 1, N = ∞", "0.4461");
    await shows("finite", { octaves: 5, seeds: 4, steps: 6 });
    await press("gamma0", "ArrowLeft", 10);
    await shows("finite", { octaves: 5, seeds: 4, steps: 6, gamma0: 1 });
  }, 120_000);

  test(
    "the spread over heads: closed form at once, the limit H = ∞ and networks from the worker",
    async () => {
      await open("#spread?N=2&H=4");
      await shows("spread", { N: 2, H: 4 });
      await press("N", "ArrowRight", 2);
      await shows("spread", { N: 4, H: 4 });
      await tab.settled();
      expect(await tab.page().locator("dd").allTextContents()).not.toContain("in the worker");
      await tab.page().getByLabel("Limit", { exact: true }).selectOption("N = ∞");
      await expect.poll(() => tab.page().locator("h2").textContent()).toMatch(
        /^At N = ∞ all heads are one head/,
      );
    },
    120_000,
  );

  test("N = ∞ with α_A < 1 and a trained embedding is refused with the reason, never drawn", async () => {
    await open("#finite");
    await press("alphaA", "ArrowLeft");
    await expect.poll(tab.refusal).toMatch(
      /^N = Infinity with alphaA = 0\.95 has no limit: with trained features below/,
    );
    expect(await tab.page().locator("#panels.stale").count()).toBe(1);
    await tab.page().getByLabel("Limit", { exact: true }).selectOption("H → ∞");
    await expect.poll(tab.refusal).toBe("");
    expect(await tab.page().locator("#panels.stale").count()).toBe(0);
    await open("#spread");
    await tab.page().getByLabel("Limit", { exact: true }).selectOption("N = ∞");
    await press("alphaA", "ArrowLeft", 2);
    await expect.poll(tab.refusal).toMatch(/alphaA = 0\.9 has no limit/);
    await open("#depth");
    await tab.page().getByLabel("Branch exponent α_L, exact value").fill("0.4");
    await expect.poll(tab.refusal).toBe("alphaL must be between 0.5 and 1, got 0.4.");
  });

  test("losses over learning rates are those of the records; without records the page says so", async () => {
    if (records === 0) {
      await tab.goTo("#transfer");
      await expect.poll(tab.refusal).toMatch(/built without records/);
      return;
    }
    await open("#transfer");
    await shows("transfer", {});
    await press("logRate", "ArrowRight", 3);
    await shows("transfer", { logRate: 0.45 });
    await tab.page().getByLabel("What grows").selectOption("heads H");
    await shows("transfer", { logRate: 0.45, axis: "heads H" });
    await tab.page().getByLabel("Exponents").selectOption("α_A = ½");
    await shows("transfer", { logRate: 0.45, axis: "heads H", scaling: "α_A = ½" });
    // Of blocks there is one number only at this exponent.
    await tab.page().getByLabel("What grows").selectOption("blocks L");
    await expect.poll(tab.refusal).toMatch(/nothing to compare/);
  }, 120_000);

  everyExplorer(explorer, tab, {
    timed: [
      ["spread", "N", "ArrowRight", 14],
      ["depth", "L", "ArrowRight", 14],
      ["depth?beta0=2", "beta0", "ArrowLeft", 14],
      ["finite", "gamma0", "ArrowLeft", 14],
    ],
    copied: ["depth", { L: 5, alphaL: 0.75 }],
  });
});
