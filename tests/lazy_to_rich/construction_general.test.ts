import { describe, expect, it } from "vitest";
import { logLogFit, stream } from "../../lib/numerics/mod.ts";
import { generalInductionHead } from "../../lib/lazy_to_rich/data.ts";
import {
  constructGeneralHead,
  decompose,
  evaluateNetwork,
  generalHeadBound,
  interpolate,
  type Similarity,
  similarity,
  supremumError,
} from "../../lib/lazy_to_rich/construction.ts";

const synonym = similarity("4 * exp(-(u - v)^2 / (2 * 0.3^2))");
const antonym = similarity("-6 * (u + v)^2");
const modes = decompose(synonym);

function build(g: Similarity, K: number, M: number, slope: number) {
  return constructGeneralHead({
    n: 2,
    d: 1,
    similarity: g,
    copy: { kind: "single", slope },
    modes: K,
    hidden: M,
    decomposition: g === synonym ? modes : undefined,
  });
}

function errorOf(g: Similarity, K: number, M: number, slope: number): number {
  const head = build(g, K, M, slope);
  return supremumError((x) => head.run(x), (x) => generalInductionHead(x, g.value, 2), {
    d: 1,
    lengths: [3, 4, 8, 16, 32],
    sequences: 16,
    random: stream(5, "general"),
  });
}

const factor = (x: number, y: number) => Math.max(x / y, y / x);

