/** @module The linear algebra under the theory: products, orthonormal bases, and a Gaussian matrix that never contradicts itself. */
import { describe, expect, test } from "vitest";
import { accumulate, innerProducts, rows } from "../../lib/infinite_limits/fields/dense.ts";
import { Basis } from "../../lib/infinite_limits/theory/basis.ts";
import { GaussianMatrix, Side } from "../../lib/infinite_limits/theory/gaussian_matrix.ts";
import { Coordinates } from "../../lib/infinite_limits/theory/growing.ts";
import {
  orthonormalisation,
  pivotedCholesky,
  solveFactored,
} from "../../lib/infinite_limits/theory/pivoted_cholesky.ts";
import { CoefficientPopulation } from "../../lib/infinite_limits/theory/coefficient_population.ts";
import { SamplePopulation } from "../../lib/infinite_limits/theory/sample_population.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { distance } from "./shared.ts";

const field = (seed: number, count: number, n: number) =>
  rows(stream(seed).fillNormal(new Float64Array(count * n)), count, n);

describe("blocked products", () => {
  test.each([[1, 1, 5], [3, 3, 512], [4, 7, 700], [9, 5, 1025], [2, 10, 33]])(
    "agree with the plain sums for %i x %i rows of %i",
    (nx, ny, n) => {
      const x = field(1, nx, n), y = field(2, ny, n);
      const gram = new Float64Array(nx * ny), plain = new Float64Array(nx * ny);
      innerProducts(x, y, n, 0.5, gram, 0, ny, 1);
      for (let i = 0; i < nx; i++) {
        for (let j = 0; j < ny; j++) {
          for (let k = 0; k < n; k++) plain[i * ny + j] += 0.5 * x.data[i * n + k] * y.data[j * n + k];
        }
      }
      expect(distance(gram, plain)).toBeLessThan(1e-11); // reordered sums of 1000 terms
      const out = field(3, ny, n), expected = out.data.slice();
      accumulate(out, x, n, -2, gram, 0, 1, ny);
      for (let j = 0; j < ny; j++) {
        for (let i = 0; i < nx; i++) {
          for (let k = 0; k < n; k++) expected[j * n + k] -= 2 * gram[i * ny + j] * x.data[i * n + k];
        }
      }
      expect(distance(out.data, expected)).toBeLessThan(1e-9);
    },
  );
});

describe("pivoted Cholesky", () => {
  test("takes the first of rows that differ by rounding alone, whichever that makes larger", () => {
    for (const [p, q] of [[1, 1 + 1e-15], [1 + 1e-15, 1], [1, 1]]) {
      expect([...pivotedCholesky(Float64Array.of(0.5, 0, 0, 0, p, 0, 0, 0, q), 3, 1e-10).pivots]).toEqual([
        1,
        2,
        0,
      ]);
    }
  });

  const a = field(4, 3, 8), wide = rows(new Float64Array(5 * 8), 5, 8);
  // Five rows of rank three.
  const mix = stream(5).fillNormal(new Float64Array(15));
  accumulate(wide, a, 8, 1, mix, 0, 3, 1);
  const gram = new Float64Array(25);
  innerProducts(wide, wide, 8, 1, gram, 0, 5, 1);
  const cholesky = pivotedCholesky(gram.slice(), 5, 1e-10);

  test("finds the rank and reproduces the matrix", () => {
    expect(cholesky.rank).toBe(3);
    const again = new Float64Array(25);
    for (let r = 0; r < 3; r++) {
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) {
          again[i * 5 + j] += cholesky.factor[r * 5 + i] * cholesky.factor[r * 5 + j];
        }
      }
    }
    expect(distance(again, gram)).toBeLessThan(1e-12);
  });

  test("orthonormalises the rows it was made from", () => {
    const t = orthonormalisation(cholesky, 5),
      e = rows(new Float64Array(24), 3, 8),
      own = new Float64Array(9);
    accumulate(e, wide, 8, 1, t, 0, 5, 1);
    innerProducts(e, e, 8, 1, own, 0, 3, 1);
    expect(distance(own, [1, 0, 0, 0, 1, 0, 0, 0, 1])).toBeLessThan(1e-10);
  });

  test("solves consistent systems", () => {
    const x = Float64Array.of(1, -2, 0.5, 3, 1), b = new Float64Array(5), again = new Float64Array(5);
    for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) b[i] += gram[i * 5 + j] * x[j];
    const solution = b.slice();
    solveFactored(cholesky, 5, solution, 1);
    for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) again[i] += gram[i * 5 + j] * solution[j];
    expect(distance(again, b)).toBeLessThan(1e-9);
  });
});

