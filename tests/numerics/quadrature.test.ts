/** Gauss-Legendre and Gauss-Kronrod rules by exactness, and the adaptive integrator by known integrals. */
import { describe, expect, it } from "vitest";
import { gaussLegendre, integrate } from "../../lib/numerics/mod.ts";
import { gaussKronrod21 } from "../../lib/numerics/gauss_kronrod.ts";

describe("gaussLegendre", () => {
  it("integrates x^k exactly up to k = 2n - 1, and not x^2n", () => {
    for (const n of [1, 2, 3, 5, 10, 20]) {
      const { nodes, weights } = gaussLegendre(n);
      const moment = (k: number) => nodes.reduce((sum, x, i) => sum + weights[i] * x ** k, 0);
      // The weights sum to 2, so a few roundings are 1e-15 each; n terms: 1e-14.
      for (let k = 0; k < 2 * n; k++) {
        expect(Math.abs(moment(k) - (k % 2 ? 0 : 2 / (k + 1)))).toBeLessThan(1e-14);
      }
      // The error for x^2n is 2^(2n+1) n!^4 / ((2n+1) (2n)!^2), which falls under rounding after n = 20.
      let error = 2 / (2 * n + 1);
      for (let k = 1; k <= n; k++) error *= (2 * k * k) ** 2 / (2 * k * (2 * k - 1)) ** 2;
      expect((2 / (2 * n + 1) - moment(2 * n)) / error).toBeCloseTo(1, n < 20 ? 6 : 1);
    }
  });

  it("is exact to degree 999 with 500 nodes", () => {
    const { nodes, weights } = gaussLegendre(500);
    for (const k of [0, 2, 100, 500, 998]) {
      const moment = nodes.reduce((sum, x, i) => sum + weights[i] * x ** k, 0);
      // x^998 amplifies a node's rounding by 998: 998 * 1.1e-16 = 1.1e-13, relative.
      expect(Math.abs(moment * (k + 1) / 2 - 1)).toBeLessThan(k < 500 ? 1e-13 : 5e-13);
    }
  });

  it("has ascending interior nodes, positive symmetric weights, for every n to 100", () => {
    for (let n = 1; n <= 100; n++) {
      const { nodes, weights } = gaussLegendre(n);
      for (let i = 0; i < n; i++) {
        expect(weights[i]).toBeGreaterThan(0);
        expect(nodes[i] + nodes[n - 1 - i]).toBe(0);
        expect(nodes[i]).toBeGreaterThan(i ? nodes[i - 1] : -1);
      }
    }
  });

  it("matches the closed form for n = 3 and moves to [a, b]", () => {
    const { nodes, weights } = gaussLegendre(3, 0, 2);
    [1 - Math.sqrt(0.6), 1, 1 + Math.sqrt(0.6)].forEach((x, i) => expect(nodes[i]).toBeCloseTo(x, 14));
    [5 / 9, 8 / 9, 5 / 9].forEach((w, i) => expect(weights[i]).toBeCloseTo(w, 14));
  });

  it("hands out copies: changing a rule does not change the next one", () => {
    gaussLegendre(4).nodes.fill(0);
    expect(gaussLegendre(4).nodes[0]).not.toBe(0);
  });

  it("refuses sizes and ends it cannot serve", () => {
    for (const n of [0, 501, 2.5, NaN]) expect(() => gaussLegendre(n)).toThrow(`from 1 to 500, got ${n}`);
    expect(() => gaussLegendre(3, 0, Infinity)).toThrow("finite ends, got 0 and Infinity");
  });
});

