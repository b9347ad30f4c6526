/** @module What every explorer does: tests that each paper's file calls inside its `describe`. */
import { expect, test } from "vitest";
import { viewFigure } from "../../lib/explore/mod.ts";
import type { Explorer, State } from "../../lib/explore/types.ts";
import { renderSvg } from "../../lib/figure/mod.ts";
import type { Tab } from "./explorer_page.ts";

/** One slider that is moved for its time: address, control, key and number of moves. */
export type Timed = readonly [address: string, slider: string, key: string, moves: number];

const addressOf = (id: string, state: State) =>
  `#${id}?${new URLSearchParams(Object.entries(state).map(([key, value]) => [key, String(value)]))}`;

/** Speed, small screens, dark pages, labels, keyboard, copied cells. */
export function everyExplorer(
  explorer: Explorer,
  tab: Tab,
  { timed, copied }: { timed: readonly Timed[]; copied: readonly [id: string, state: State] },
): void {
  const { paper, views } = explorer;

  // What feels instant.
  test.each(timed)(
    "%s is redrawn in under 50 ms (median) when %s moves",
    async (address, slider, key, moves) => {
      await tab.open(`#${address}`);
      const { clock, thread } = await tab.redrawTimes(slider, moves, key);
      console.log(
        `${address}, ${slider}: redraw median ${clock.toFixed(1)} ms, on its thread ${thread.toFixed(1)} ms`,
      );
      expect(thread).toBeLessThan(50);
    },
    60_000,
  );

  test("at 390 px nothing scrolls sideways and text stays readable, in light and in dark", async () => {
    await tab.page().setViewportSize({ width: 390, height: 844 });
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.page().emulateMedia({ colorScheme });
      for (const { id } of views) {
        await tab.open(`#${id}`);
        expect(await tab.page().evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        // An SVG drawn at its own size: its 11 px labels are 11 px on the screen.
        const [shown, own] = await tab.page().evaluate(() => {
          const svg = document.querySelector("#panels svg")!;
          return [svg.getBoundingClientRect().width, Number(svg.getAttribute("width"))];
        });
        expect(Math.abs(shown - own)).toBeLessThan(1.5);
      }
      const back = await tab.page().locator(".stage").evaluate((card) =>
        getComputedStyle(card).backgroundColor
      );
      const paper = await tab.page().locator("#panels svg rect").first().getAttribute("fill");
      expect([back, paper]).toEqual(
        colorScheme === "light" ? ["rgb(255, 255, 255)", "#ffffff"] : ["rgb(24, 27, 33)", "#181b21"],
      );
    }
  }, 60_000);

  test("every control has a label, and the keyboard reaches all of them", async () => {
    for (const { id, controls } of views) {
      await tab.open(`#${id}`);
      const names = await tab.page().locator("input, select, textarea, button, a").evaluateAll((all) =>
        all.map((control) =>
          control.getAttribute("aria-label") || (control as HTMLInputElement).labels?.[0]?.textContent ||
          control.textContent
        )
      );
      expect(names.filter((name) => !name)).toEqual([]);
      const reached = new Set<string | null>();
      await tab.page().locator("body").click({ position: { x: 2, y: 2 } });
      for (let k = 0; k < names.length; k++) {
        await tab.page().keyboard.press("Tab");
        reached.add(
          await tab.page().evaluate(() =>
            document.activeElement!.getAttribute("data-control") ?? document.activeElement!.textContent
          ),
        );
      }
      for (const { name } of controls) expect([...reached], id).toContain(name);
      for (const button of ["Save SVG", "Save PNG", "Copy as cell"]) expect([...reached]).toContain(button);
    }
  }, 60_000);

  test("the copied cell draws the same figure", async () => {
    const [id, state] = copied;
    await tab.open(addressOf(id, state));
    const written = new RegExp(`viewFigure\\("${paper}", "(\\w+)", (\\{.*\\})\\)`).exec(
      await tab.copiedCell(),
    )!;
    const figure = await viewFigure(paper, written[1], new Function(`return ${written[2]}`)());
    expect(renderSvg(figure)).toBe(renderSvg(tab.finished(id, state).figure));
    await tab.settled();
    expect(figure.title).toBe(await tab.heading());
  }, 60_000);

  test("the picture is saved as a notebook would write it, as SVG and as PNG", async () => {
    const [id, state] = copied;
    await tab.open(addressOf(id, state));
    await tab.shows(id, state);
    const svg = await tab.save("Save SVG"), png = await tab.save("Save PNG");
    const { figure } = tab.finished(id, state), saved = new TextDecoder().decode(svg.bytes);
    expect(svg.path.endsWith(`/${figure.name}.svg`)).toBe(true);
    const inked = (text: string) => [...text.matchAll(/ d="([^"]+)"/g)].map(([, d]) => d);
    expect(inked(saved)).toEqual(inked(renderSvg(figure)));
    expect(inked(saved).length).toBeGreaterThan(8);
    expect(saved).toContain(figure.caption.slice(0, 40));
    expect([...png.bytes.slice(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
    expect(png.bytes.length).toBeGreaterThan(20_000); // a blank picture of this size takes 5 KB
  }, 60_000);
}
