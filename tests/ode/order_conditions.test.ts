/** @module Every digit of every tableau, judged by rooted trees. */
import { describe, expect, it } from "vitest";
import { dop853, type ExplicitTableau, rodas5p, tsit5 } from "../../lib/ode/mod.ts";
import { explicitClassical, interpolantWeights, rosenbrockClassical } from "./classical.ts";
import { density, nodes, type Tree, treesOfOrder, worstDefect } from "./trees.ts";

const sum = (row: readonly number[]) => row.reduce((total, x) => total + x, 0);

/** Sums of up to 16 terms whose products reach ~1e2: a few thousand roundings of 1.1e-16. */
const rounding = 2e-12;
const orders = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

it("there are 1, 1, 2, 4, 9, 20, 48, 115 rooted trees of orders 1 to 8", () => {
  expect(orders(1, 8).map((p) => treesOfOrder(p).length)).toEqual([1, 1, 2, 4, 9, 20, 48, 115]);
});

describe.each<[string, ExplicitTableau]>([["tsit5", tsit5], ["dop853", dop853]])("%s", (_name, tableau) => {
  const method = explicitClassical(tableau);

  it("row sums of a equal c and the weights sum to one", () => {
    [...tableau.c, ...tableau.dense.c].forEach((c, i) => {
      expect(Math.abs(sum(method.alpha[i]) - c)).toBeLessThan(2e-14);
      expect(c).toBeGreaterThanOrEqual(0);
      expect(c).toBeLessThanOrEqual(1);
    });
    expect(Math.abs(sum(tableau.b) - 1)).toBeLessThan(1e-14);
  });

  it("the last stage is the derivative at the new point", () => {
    expect(tableau.a.at(-1)).toEqual(tableau.b);
    expect(tableau.c.at(-1)).toBe(1);
  });

  it("the solution satisfies every tree up to its order and not one order more", () => {
    for (const p of orders(1, tableau.order)) {
      expect(worstDefect(p, tableau.b, method), `order ${p}`).toBeLessThan(rounding);
    }
    expect(worstDefect(tableau.order + 1, tableau.b, method)).toBeGreaterThan(1e-7);
  });

  it.each([0.1, 0.37, 0.5, 0.81, 1])(
    "the interpolant satisfies every tree up to its order at theta = %d",
    (theta) => {
      const weights = interpolantWeights(tableau.dense, theta, method.alpha.length);
      const target = (tree: Tree) => theta ** nodes(tree) / density(tree);
      for (const p of orders(1, tableau.interpolantOrder)) {
        expect(worstDefect(p, weights, method, target), `order ${p}`).toBeLessThan(rounding);
      }
      if (theta < 1) {
        const next = tableau.interpolantOrder + 1;
        expect(worstDefect(next, weights, method, target)).toBeGreaterThan(1e-8);
      }
    },
  );

  it("a digit changed in the ninth place is caught", () => {
    const wrong = {
      ...tableau,
      a: tableau.a.map((row, i) => i === 3 ? [row[0] + 1e-9, ...row.slice(1)] : row),
    };
    const defects = orders(1, tableau.order).map((p) => worstDefect(p, tableau.b, explicitClassical(wrong)));
    expect(Math.max(...defects)).toBeGreaterThan(rounding);
  });
});

it.each<[string, readonly number[], number, ExplicitTableau]>([
  ["tsit5", tsit5.error[0], 4, tsit5],
  ["dop853 fifth-order part", dop853.error[0], 5, dop853],
  ["dop853 third-order part", dop853.error[1], 3, dop853],
])("the error estimate of %s vanishes up to its order and not beyond", (_name, error, order, tableau) => {
  const method = explicitClassical(tableau);
  for (const p of orders(1, order)) expect(worstDefect(p, error, method, () => 0)).toBeLessThan(rounding);
  expect(worstDefect(order + 1, error, method, () => 0)).toBeGreaterThan(1e-6);
});

describe("rodas5p", () => {
  const { alpha, beta, gamma, b, embedded, dense } = rosenbrockClassical(rodas5p);
  const method = { alpha, beta };
  // Entries of the transformed tableau reach 1.5e2 and were published with 16 digits: errors of 1e-14 times products of those.
  const published = 1e-11;

  it("the abscissae and the weights of the time derivative are the row sums", () => {
    rodas5p.c.forEach((c, i) => expect(Math.abs(sum(alpha[i]) - c)).toBeLessThan(1e-13));
    rodas5p.d.forEach((d, i) => expect(Math.abs(sum(gamma[i]) - d)).toBeLessThan(1e-12));
  });

  it("the solution satisfies every tree up to order 5 and not order 6", () => {
    for (const p of orders(1, 5)) expect(worstDefect(p, b, method), `order ${p}`).toBeLessThan(published);
    expect(worstDefect(6, b, method)).toBeGreaterThan(1e-5);
  });

  it("the embedded solution satisfies every tree up to order 4 and not order 5", () => {
    for (const p of orders(1, 4)) {
      expect(worstDefect(p, embedded, method), `order ${p}`).toBeLessThan(published);
    }
    expect(worstDefect(5, embedded, method)).toBeGreaterThan(1e-5);
  });

  it.each([0.1, 0.37, 0.5, 0.81])(
    "the interpolant satisfies every tree up to order 4 at theta = %d",
    (theta) => {
      const weights = interpolantWeights(dense, theta, b.length);
      const target = (tree: Tree) => theta ** nodes(tree) / density(tree);
      for (const p of orders(1, 4)) {
        expect(worstDefect(p, weights, method, target), `order ${p}`).toBeLessThan(published);
      }
      expect(worstDefect(5, weights, method, target)).toBeGreaterThan(1e-6);
    },
  );

  it("it is stiffly accurate: the last two rows of beta are the weights", () => {
    beta.at(-1)!.forEach((value, j) => expect(Math.abs(value - b[j])).toBeLessThan(published));
    beta.at(-2)!.forEach((value, j) => expect(Math.abs(value - embedded[j])).toBeLessThan(published));
  });
});
