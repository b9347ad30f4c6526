import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, contentHash } from "../../lib/runs/mod.ts";
import { examplesOfRfc8785 } from "./support/rfc8785.ts";

const toy = { paper: "toy", name: "walk", version: 1 };

test("the order of keys changes neither the text nor the hash, at any depth", async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), async (config, turn) => {
      const turned = reordered(config, turn) as Record<string, never>;
      expect(canonicalJson(turned)).toBe(canonicalJson(config));
      expect(await contentHash(toy, turned)).toBe(await contentHash(toy, config as never));
    }),
    { numRuns: 60 },
  );
});

test("the text reads back as the value, apart from the sign of zero", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(withoutNegativeZero(JSON.parse(canonicalJson(value)))).toEqual(withoutNegativeZero(value));
  }));
});

test("the text is the one that RFC 8785 prescribes", () => {
  for (const { value, canonical } of examplesOfRfc8785) expect(canonicalJson(value)).toBe(canonical);
});

test("the way a number is typed does not matter, its value does", async () => {
  const typed = ["1", "1.0", "1e0", "100e-2"].map((text) => JSON.parse(`{"rate":${text},"zero":0}`));
  const hashes = await Promise.all(typed.map((config) => contentHash(toy, config)));
  expect(new Set(hashes).size).toBe(1);
  expect(await contentHash(toy, { rate: 1, zero: -0 })).toBe(hashes[0]);
  expect(await contentHash(toy, { rate: 1 + Number.EPSILON, zero: 0 })).not.toBe(hashes[0]);
});

test("a changed default, paper, name or version gives another hash", async () => {
  const config = { steps: 100, rate: 0.1 };
  const others = [
    contentHash(toy, { ...config, rate: 0.2 }),
    contentHash(toy, { ...config, momentum: 0 }),
    contentHash(toy, { steps: 100 }),
    contentHash(toy, { ...config, steps: "100" }),
    contentHash({ ...toy, paper: "other" }, config),
    contentHash({ ...toy, name: "other" }, config),
    contentHash({ ...toy, version: 2 }, config),
  ];
  expect(new Set(await Promise.all([contentHash(toy, config), ...others])).size).toBe(8);
});

test("values that differ have texts that differ", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    const same = JSON.stringify(reordered(a, 0, true)) === JSON.stringify(reordered(b, 0, true));
    expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
  }));
});

test("the hash of a known config is a known number", async () => {
  // printf '{"config":{"rate":0.1,"steps":100},"experiment":"walk","paper":"toy","version":1}' | sha256sum
  expect(await contentHash(toy, { steps: 100, rate: 0.1 })).toBe(
    "7de002b17e6bbffe34218dc255ee9f1ce0ef52f92dda544b4395e201baa36f6b",
  );
});

class Point {
  x = 1;
}
const cycle: Record<string, unknown> = {};
cycle.self = { again: cycle };

test.each([
  [{ a: [0, NaN] }, "config.a[1] is NaN"],
  [{ a: { b: -Infinity } }, "config.a.b is -Infinity"],
  [{ a: undefined }, "config.a is undefined"],
  // deno-lint-ignore no-sparse-arrays
  [{ a: [1, , 3] }, "config.a[1] is undefined"],
  [{ "learning rate": () => 1 }, 'config["learning rate"] is a function'],
  [{ a: 1n }, "config.a is a bigint"],
  [{ a: new Float32Array(2) }, "config.a is a Float32Array, which JSON cannot hold: use Array.from"],
  [{ a: new Point() }, "config.a is a Point"],
  [{ a: new Map() }, "config.a is a Map"],
  [cycle, "config.self.again contains itself"],
])("what JSON cannot hold is refused with its path (%#)", (config, message) => {
  expect(() => canonicalJson(config, "config")).toThrow(message as string);
  expect(() => contentHash(toy, config as never)).toThrow(message as string);
});

test("one object in two places is a tree, not a cycle", () => {
  const shared = { x: 1 };
  expect(canonicalJson([shared, { shared }])).toBe('[{"x":1},{"shared":{"x":1}}]');
});

/** The same value with its keys in another order: turned by some places, or sorted. */
function reordered(value: unknown, turn: number, sort = false): unknown {
  if (typeof value === "number") return value + 0; // -0 + 0 is 0
  if (Array.isArray(value)) return value.map((item) => reordered(item, turn, sort));
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value);
  const places = keys.length === 0 ? 0 : turn % keys.length;
  const order = sort ? keys.sort() : [...keys.slice(places), ...keys.slice(0, places)].reverse();
  return Object.fromEntries(order.map((key) => [key, reordered((value as never)[key], turn, sort)]));
}

function withoutNegativeZero(value: unknown): unknown {
  return reordered(value, 0);
}
