/**
 * @module The explorer of "How Transformers Get Rich" in a real browser: sliders move and the picture follows with the numbers of the
 * library, a model trains live, and nothing leaves the page. Needs chromium (Debian: apt install chromium); without it every test is skipped.
 */
import { describe, expect, test } from "vitest";
import { startOf } from "../../lib/explore/address.ts";
import { frameHtml } from "../../lib/explore/html.ts";
import { explorer } from "../../lib/lazy_to_rich/explorer.ts";
import { everyExplorer } from "./every_explorer.ts";
import { explorerPage, noChromium, slack } from "./explorer_page.ts";
import { reset, trainToTheEnd } from "./live_training.ts";

describe.skipIf(noChromium)("explorer of lazy_to_rich in chromium", () => {
  const tab = explorerPage(explorer);
  const { open, press, shows } = tab;

  test("a browser that cannot unpack the page says so, and a damaged page as well", async () => {
    const page = tab.page();
    await page.addInitScript(() => delete (globalThis as Record<string, unknown>).DecompressionStream);
    await tab.goTo("");
    await expect.poll(() => page.locator("#explorer").textContent()).toMatch(
      /this browser cannot unpack it: it needs Chrome/,
    );
    const whole = await Deno.readTextFile(tab.file), damaged = `${tab.folder}/damaged.html`;
    await Deno.writeTextFile(damaged, whole.replace(/(?<=id="packed-explorer">.{2000}).{40}/, ""));
    const other = await tab.another();
    await other.goto(`file://${damaged}`);
    await expect.poll(() => other.locator("#explorer").textContent()).toMatch(
      /damaged: its script cannot be unpacked/,
    );
    await other.close();
  });

  test("the page opens in under two seconds", async () => {
    await open("#phases");
    const [scripted, shown] = await tab.page().evaluate(() => {
      const [first] = performance.getEntriesByName("redraw");
      return [performance.getEntriesByType("navigation")[0].duration, first.startTime + first.duration];
    });
    console.log(`loaded after ${scripted.toFixed(0)} ms, drawn after ${shown.toFixed(0)} ms`);
    expect(shown).toBeLessThan(2000 * slack());
  });

  test("keys on a slider move curves to where the library draws them, and the address and number follow", async () => {
    await open("#phases");
    await shows("phases", {});
    const before = await tab.shapes(0);
    await press("wStar", "ArrowRight", 7);
    await shows("phases", { wStar: 0.57 });
    expect(await tab.page().getByLabel("Sharpness of the target w*, exact value").inputValue()).toBe("0.57");
    await expect.poll(tab.address).toBe("#phases?wStar=0.57");
    const after = await tab.shapes(0);
    expect(after).not.toEqual(before);
    // Three curves of many points, and all of the panel point for point as the library draws it.
    expect(after.filter((shape) => shape.split(/[LC]/).length > 50).length).toBe(3);
    const { panels } = tab.finished("phases", { wStar: 0.57 }).figure;
    expect(after).toEqual(await tab.drawn(panels[0], 0));
  });

  test("an address opens its state, a choice changes it, and start values bring it back", async () => {
    await open("#phases?L=100&logSigma=-3");
    await shows("phases", { L: 100, logSigma: -3 });
    await tab.page().getByLabel("Initialisation").selectOption("values-on");
    await shows("phases", { L: 100, logSigma: -3, initialisation: "values-on" });
    await tab.page().getByRole("button", { name: "Start values" }).click();
    await shows("phases", {});
  });

  test("beyond the domain the theory's own reason stands in place of a plot, and goes when one comes back", async () => {
    await open("#phases");
    const field = tab.page().getByLabel("Sharpness of the target w*, exact value");
    await field.fill("0.9");
    await expect.poll(tab.refusal).toMatch(/w\* must be >= 0 and < 0\.84 \(.*the moment diverges\)/);
    expect(await tab.page().locator("#panels.stale svg").count()).toBe(3);
    expect(await tab.heading()).toBe("Four phases");
    await tab.page().getByRole("button", { name: "Save SVG" }).click();
    await expect.poll(() => tab.page().locator("#said").textContent()).toBe(
      "There is no figure at these values.",
    );
    await field.fill("0.5");
    await expect.poll(tab.refusal).toBe("");
    await shows("phases", {});
    await tab.goTo("#phases?wStar=0.9");
    await expect.poll(tab.refusal).toContain("diverges");
  });

  test("a typed formula retrieves by it, and a wrong one says which character", async () => {
    await open("#retrieving");
    const formula = tab.page().getByLabel("Similarity g(u, v)");
    await formula.fill("-6 (u + v)^2");
    await shows("retrieving", { formula: "-6 (u + v)^2" });
    await formula.fill("4 exp(u");
    await expect.poll(tab.refusal).toContain("Malformed at character 8");
    expect(await formula.getAttribute("aria-invalid")).toBe("true");
    await tab.page().getByRole("button", { name: "periodic" }).click();
    await shows("retrieving", { formula: "3 cos(6 (u - v))" });
    expect(await tab.page().locator("#panels.stale").count()).toBe(0);
  });

  test("constructed transformers are measured in a worker, for the last state only", async () => {
    await open("#copying");
    await press("n", "ArrowRight", 2);
    await shows("copying", { n: 5 });
    expect(await tab.page().locator("#progress").textContent()).toMatch(/done$/);
    expect(tab.requests().filter((url) => url.startsWith("blob:")).length).toBe(1);
    const { view, figure } = tab.finished("copying", { n: 5 });
    const dots = await tab.page().locator("#panels svg").nth(2).locator("g[aria-label=plot] circle").count();
    expect(dots).toBe(view.job!.total({ ...startOf(view), n: 5 }));
    expect(await tab.shapes(2)).toEqual(await tab.drawn(figure.panels[2], 2));
  }, 60_000);

  test("live training lowers the loss and follows the flow within the stated band", async () => {
    await open("#training");
    const before = await tab.shapes(0);
    const { lossAtPause } = await trainToTheEnd(tab);
    expect(lossAtPause).toBeGreaterThan(0);
    expect(await tab.number("Loss")).toBeLessThan(0.3 * lossAtPause);
    expect(await tab.reading("Within the band")).toBe("yes");
    const { band } = tab.modelOf("training") as { band: number };
    expect(Math.abs((await tab.number("Trained / flow")) - 1)).toBeLessThan(band);
    expect(await tab.heading()).toMatch(/^Trained: T₅₀ = /);
    expect((await tab.shapes(0)).length).toBeGreaterThan(before.length); // its dots
    await reset(tab);
    await tab.settled();
    expect(await tab.shapes(0)).toEqual(before);
  }, 240_000);

  test("inside a notebook's output it works as well: sliders, worker, formulas", async () => {
    const path = `${tab.folder}/cell.html`, page = tab.page();
    await Deno.writeTextFile(
      path,
      `<!doctype html><body>${frameHtml(await Deno.readTextFile(tab.file), "not trusted")}</body>`,
    );
    await page.goto(`file://${path}`);
    const frame = page.frameLocator("iframe");
    await frame.locator("#panels svg").first().waitFor();
    await expect.poll(() => frame.locator("#progress").textContent(), { timeout: 20_000 }).toMatch(/done$/);
    await frame.getByRole("button", { name: "Retrieval" }).click();
    await frame.getByRole("button", { name: "antonym" }).click();
    await expect.poll(() => frame.locator("h2").textContent()).toMatch(/^The query 0\.50 retrieves/);
    await expect.poll(() => frame.locator(".caption").textContent()).toContain("-6 (u + v)^2");
  }, 40_000);

  everyExplorer(explorer, tab, {
    timed: [
      ["copying", "a", "ArrowRight", 14],
      ["phases", "wStar", "ArrowRight", 14],
      ["retrieving", "query", "ArrowRight", 14],
      ["training", "wStar", "ArrowLeft", 14],
    ],
    copied: ["phases", { wStar: 0.4 }],
  });
});
