/** @module The first non-zero logit: closed form against the marched theory, to rounding. */
import { describe, expect, test } from "vitest";
import { tinyData } from "../../lib/infinite_limits/data.ts";
import { firstLogit } from "../../lib/infinite_limits/theory.ts";
import { distance, march, rich, task } from "./shared.ts";

describe("the first logit in closed form", () => {
  test.each(
    [
      ["trained", [], [0.005513, -0.005811, 0.003849]],
      ["frozen", ["embedding"], [0.002080, -0.002217, 0.001458]],
    ] as const,
  )("with the embedding %s equals the marched theory to 1e-12 and the reference row", (_, frozen, row) => {
    const scales = rich({ frozen }), closed = firstLogit(task, scales);
    const one = march({ task, scales, steps: 1 }), dynamics = march({ task, scales, steps: 2 });
    expect(distance(closed.firstOutputs, one.outputs)).toBeLessThan(1e-14);
    expect(distance(one.blocks[0].heads.logits, new Float64Array(27))).toBe(0);
    expect(distance(closed.logits, dynamics.blocks[0].heads.logits)).toBeLessThan(1e-12);
    row.forEach((a, i) => expect(closed.logits[i]).toBeCloseTo(a, 6));
  });

  test("holds for other data, scales and depths of richness", () => {
    for (const [P, S, D] of [[1, 4, 2], [5, 2, 3]]) {
      const other = tinyData(P, S, D), scales = rich({ beta0: 0.7, gamma0: 3, eta0: 0.05 });
      const marched = march({ task: other, scales, steps: 2 }).blocks[0].heads.logits;
      expect(distance(firstLogit(other, scales).logits, marched)).toBeLessThan(1e-12);
    }
  });

  test("is missed by a theory without response terms", () => {
    const marched = march({ task, scales: rich(), steps: 2, response: false }).blocks[0].heads.logits;
    const { logits } = firstLogit(task, rich());
    // Half the alignment is explicit updates, and the first outputs are half as large too.
    expect(marched[0] / logits[0]).toBeLessThan(0.5);
  });

  test("refuses models it is not about", () => {
    expect(() => firstLogit(task, rich({ N: 4 }))).toThrow("closed form is for");
    expect(() => firstLogit(task, rich({ frozen: ["key"] }))).toThrow("frozen key");
  });
});
