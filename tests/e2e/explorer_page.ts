/** @module An explorer opened in chromium for tests: its page, what it asked for and complained of, and how a reader moves it. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { startOf } from "../../lib/explore/address.ts";
import { explorerHtml } from "../../lib/explore/mod.ts";
import type { Explorer, State, View } from "../../lib/explore/types.ts";
import { type Panel, renderSvg } from "../../lib/figure/mod.ts";
import { median } from "../../lib/numerics/mod.ts";

const executablePath = "/usr/bin/chromium";
const words =
  "--no-sandbox --headless --disable-gpu --disable-background-networking --disable-component-update " +
  "--disable-sync --no-first-run";

/** Whether there is no chromium: tests are then skipped, visibly. */
export const noChromium: boolean = !existsSync(executablePath);

/** How much slower than by itself this machine runs just now: its load over its cores, one at least. */
export function slack(): number {
  return Math.max(1, Deno.loadavg()[0] / navigator.hardwareConcurrency);
}

/**
 * Where the shapes of a figure's first panel lie: its paths, circles and rectangles. Axes are left to themselves: Plot shifts them by half a
 * pixel on coarse screens.
 */
export function shapes(svg: string): string[] {
  const inside = svg.slice(svg.indexOf('aria-label="panel a"')); // without the page's white
  return [...inside.matchAll(/<(?:path|circle|rect)\b[^>]*>/g)].map(([tag]) =>
    [...tag.matchAll(/ (?:d|cx|cy|r|x|y|width|height)="[^"]*"/g)].join("")
  );
}

/** Builds the page once and opens a fresh tab for every test of the surrounding `describe`; afterwards nothing may have gone wrong. */
export function explorerPage(explorer: Explorer) {
  const folder = mkdtempSync(join(tmpdir(), "explorer-test-"));
  const file = `${folder}/page.html`;
  let browser: Browser, page: Page;
  let complaints: string[] = [], requests: string[] = [];

  beforeAll(async () => {
    await Deno.writeTextFile(file, await explorerHtml(explorer.paper));
    browser = await chromium.launch({ executablePath, args: words.split(" ") });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    [complaints, requests] = [[], []];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !/^(file|blob|data|about):/.test(url))).toEqual([]);
  });

  const viewOf = (id: string) => explorer.views.find((view) => view.id === id)!;
  const modelOf = (id: string, state: State = {}) => {
    const view = viewOf(id);
    return view.compute({ ...startOf(view), ...state });
  };
  const finished = (id: string, state: State) => {
    const view = viewOf(id), whole = { ...startOf(view), ...state }, total = view.job?.total(whole) ?? 0;
    const parts = Array.from({ length: total }, (_, k) => view.job!.part(whole, k));
    const model = modelOf(id, state);
    return { view, model, parts, figure: view.figure(model, parts) };
  };
  const numbersOf = (view: View, model: unknown, parts: readonly unknown[]) =>
    view.readings(model, parts).flatMap(({ label, value }) => [label, value]);
  const redraws = (): Promise<number[]> =>
    page.evaluate(() => performance.getEntriesByName("redraw").map(({ duration }) => duration));
  /** What the page asks of workers goes nowhere until the function it returns is called. */
  const silencedWorkers = async () => {
    const post = await page.evaluateHandle(() => {
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = () => {};
      return postMessage;
    });
    return () => page.evaluate((postMessage) => void (Worker.prototype.postMessage = postMessage), post);
  };

  const tab = {
    /** The tab. */
    page: () => page,
    /** Another one; it closes with the browser. */
    another: () => browser.newPage(),
    /** A scratch folder. */
    folder,
    /** The page's file. */
    file,
    /** What was asked for so far. */
    requests: () => requests,
    /** A view by its id. */
    viewOf,
    /** Its model at a state, as the library computes it here. */
    modelOf,
    /** Model, the worker's parts and figure of a state, as the library computes them here. */
    finished,
    /** Goes to an address, e.g. `#risk?n=80`, without waiting for a picture: there may be a refusal. */
    goTo: async (address: string) => {
      await page.goto("about:blank"); // another hash alone would not load the page again
      await page.goto(`file://${file}${address}`);
    },
    /** Opens an address and waits for its first picture. */
    open: async (address: string) => {
      await tab.goTo(address);
      await page.locator("#panels svg").first().waitFor({ timeout: 60_000 });
    },
    /** Presses a key on a slider. */
    press: async (control: string, key: string, times = 1) => {
      await page.locator(`input[type=range][data-control=${control}]`).focus();
      for (let k = 0; k < times; k++) await page.keyboard.press(key);
    },
    /** Waits until the picture is that of the controls, the worker's part of it included. */
    settled: async () => {
      await expect.poll(() => page.locator("#panels").getAttribute("aria-busy"), { timeout: 90_000 })
        .toBe("false");
    },
    /** Waits for this number beside the picture. */
    reads: async (label: string, value: string) => {
      await expect.poll(() => page.locator(`dt:text-is("${label}") + dd`).textContent(), { timeout: 15_000 })
        .toBe(value);
    },
    /** The text beside the picture. */
    reading: (label: string) => page.locator(`dt:text-is("${label}") + dd`).textContent(),
    /** The number beside the picture, also one that is written as 2.43×10⁻³. */
    number: async (label: string) => {
      const plain = (await tab.reading(label))!.replace("−", "-")
        .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]);
      return Number(plain.replace(/×10(?=-?\d)/, "e"));
    },
    /** Waits until the numbers are those of a state as the library computes them here, the worker's part of them included. */
    shows: async (id: string, state: State) => {
      const { view, model, parts } = finished(id, state);
      await expect.poll(() => page.locator("dt, dd").allTextContents(), { timeout: 90_000 })
        .toEqual(numbersOf(view, model, parts));
      await tab.settled();
    },
    /** The heading over the picture. */
    heading: () => page.locator("h2").textContent(),
    /** Why there is no picture. */
    refusal: () => page.locator("#refusal[role=alert]").textContent(), // by its role alone it is not found while it is empty
    /** The address after the file's name. */
    address: () => page.evaluate(() => decodeURIComponent(location.hash)),
    /** Shapes of a panel as the page shows them. */
    shapes: async (panel: number) => shapes(await page.locator("#panels svg").nth(panel).innerHTML()),
    /** Shapes of the same panel drawn here, at the size the page gave it. */
    drawn: async (panel: Panel, index: number) => {
      const width = Number(await page.locator("#panels svg").nth(index).getAttribute("width"));
      const height = Math.round(Math.min(Math.max(width * 0.64, 215), 270)); // as panels.ts has it
      const panels = [{ ...panel, width, height }];
      const svg = renderSvg({ name: "x", title: "", caption: "", panels, sources: [] });
      return shapes(svg);
    },
    /** Presses a button that saves. */
    save: async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name }).click(),
      ]);
      const path = `${folder}/${download.suggestedFilename()}`;
      await download.saveAs(path);
      return { path, bytes: Deno.readFileSync(path) };
    },
    /** The cell that "Copy as cell" shows. */
    copiedCell: async () => {
      await page.getByRole("button", { name: "Copy as cell" }).click();
      return (await page.locator("pre").textContent())!;
    },
    /**
     * What a key on a slider costs, in milliseconds, medians over `moves` keys: by the clock, from the start of the redraw to the end of
     * its layout; and on the page's own thread (script, style and layout), which other programs on this machine do not lengthen. The
     * first five run code that is not compiled yet and are left out. The worker is not asked meanwhile: each part of a longer
     * computation that it hands over draws once more, and on a slow machine some would be counted with the redraw.
     */
    redrawTimes: async (slider: string, moves: number, key: string) => {
      const before = (await redraws()).length, session = await page.context().newCDPSession(page);
      // The typings know the older call with this parameter only.
      await (session.send as (method: string, parameters: unknown) => Promise<unknown>)(
        "Performance.enable",
        { timeDomain: "threadTicks" },
      );
      const spent = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        const seconds = metrics.filter(({ name }) => /^(Script|Layout|RecalcStyle)Duration$/.test(name));
        return seconds.reduce((sum, { value }) => sum + 1000 * value, 0);
      };
      const onThread: number[] = [], restore = await silencedWorkers();
      for (let k = 1; k <= moves; k++) {
        const start = await spent();
        await tab.press(slider, key); // one way: what was seen before is remembered
        await expect.poll(async () => (await redraws()).length, { interval: 5, timeout: 20_000 }).toBe(
          before + k,
        );
        onThread.push(await spent() - start);
      }
      await restore();
      return { clock: median((await redraws()).slice(before + 5)), thread: median(onThread.slice(5)) };
    },
  };
  return tab;
}

/** An open explorer. */
export type Tab = ReturnType<typeof explorerPage>;
