import { expect, it } from "vitest";
import { stacked } from "../../lib/numerics/mod.ts";

it("stacked arrays lie behind each other in their order, in memory of their own", () => {
  const parts = [1, 2, 3].map((n) => ({ data: Float32Array.of(n, -n, 0.5, n * n), shape: [2, 2] }));
  const { data, shape } = stacked(parts);
  expect(shape).toEqual([3, 2, 2]);
  parts.forEach((part, i) => expect(data.subarray(4 * i, 4 * i + 4)).toEqual(part.data));
  parts[0].data[0] = 9;
  expect(data[0]).toBe(1);
});
