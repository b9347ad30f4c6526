import fc from "fast-check";
import { expect, test } from "vitest";
import { stableText } from "../../lib/runs/text.ts";

/** Every finite float64, the awkward ones often. */
const anyDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 5e-324, 2 ** 53),
);
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(anyDouble, fc.string(), fc.boolean(), fc.constant(null), tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 40 }),
  object: fc.dictionary(fc.string(), tie("value")),
})).object;

test("what is written reads back bit for bit, the sign of zero included", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      // toEqual tells -0 from 0 and has no tolerance.
      expect(JSON.parse(stableText(value))).toEqual({ ...value as object });
    }),
    { numRuns: 300 },
  );
});

test("writing what was read gives the same bytes", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = stableText(value);
      expect(stableText(JSON.parse(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test("numbers fill lines of at most 110 characters and short things stay on one line", () => {
  const loss = Array.from({ length: 200 }, (_, i) => Math.exp(-i / 30));
  const text = stableText({ loss, rows: [loss.slice(0, 4), [1, 2]], device: { name: "x", kind: "cpu" } });
  const lines = text.split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(lines).toContain('  "device": { "kind": "cpu", "name": "x" },');
  // 200 numbers of about 19 characters, five to a line: neither one long line nor one line a number.
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.length).toBeLessThan(60);
});

test("changing one number of a long list changes one line", () => {
  const loss = Array.from({ length: 100 }, (_, i) => (i + 1) / 128);
  const changed = loss.with(50, 51.5 / 128); // eight characters, as the one it replaces
  const before = stableText({ loss }).split("\n");
  const after = stableText({ loss: changed }).split("\n");
  const differing = after.filter((line, i) => line !== before[i]);
  expect(String(loss[50]).length).toBeLessThan(12);
  expect(differing.length).toBeLessThanOrEqual(2);
});