describe("proper orthogonal decomposition", () => {
  it("of the Gaussian similarity has its known singular values", () => {
    [2.78, 2.18, 1.47, 0.850, 0.426, 0.187, 0.0725, 0.0251].forEach((want, k) => {
      expect(Math.abs(modes.sigma[k] / want - 1)).toBeLessThan(4e-3); // printed to three digits
    });
  });

  it("of -6 (u + v)^2 has exact rank 3", () => {
    const { sigma } = decompose(antonym);
    expect(sigma.length).toBe(3);
    [9.37, 8.00, 1.37].forEach((want, k) => expect(Math.abs(sigma[k] / want - 1)).toBeLessThan(4e-3));
    expect(sigma[1]).toBeCloseTo(8, 10); // the u v part: 12 int u^2 = 8
  });

  it("reproduces g away from the nodes, and its modes are orthonormal", () => {
    const value = (u: number, v: number) => {
      const left = modes.left([u], 20), right = modes.right([v], 20);
      return left.reduce((sum, x, k) => sum + modes.sigma[k] * x * right[k], 0);
    };
    for (const [u, v] of [[0.1, 0.3], [-0.95, -0.7], [1, -1]]) {
      expect(Math.abs(value(u, v) - synonym.value([u], [v]))).toBeLessThan(1e-8); // sigma_21 < 1e-9
    }
    const points = 2000; // midpoint rule
    const gram = new Float64Array(9);
    for (let p = 0; p < points; p++) {
      const phi = modes.left([-1 + (2 * p + 1) / points], 3);
      for (let i = 0; i < 9; i++) gram[i] += phi[Math.floor(i / 3)] * phi[i % 3] * 2 / points;
    }
    gram.forEach((x, i) => expect(Math.abs(x - (i % 4 === 0 ? 1 : 0))).toBeLessThan(1e-4));
  });

  it("refuses a similarity that is not finite on the cube, and modes beyond the rank", () => {
    expect(() => decompose(similarity("log(u + v)"))).toThrow(
      /the similarity "log\(u \+ v\)" is (NaN|-Infinity) at u = \(/,
    );
    expect(() => decompose(antonym).left([0], 4)).toThrow(
      "has numerical rank 3: ask for at most that many modes, got 4",
    );
  });
});

describe("ReLU network", () => {
  it("interpolates linearly at the knots", () => {
    const f = (x: number) => [Math.sin(3 * x), x * x];
    const network = interpolate(f, 8);
    for (let m = 0; m <= 8; m++) {
      const x = -1 + m / 4;
      evaluateNetwork(network, [x]).forEach((y, k) => expect(y).toBeCloseTo(f(x)[k], 12));
    }
    expect(evaluateNetwork(network, [-0.875])[1]).toBeCloseTo((1 + 0.75 ** 2) / 2, 12); // halfway
  });
});

describe("GIH_2 with the Gaussian similarity", () => {
  it("converges in the number of modes", () => {
    const want = [[1, 0.97], [2, 0.49], [4, 0.20], [6, 2.5e-2], [8, 3.0e-3], [10, 3.4e-4], [12, 4.6e-5]];
    // a supremum over other random sequences
    for (const [K, value] of want) expect(factor(errorOf(synonym, K, 400, 16), value)).toBeLessThan(4);
  });

  it("converges like M^-2 in the hidden width", () => {
    const widths = [5, 10, 20, 40, 80, 160, 320];
    const errors = widths.map((M) => errorOf(synonym, 14, M, 20));
    [0.18, 6.3e-2, 1.9e-2, 4.2e-3, 1.3e-3, 3.6e-4, 8.8e-5].forEach((want, i) => {
      expect(factor(errors[i], want)).toBeLessThan(5);
    });
    // M = 5 has fewer knots than the modes have bends
    expect(Math.abs(logLogFit(widths.slice(1), errors.slice(1)).slope + 2)).toBeLessThan(0.25);
  });

  it("converges like e^-p in the slope of the copying head", () => {
    const want = [[2, 0.24], [4, 2.7e-2], [6, 3.7e-3], [8, 5.0e-4], [10, 6.8e-5]];
    for (const [p, value] of want) expect(factor(errorOf(synonym, 14, 400, p), value)).toBeLessThan(4);
  });

  it.each([[4, 400, 16], [14, 20, 20], [14, 400, 4], [10, 80, 10]])(
    "the three-part bound holds for K = %i, M = %i, p = %i",
    (K, M, p) => {
      const bound = generalHeadBound(build(synonym, K, M, p), synonym);
      expect(errorOf(synonym, K, M, p)).toBeLessThanOrEqual(bound.total);
      const parts = [bound.truncation, bound.network, bound.copy];
      const largest = parts.indexOf(Math.max(...parts));
      if (K === 4) expect(largest).toBe(0);
      if (M === 20) expect(largest).toBe(1);
      if (p === 4) expect(largest).toBe(2);
    },
  );
});

it("what the guard lets through is part of the bound", () => {
  const head = constructGeneralHead({
    n: 2,
    d: 1,
    similarity: synonym,
    copy: { kind: "single", slope: 20 },
    modes: 14,
    hidden: 320,
    decomposition: modes,
    guard: 14,
  });
  const { truncation, network, copy, total } = generalHeadBound(head, synonym);
  const rest = total - truncation - network - copy;
  // 2 n e^(2 top - B), and the logit's supremum is 4 up to the network's error
  expect(Math.abs(Math.log(rest) - Math.log(4 * Math.exp(8 - 14)))).toBeLessThan(
    2 * network + 2 * truncation + 1e-9,
  );
});

describe("other similarities", () => {
  it("the antonym needs all three of its modes", () => {
    const three = errorOf(antonym, 3, 400, 20);
    expect(factor(errorOf(antonym, 2, 400, 20), 0.31)).toBeLessThan(3);
    expect(factor(three, 5e-6)).toBeLessThan(5);
  });

  it("patches of two tokens work with random ridges, better with more of them", () => {
    const g = similarity("4 * exp(-((u1 - v1)^2 + (u2 - v2)^2) / (2 * 0.6^2))", 2);
    const decomposition = decompose(g);
    const at = (hidden: number) => {
      const head = constructGeneralHead({
        n: 3,
        d: 1,
        similarity: g,
        copy: { kind: "shared", H: 7, a: 1 },
        modes: 12,
        hidden,
        decomposition,
      });
      return supremumError((x) => head.run(x), (x) => generalInductionHead(x, g.value, 3), {
        d: 1,
        lengths: [8, 32],
        sequences: 10,
        random: stream(5, "patches"),
      });
    };
    const [few, many] = [at(15), at(200)];
    expect(many).toBeLessThan(0.4);
    expect(few).toBeGreaterThan(2 * many);
  });

  it("a typed similarity is refused with a clear sentence", () => {
    expect(() => similarity("4 * exp(-(u - w)^2)")).toThrow(/w/);
    expect(() => similarity("u1 * v1", 2).value([1], [1, 2])).toThrow(
      "compares patches of 2 numbers, got 1 and 2",
    );
    expect(() => similarity("u v", 0)).toThrow("patch must be an integer >= 1, got 0");
    expect(() =>
      constructGeneralHead({
        n: 3,
        d: 1,
        similarity: antonym,
        copy: { kind: "single", slope: 4 },
        modes: 1,
        hidden: 4,
      })
    )
      .toThrow("the similarity compares 1 numbers, but n = 3, d = 1 needs 2");
  });
});
