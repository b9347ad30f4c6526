/** @module The address of a page holds its whole state, and a broken address opens the page all the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAddress, startOf, writeAddress } from "../../lib/explore/address.ts";
import type { Explorer, View } from "../../lib/explore/types.ts";

const view = (id: string): View => ({
  id,
  title: id,
  lead: "",
  controls: [
    { kind: "slider", name: "x", label: "x", min: 0, max: 1, step: 0.1, value: 0.5 },
    { kind: "choice", name: "word", label: "word", options: ["one", "two"], value: "one" },
    { kind: "text", name: "formula", label: "g", value: "u v", examples: {} },
  ],
  compute: () => ({}),
  figure: () => ({ name: id, title: "", caption: "", panels: [], sources: [] }),
  readings: () => [],
});
const explorer: Explorer = { paper: "p", title: "t", arxiv: "0", views: [view("first"), view("second")] };

test("every state survives the way into the address and back", () => {
  fc.assert(fc.property(
    fc.constantFrom(...explorer.views),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0), // -0 and 0 are one state
    fc.constantFrom("one", "two"),
    fc.string(),
    (view, x, word, formula) => {
      const state = { x, word, formula };
      expect(readAddress(explorer, writeAddress(view, state))).toEqual({ view, state });
    },
  ));
});

test("an address without a state is short, and opens the start values", () => {
  const [first, second] = explorer.views;
  expect(writeAddress(second, startOf(second))).toBe("#second");
  expect(readAddress(explorer, "#second")).toEqual({ view: second, state: startOf(second) });
  expect(readAddress(explorer, "")).toEqual({ view: first, state: startOf(first) });
});

test("what an address gets wrong starts where it starts, but a number out of range is kept for the theory to refuse", () => {
  const { view, state } = readAddress(explorer, "#nowhere?x=abc&word=three&other=1");
  expect(view.id).toBe("first");
  expect(state).toEqual(startOf(view));
  expect(readAddress(explorer, "#first?x=7").state.x).toBe(7);
});
