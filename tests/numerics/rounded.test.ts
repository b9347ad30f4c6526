import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rounded } from "../../lib/numerics/mod.ts";

describe("rounded", () => {
  it("is within half a unit of the sixth digit, and rounding twice changes nothing", () => {
    const finite = fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e300, max: 1e300 });
    fc.assert(fc.property(finite, (x) => {
      const y = rounded(x);
      // Subnormal numbers have fewer digits than six.
      if (Math.abs(x) > 1e-300) expect(Math.abs(y - x)).toBeLessThanOrEqual(5.000001e-6 * Math.abs(x));
      expect(rounded(y)).toBe(y);
      expect(String(y).replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length).toBeLessThanOrEqual(6);
    }));
  });

  it("keeps what is not finite", () => {
    expect([NaN, Infinity, -Infinity].map(rounded)).toEqual([NaN, Infinity, -Infinity]);
  });
});