describe("the Gauss-Kronrod rule", () => {
  it("is exact to degree 31 and its embedded Gauss rule to 19", () => {
    for (let k = 0; k <= 31; k++) {
      const { value, error } = gaussKronrod21((x) => x ** k, 0, 1);
      expect(value).toBeCloseTo(1 / (k + 1), 14);
      if (k < 20) expect(error).toBeLessThan(1e-18); // (200 * rounding)^1.5: both rules agree
    }
    // Both rules are symmetric about the middle, so their first inexact powers there are 20 (Gauss) and 32 (Kronrod).
    expect(gaussKronrod21((x) => (2 * x - 1) ** 20, 0, 1).error).toBeGreaterThan(1e-9);
  });
});

describe("integrate", () => {
  // Default rtol is 1e-10; QUADPACK's error estimate is pessimistic, so a result is normally far better.
  const close = (value: number, expected: number) =>
    expect(Math.abs(value - expected)).toBeLessThan(1e-10 * Math.abs(expected) + 1e-14);

  it("handles smooth, oscillating, peaked and kinked functions", () => {
    close(integrate(Math.exp, 0, 1), Math.E - 1);
    close(integrate((x) => Math.cos(50 * x), 0, 1), Math.sin(50) / 50);
    close(integrate((x) => 1e-3 / (1e-6 + (x - 0.3) ** 2), 0, 1), Math.atan(700) + Math.atan(300));
    close(integrate((x) => Math.abs(x - 0.3), 0, 1), 0.29);
    close(integrate(Math.sin, -1, 1), 0);
    close(integrate(() => 0, 0, 1), 0);
  });

  it("handles integrable singularities at either end", () => {
    close(integrate((x) => x ** -0.5, 0, 1), 2);
    close(integrate((x) => (1 - x) ** -0.5, 0, 1), 2);
    close(integrate(Math.log, 0, 1), -1);
    close(integrate((x) => Math.log(1 - x), 0, 1), -1);
    close(integrate((x) => x ** -0.9, 0, 1), 10);
    close(integrate((x) => 1 / Math.sqrt(x * (1 - x)), 0, 1), Math.PI);
  });

  it("handles infinite intervals", () => {
    close(integrate((x) => Math.exp(-x * x), -Infinity, Infinity), Math.sqrt(Math.PI));
    close(integrate((x) => Math.exp(-x), 0, Infinity), 1);
    close(integrate((x) => Math.exp(x), -Infinity, 0), 1);
    close(integrate((x) => 1 / (1 + x * x), -Infinity, Infinity), Math.PI);
    close(integrate((x) => x ** -1.5, 1, Infinity), 2);
  });

  it("is antisymmetric in its ends and zero on an empty interval", () => {
    expect(integrate(Math.exp, 1, 0)).toBe(-integrate(Math.exp, 0, 1));
    expect(integrate(Math.exp, 2, 2)).toBe(0);
  });

  it("spends more on a tighter tolerance", () => {
    const count = (rtol: number) => {
      let n = 0;
      integrate((x) => (n++, Math.abs(x - 0.3) ** 0.3), 0, 1, { rtol });
      return n;
    };
    expect(count(1e-12)).toBeGreaterThan(count(1e-4));
  });

  it("refuses divergent integrals, poles, NaN and bad tolerances instead of returning a number", () => {
    expect(() => integrate((x) => 1 / x, 0, 1)).toThrow("integrate");
    expect(() => integrate((x) => 1 / x, 1, Infinity)).toThrow("diverge");
    expect(() => integrate((x) => 1 / x, -1, 1)).toThrow("the function is Infinity at 0");
    expect(() => integrate(Math.sqrt, -1, 1)).toThrow("the function is NaN at -0.");
    expect(() => integrate((x) => (1 - x) ** -0.9, 0, 1)).toThrow("shift the variable so that this end is 0");
    expect(() => integrate(Math.exp, NaN, 1)).toThrow("got NaN and 1");
    expect(() => integrate(Math.exp, 0, 1, { rtol: -1 })).toThrow("tolerances must be >= 0");
    expect(() => integrate((x) => Math.sin(1e5 * x), 0, 1, { maxIntervals: 20 })).toThrow("did not reach");
  });
});
