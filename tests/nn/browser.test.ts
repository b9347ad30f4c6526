/** @module The face for pages is the room's own: the same names, but for what needs a host, and every operation a model may use. */
import { expect, test } from "vitest";
import * as page from "../../lib/nn/browser.ts";
import * as tensorflow from "../../lib/nn/browser_tensorflow.ts";
import * as house from "../../lib/nn/mod.ts";

/** Records, checkpoints and the choice among the host's backends stay at home; so do lists for tests. */
const home = [
  "constantOps",
  "currentDevice",
  "decodeState",
  "differentiableOps",
  "encodeState",
  "refusedOps",
  "StateError",
  "train",
];

test("a page has every name of the room but those that need a host", () => {
  expect(Object.keys(page).sort()).toEqual(Object.keys(house).filter((name) => !home.includes(name)).sort());
  for (const name of home) expect(house).toHaveProperty(name);
});

test("a page has every operation that a model may use, and every one that this room uses", () => {
  const folder = new URL("../../lib/nn", import.meta.url).pathname;
  const onHost = ["backend.ts", "allow_list.ts"];
  const used = [...Deno.readDirSync(folder)].filter(({ name }) =>
    name.endsWith(".ts") && !onHost.includes(name)
  )
    .flatMap(({ name }) =>
      [
        ...Deno.readTextFileSync(`${folder}/${name}`).replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "").matchAll(
          /\btf\.([a-z]\w*)\(/g,
        ),
      ].map(([, op]) => op)
    );
  expect(used.length).toBeGreaterThan(100);
  const needed = new Set([...house.differentiableOps, ...house.constantOps, ...used]);
  expect([...needed].filter((op) => !(op in tensorflow))).toEqual([]);
});

test("a backend that a page lacks is refused by name", async () => {
  await expect(page.openDevice("tensorflow")).rejects.toThrow(
    /no backend "tensorflow": it has webgpu and cpu/,
  );
});