describe("a growing basis", () => {
  test("stays orthonormal and spans every batch, however close the batches are", () => {
    const n = 40, basis = new Basis({ weight: 1, tolerance: 1e-22, twice: true }, 3);
    const batch = field(6, 3, n), work = field(7, 3, n), c = new Coordinates(3);
    for (let step = 0; step < 6; step++) {
      // Nearly the same rows again: the new parts are 1e-6 of the old.
      const noise = stream(8, step).fillNormal(new Float64Array(3 * n), 1e-6);
      for (let i = 0; i < batch.data.length; i++) batch.data[i] += noise[i];
      basis.absorb(batch, n, c, work);
      const again = rows(new Float64Array(3 * n), 3, n);
      basis.combine(again, c);
      expect(distance(again.data, batch.data)).toBeLessThan(1e-10); // sqrt(tolerance) times the rows' size
    }
    expect(basis.count).toBe(18);
    const all = basis.store.from(0)[0], gram = new Float64Array(18 * 18);
    innerProducts(all, all, n, 1, gram, 0, 18, 1);
    for (let i = 0; i < 18; i++) for (let j = 0; j < 18; j++) gram[i * 18 + j] -= i === j ? 1 : 0;
    expect(distance(gram, new Float64Array(324))).toBeLessThan(1e-12);
  });

  test("takes nothing from fields it already spans, and nothing from zero", () => {
    const n = 20, basis = new Basis({ weight: 1 / n, tolerance: 1e-22, twice: true }, 2);
    const a = field(9, 2, n), work = field(10, 2, n), c = new Coordinates(2);
    expect(basis.absorb(a, n, c, work)).toBe(2);
    expect(basis.absorb(rows(a.data.map((x) => -3 * x), 2, n), n, c, work)).toBe(0);
    expect(basis.absorb(rows(new Float64Array(2 * n), 2, n), n, c, work)).toBe(0);
  });
});

describe("a Gaussian matrix known by its products", () => {
  const n = 24, tokens = 2;
  const make = (response: boolean) => {
    const population = new SamplePopulation(tokens, n, stream(11), "finite");
    const input = new Side(population, tokens), output = new Side(population, tokens);
    return { matrix: new GaussianMatrix(input, output, response, ["all", "all"]), input, output };
  };
  const zeros = () => rows(new Float64Array(tokens * n), tokens, n);
  /** Asks for W a and W^T b alternately and returns all four products. */
  const ask = (response: boolean) => {
    const { matrix, input, output } = make(response);
    const products = [1, 2, 3].map((seed) => {
      const a = field(20 + seed, tokens, n), b = field(30 + seed, tokens, n), y = zeros(), z = zeros();
      input.set(a, zeros());
      matrix.apply(a, y);
      output.set(b, zeros());
      matrix.applyTransposed(b, z);
      input.flush(z);
      return { a, b, y, z };
    });
    return { matrix, input, output, products };
  };

  test("satisfies b.(W a) = (W^T b).a for every pair ever asked", () => {
    const { products } = ask(true);
    for (const { a, y } of products) {
      for (const { b, z } of products) {
        const left = new Float64Array(4), right = new Float64Array(4);
        innerProducts(b, y, n, 1, left, 0, 2, 1);
        innerProducts(z, a, n, 1, right, 0, 2, 1);
        expect(distance(left, right)).toBeLessThan(1e-11);
      }
    }
  });

  test("contradicts itself without the response terms", () => {
    const { products } = ask(false), left = new Float64Array(4), right = new Float64Array(4);
    innerProducts(products[0].b, products[2].y, n, 1, left, 0, 2, 1);
    innerProducts(products[0].z, products[2].a, n, 1, right, 0, 2, 1);
    expect(distance(left, right)).toBeGreaterThan(0.1);
  });

  test("answers the same question twice alike, and linearly", () => {
    const { matrix, input, products } = ask(true), [first, second] = products;
    const a = zeros(), y = zeros();
    for (let i = 0; i < a.data.length; i++) a.data[i] = first.a.data[i] - 2 * second.a.data[i];
    input.set(a, zeros());
    matrix.apply(a, y);
    expect(distance(y.data, first.y.data.map((v, i) => v - 2 * second.y.data[i]))).toBeLessThan(1e-11);
  });

  test("learns an outer product: a step changes W a by weight b <a a>", () => {
    const { matrix, input, output, products: [{ a, b, y }] } = ask(true);
    input.set(a, zeros());
    output.set(b, zeros());
    matrix.learn([0.3, 0.7]);
    const after = zeros(), gram = new Float64Array(4), expected = rows(y.data.slice(), tokens, n);
    matrix.apply(a, after);
    innerProducts(a, a, n, 1 / n, gram, 0, 2, 1);
    accumulate(expected, b, n, 1, Float64Array.from(gram, (g, i) => g * [0.3, 0.7][i % 2]), 0, 2, 1);
    expect(distance(after.data, expected.data)).toBeLessThan(1e-11);
  });

  test("an exact population says so when it is given too little room", () => {
    expect(() => new CoefficientPopulation(2, 3).sources(4)).toThrow("a population of 3 coordinates needs 4");
  });
});
