/** @module Which way imports point, and which files must run in a browser. The rules are data; planted violations fail. */
import { describe, expect, test } from "vitest";
import {
  arrowProblems,
  cycles,
  type ImportGraph,
  importsOf,
  papersIn,
  purityProblems,
  readGraph,
} from "./support/import_graph.ts";

const root = new URL("..", import.meta.url).pathname;
const graph = readGraph(root);

/** A graph of files that contain only these imports, or this text. */
function planted(files: Record<string, string>): ImportGraph {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, { text, imports: importsOf(path, text) }]),
  );
}

describe("the project", () => {
  test("there are files to look at, and their imports are found", () => {
    expect(graph.size).toBeGreaterThan(20);
    expect(graph.get("lib/notebook/kernel.ts")!.imports.map((i) => i.target)).toContain(
      "lib/notebook/wire.ts",
    );
  });
  test("every import points the allowed way", () => expect(arrowProblems(graph)).toEqual([]));
  test("no import goes in a circle", () => expect(cycles(graph)).toEqual([]));
  test("what must run in a browser uses no Deno, no node: and no TensorFlow.js, itself or through imports", () =>
    expect(purityProblems(graph)).toEqual([]));
  test("every relative import names a file that exists", () => {
    const missing = [...graph].flatMap(([path, { imports }]) =>
      imports.filter(({ target }) => target.startsWith("lib/") && !graph.has(target)).map((i) =>
        `${path}: ${i.target}`
      )
    );
    expect(missing).toEqual([]);
  });
});

describe("planted violations are found", () => {
  const wrong: [string, string, string][] = [
    ["numerics imports ode", "lib/numerics/a.ts", `import "../ode/mod.ts";`],
    ["ode imports nn", "lib/ode/a.ts", `export * from "../nn/mod.ts";`],
    ["nn imports runs", "lib/nn/a.ts", `import { x } from "../runs/mod.ts";`],
    ["runs knows a paper", "lib/runs/a.ts", `import { x } from "../lazy_to_rich/mod.ts";`],
    ["figure imports a task", "lib/figure/a.ts", `const x = await import("../tasks/cli.ts");`],
    [
      "a paper imports another paper",
      "lib/infinite_limits/data.ts",
      `import { x } from "../lazy_to_rich/mod.ts";`,
    ],
    ["a paper imports the notebook", "lib/lazy_to_rich/mod.ts", `import { x } from "../notebook/mod.ts";`],
    ["theory imports the model", "lib/lazy_to_rich/theory/a.ts", `import { x } from "../model.ts";`],
    ["theory imports nn", "lib/lazy_to_rich/theory.ts", `import type { x } from "../nn/mod.ts";`],
    ["forward imports ode", "lib/lazy_to_rich/forward.ts", `import { x } from "../ode/mod.ts";`],
    [
      "figures import runs' code",
      "lib/lazy_to_rich/figures.ts",
      `import { openStore } from "../runs/mod.ts";`,
    ],
    ["a view loads what trains", "lib/lazy_to_rich/explorer/a.ts", `import { x } from "../live.ts";`],
    ["a view loads nn", "lib/lazy_to_rich/explorer.ts", `import { x } from "../nn/mod.ts";`],
    [
      "a view reads an experiment",
      "lib/lazy_to_rich/live_view.ts",
      `import { x } from "./experiments/a.ts";`,
    ],
    ["a live training keeps records", "lib/lazy_to_rich/live.ts", `import { x } from "../runs/mod.ts";`],
    ["a live training draws", "lib/lazy_to_rich/live.ts", `import { x } from "../figure/mod.ts";`],
    [
      "a room is entered by the window",
      "lib/lazy_to_rich/data.ts",
      `import { x } from "../numerics/philox.ts";`,
    ],
  ];
  test.each(wrong)("%s", (_, path, text) => {
    expect(arrowProblems(planted({ [path]: text }))).toHaveLength(1);
  });

  test("a live training may use nn and its paper's model, and a view the shape of its samples", () => {
    expect(arrowProblems(planted({
      "lib/lazy_to_rich/live.ts": `import { x } from "../nn/mod.ts";\nimport { y } from "./model/a.ts";`,
      "lib/lazy_to_rich/explorer/a.ts": `import type { Sample } from "../live.ts";`,
    }))).toEqual([]);
  });

  test.each([
    ["Deno.", "const x = Deno.readTextFileSync('a');"],
    ["node:", `import { readFileSync } from "node:fs";`],
    ["TensorFlow.js", `import * as tf from "@tensorflow/tfjs";`],
    ["process", "const x = process.env.HOME;"],
  ])("a pure file that uses %s", (_, text) => {
    expect(purityProblems(planted({ "lib/numerics/a.ts": text }))).toHaveLength(1);
    expect(purityProblems(planted({ "lib/lazy_to_rich/theory.ts": text }))).toHaveLength(1);
    expect(purityProblems(planted({ "lib/notebook/a.ts": text }))).toEqual([]);
  });

  test("a pure file that reaches an impure one through others", () => {
    const chain = {
      "lib/lazy_to_rich/theory.ts": `import { a } from "../figure/a.ts";`,
      "lib/figure/a.ts": `import { b } from "./b.ts";`,
      "lib/figure/b.ts": `export const b = Deno.cwd();`,
    };
    expect(purityProblems(planted(chain))).toEqual([
      "lib/lazy_to_rich/theory.ts -> lib/figure/a.ts -> lib/figure/b.ts uses Deno.",
    ]);
  });

  test("a circle of three, once, and a file that imports itself; types may go in circles", () => {
    const circle = {
      "lib/ode/a.ts": `import { b } from "./b.ts";`,
      "lib/ode/b.ts": `import { c } from "./c.ts";`,
      "lib/ode/c.ts": `import { a } from "./a.ts";`,
      "lib/ode/d.ts": `import { d } from "./d.ts";`,
      "lib/ode/e.ts": `import type { f } from "./f.ts";`,
      "lib/ode/f.ts": `import type { e } from "./e.ts";`,
    };
    expect(cycles(planted(circle))).toEqual([
      "lib/ode/a.ts -> lib/ode/b.ts -> lib/ode/c.ts -> lib/ode/a.ts",
      "lib/ode/d.ts -> lib/ode/d.ts",
    ]);
  });
});

describe("reading imports", () => {
  test("all forms are found: from, bare, of types, re-exported, of several lines, dynamic", () => {
    const text = `import a from "./a.ts";
import "./b.ts";
import type { C } from "./c.ts";
export * from "./d.ts";
import {
  e,
  type E,
} from "./e.ts";
const f = await import("./f.ts");`;
    expect(importsOf("lib/ode/x.ts", text).map(({ target, typeOnly }) => [target, typeOnly])).toEqual([
      ["lib/ode/a.ts", false],
      ["lib/ode/b.ts", false],
      ["lib/ode/c.ts", true],
      ["lib/ode/d.ts", false],
      ["lib/ode/e.ts", false],
      ["lib/ode/f.ts", false],
    ]);
  });
  test("what stands in comments is no import and no use", () => {
    const text =
      `/** uses Deno.cwd() as in import "../nn/mod.ts"; */\n// import "node:fs";\nexport const a = "b"; // Deno.`;
    expect(importsOf("lib/ode/x.ts", text)).toEqual([]);
    expect(purityProblems(planted({ "lib/ode/x.ts": text }))).toEqual([]);
  });
  test("a paper is a folder of lib that is no room", () => {
    expect(papersIn(planted({ "lib/ode/a.ts": "", "lib/new_paper/data.ts": "" }))).toEqual(["new_paper"]);
  });
});
