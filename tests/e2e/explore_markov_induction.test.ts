/**
 * @module The explorer of "Unveiling Induction Heads" in a real browser: sliders move and the picture follows with the numbers of the
 * library, quickly, and nothing leaves the page. Needs chromium (Debian: apt install chromium); without it every test here is skipped.
 */
import { describe, expect, test } from "vitest";
import { explorer } from "../../lib/markov_induction/explorer.ts";
import { everyExplorer } from "./every_explorer.ts";
import { explorerPage, noChromium } from "./explorer_page.ts";
import { reset, trainToTheEnd } from "./live_training.ts";

describe.skipIf(noChromium)("explorer of markov_induction in chromium", () => {
  const tab = explorerPage(explorer);
  const { open, press, shows, reading, refusal } = tab;

  test(
    "bars follow the kernel family: numbers of an exact kernel are there at once, of a prior when the worker is done",
    async () => {
      await open("#information");
      await tab.page().getByLabel("Kernels", { exact: true }).selectOption("additive copy");
      await shows("information", { family: "additive copy" });
      expect(await tab.heading()).toMatch(/^S\* = \{1\}, not the parents \{1,2\}/);
      await press("lambda2", "ArrowRight", 15);
      await shows("information", { family: "additive copy", lambda2: 0.45 });
      await expect.poll(tab.address).toBe(
        "#information?family=additive+copy&lambda2=0.45",
      );
      await tab.page().getByLabel("Kernels", { exact: true }).selectOption("Dirichlet rows");
      await press("logAlpha", "ArrowRight", 4);
      await shows("information", { lambda2: 0.45, logAlpha: -0.8 });
      // Curves of the sweep: one for each of the six sets of at most two offsets, and beside it the limit that it runs into.
      const curves = tab.page().locator("#panels svg").nth(1).locator('g[aria-label="theory"] path');
      expect(await curves.count()).toBe(12);
    },
    60_000,
  );

  test(
    "keys on the gap move Stage I to where the library draws it, and below the needed gap the title warns",
    async () => {
      await open("#stages");
      await shows("stages", {});
      await press("gap", "ArrowLeft", 4);
      await shows("stages", { gap: 2.5 });
      const { panels } = tab.finished("stages", { gap: 2.5 }).figure, curves = await tab.shapes(0);
      // Shares of seven sets, soft and one-hot.
      expect(curves.filter((shape) => shape.split(/[LC]/).length > 50).length).toBe(14);
      expect(curves).toEqual(await tab.drawn(panels[0], 0));
      await tab.page().getByLabel("Initial gap w₊ − w₋, exact value").fill("0.7");
      await shows("stages", { gap: 0.7 });
      expect(await tab.heading()).toMatch(/^The gap is too small: Stage I selects/);
    },
    90_000,
  );

  test("small ε makes a settle near log(L/dα), and the reading is the library's", async () => {
    await open("#stages?logEpsilon=-6");
    await shows("stages", { logEpsilon: -6 });
    const [settled, best] = await Promise.all([reading("III: log(L/dα)"), reading("III: best a at L = 100")]);
    expect(settled).toBe("5.81");
    expect(Math.abs(Number(best) - 5.81)).toBeLessThan(0.3); // derived to leading order: 5.64 against 5.81
    await press("L", "ArrowRight", 10);
    await expect.poll(() => reading("III: log(L/dα)")).toBe("6.5"); // log(200 / 0.3)
    await shows("stages", { logEpsilon: -6, L: 200 });
  }, 90_000);

  test(
    "an edited context changes prediction and attention; a wrong symbol and a short one are refused in words",
    async () => {
      await open("#attention");
      await shows("attention", {});
      const context = tab.page().getByLabel("Context (letters a, b, c)");
      await context.fill("abcabcabcab");
      await shows("attention", { context: "abcabcabcab" });
      // Two keys match the end, and get all of the attention between them.
      const bars = tab.page().locator("#panels svg").nth(1).locator('g[aria-label="rect"] rect');
      const heights = await bars.evaluateAll((all) => all.map((bar) => Number(bar.getAttribute("height"))));
      expect(heights.filter((height) => height > Math.max(...heights) / 2).length).toBe(2);
      await context.fill("abcabxab");
      await expect.poll(refusal).toBe(
        'Symbol 6 of the context is "x", which is not in the alphabet a, b, c.',
      );
      expect(await context.getAttribute("aria-invalid")).toBe("true");
      expect(await tab.page().locator("#panels.stale svg").count()).toBe(4);
      await context.fill("ab");
      await expect.poll(refusal).toBe("The context has 2 symbols and needs at least 4: add 2.");
      await tab.page().getByRole("button", { name: "draw 60" }).click();
      await shows("attention", { context: "draw 60" });
      await press("kernel", "ArrowRight", 2);
      await shows("attention", { context: "draw 60", kernel: 9 });
      expect(await refusal()).toBe("");
      await tab.page().getByLabel("Selected set S").selectOption("{1,3}");
      await shows("attention", { context: "draw 60", kernel: 9, set: "{1,3}" });
      await expect.poll(tab.address).toBe("#attention?context=draw+60&set={1,3}&kernel=9");
    },
    60_000,
  );

  test.each([
    ["information", "beta", "-0.2", { family: "β-interpolation" }, /^Beta must lie in \[0, 1\], got -0\.2/],
    ["stages", "gap", "0", {}, /gap w₊ − w₋ must be > 0 \(at 0 all heads see the same/],
    ["attention", "share", "0", {}, /^Share must lie in \(0, 1\], got 0/],
  ])(
    "%s: out of range, %s gets the reason in place of a plot, and comes back",
    async (id, control, value, state, reason) => {
      await open(`#${id}?${new URLSearchParams(state)}`);
      const field = tab.page().locator(`input[data-field=${control}]`), before = await field.inputValue();
      await field.fill(value);
      await expect.poll(refusal).toMatch(reason);
      expect(await tab.page().locator("#panels.stale").count()).toBe(1);
      expect(await tab.page().locator("dd").count()).toBe(0);
      await field.fill(before);
      await expect.poll(refusal).toBe("");
      await shows(id, state);
    },
    60_000,
  );

  test("numbers in the cells of layer 1 are readable on white cells, in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.page().emulateMedia({ colorScheme });
      await open("#attention");
      await tab.settled();
      const inks = await tab.page().locator("#panels svg").nth(2).locator('g[aria-label="text"] text')
        .evaluateAll((all) => all.map((text) => `${text.textContent} ${text.getAttribute("fill")}`));
      expect(inks.length).toBe(9);
      expect(new Set(inks)).toEqual(new Set(["1.00 #fdfdfe", "0.00 #676e77"]));
    }
  });

  test(
    "live training lowers the loss and follows the replicator equation within the stated band",
    async () => {
      await open("#training?N=64&L=30&T=2&device=cpu");
      const { lossAtPause } = await trainToTheEnd(tab);
      expect(await tab.number("Loss")).toBeLessThan(lossAtPause);
      expect(await tab.reading("Within the band")).toBe("yes");
      const { band } = tab.modelOf("training", { N: 64, L: 30, T: 2 }) as { band: number };
      expect(await tab.number("Largest distance of a share")).toBeLessThanOrEqual(band);
      expect(await tab.heading()).toMatch(/^After \d+ steps/);
      await reset(tab);
    },
    240_000,
  );

  everyExplorer(explorer, tab, {
    timed: [
      ["information", "logAlpha", "ArrowRight", 14],
      ["information?family=additive+copy", "lambda1", "ArrowLeft", 14],
      ["stages", "gap", "ArrowRight", 14],
      ["stages", "logAlpha", "ArrowRight", 20],
      ["stages", "L", "ArrowRight", 14],
      ["attention", "a", "ArrowRight", 14],
      ["attention", "gap", "ArrowLeft", 14],
      ["training", "gap", "ArrowRight", 14],
    ],
    copied: ["information", { d: 2 }],
  });
});
