import { describe, expect, it } from "vitest";
import { softmax, stream } from "../../lib/numerics/mod.ts";
import { type Chain, sampleSequences } from "../../lib/markov_induction/data.ts";
import {
  type Architecture,
  batchGradient,
  firstKeyOf,
  forward,
  fullForward,
  type FullParameters,
  fullShapesOf,
  initialFullParameters,
  initialParameters,
  lossGradient,
  offsetsOf,
  type Parameters,
  predictions,
  SELF_LOGIT,
  shapesOf,
  sharesOf,
} from "../../lib/markov_induction/forward.ts";
import { type Loss, lossOf } from "../../lib/markov_induction/loss.ts";
import {
  matchCounts,
  oracle,
  priorInformation,
  softInductionHead,
} from "../../lib/markov_induction/theory.ts";
import { membersOf, subsets } from "../../lib/markov_induction/subsets.ts";

const dirichlet = (alpha: number, d = 3, parents = [1, 2]): Chain => (
  { d, parents, prior: { kind: "dirichlet", alpha } }
);
const finite: Loss = { kind: "logeps", epsilon: 0.1 }, code: Loss = { kind: "cesoft" };
const roundOff = 1e-12; // a few hundred float64 operations on numbers of size one
const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);

/** Parameters without any symmetry. */
function generic(architecture: Architecture, seed = 1): Parameters {
  const random = stream(seed, "parameters"), { c: [n], w: [H, M] } = shapesOf(architecture);
  return {
    c: random.fillUniform(new Float64Array(n), 0.3, 1.2),
    w: random.fillNormal(new Float64Array(H * M)),
    a: 2.3,
  };
}
const shapes: Architecture[] = [
  { variant: "paper", d: 3, H: 3, M: 3, D: 2 },
  { variant: "paper", d: 2, H: 2, M: 4, D: 2, firstKey: 2 },
  { variant: "repo", d: 3, H: 3, M: 3, D: 3 },
  { variant: "repo", d: 4, H: 2, M: 2, D: 1, firstKey: 3 },
];
const name = ({ variant, d, H, M, D }: Architecture) => `${variant} TF(${M},${H},${d},${D})`;

describe("the network", () => {
  /** From the definitions: dense attention, an explicit feature map, one softmax. */
  function byDefinition(architecture: Architecture, parameters: Parameters, context: readonly number[]) {
    const { variant, d, H, M, D } = architecture, L = context.length;
    const oneHot = (l: number) => Array.from({ length: d }, (_, e) => l <= L && context[l - 1] === e ? 1 : 0);
    const V = Array.from({ length: L + 1 }, (_, i) =>
      Array.from({ length: H }, (_, h) => {
        const logits = new Map<number, number>();
        offsetsOf(architecture, h + 1).forEach((o, j) => {
          if (i + 1 - o >= 1) logits.set(i + 1 - o, parameters.w[h * M + j]);
        });
        const total = [...logits.values()].reduce((s, x) => s + Math.exp(x), 0);
        const v = Array(d).fill(0);
        for (const [l, x] of logits) oneHot(l).forEach((b, e) => v[e] += b * Math.exp(x) / total);
        const norm = variant === "repo" ? Math.hypot(...v) + 1e-7 : 1;
        return v.map((x) => x / norm);
      }));
    const features = (rows: number[][]) =>
      subsets(H, D).flatMap((mask, s) =>
        membersOf(mask).reduce(
          (products, h) => products.flatMap((x) => rows[h - 1].map((v) => x * v)),
          [parameters.c[s]],
        )
      );
    const C = sum(parameters.c.map((x) => x * x)), query = features(V[L]), first = firstKeyOf(architecture);
    const scores = Array.from({ length: L - first + 1 }, (_, k) => {
      const key = features(V[first + k - 1]);
      return parameters.a * query.reduce((s, x, i) => s + x * key[i], 0) / C;
    });
    const y = Array(d).fill(0);
    softmax(scores).forEach((p, k) => y[context[first + k - 1]] += p);
    return { y, scores, features: query.length };
  }
  it.each(shapes.map((s) => [name(s), s] as const))("%s is the one of the definitions", (_, architecture) => {
    const { d, H, D } = architecture, parameters = generic(architecture), random = stream(2, "context");
    const context = Array.from({ length: 15 }, () => random.integer(d));
    const want = byDefinition(architecture, parameters, context),
      got = forward(architecture, parameters, context);
    want.y.forEach((y, e) => expect(Math.abs(got.y[e] - y)).toBeLessThan(roundOff));
    want.scores.forEach((s, k) => expect(Math.abs(got.scores[k] - s)).toBeLessThan(roundOff));
    expect(want.features).toBe(subsets(H, D).reduce((n, mask) => n + d ** membersOf(mask).length, 0));
    expect(Math.abs(sum(got.y) - 1)).toBeLessThan(roundOff);
    expect(Math.abs(sum(got.shares) - 1)).toBeLessThan(roundOff);
  });
  it("with one-hot parts is the soft induction head", () => {
    const architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 } as const, a = 3.7;
    const data = sampleSequences(dirichlet(0.5), { L: 40, count: 20, seed: 3 });
    const { w } = initialParameters(architecture, { plus: 800, minus: 0 });
    for (const mask of [1, 3, 6]) {
      const c = Float64Array.from(subsets(3, 2), (s) => s === mask ? 0.7 : 0);
      const got = predictions(architecture, { c, w, a }, data);
      const want = softInductionHead(matchCounts(data, mask, { M: 3 }), a);
      got.forEach((y, i) => expect(Math.abs(y - want[i])).toBeLessThan(roundOff));
    }
  });
  it("starts with shares equal and head h inclined to offset h", () => {
    const repo = { variant: "repo", d: 3, H: 3, M: 3, D: 2 } as const,
      paper = { ...repo, variant: "paper" } as const;
    expect(Array.from(initialParameters(paper).w)).toEqual([3, 0.1, 0.1, 0.1, 3, 0.1, 0.1, 0.1, 3]);
    expect(Array.from(initialParameters(repo).w)).toEqual([3, 0.1, 0.1, 3, 0.1, 0.1, 3, 0.1, 0.1]);
    expect(sharesOf(initialParameters(paper).c).p[2]).toBeCloseTo(1 / 7, 15);
    expect(() => initialParameters({ ...paper, M: 2 })).toThrow("head 3 starts on offset 3");
  });
  it.each([
    [
      () => forward(shapes[0], generic(shapes[0]), [0, 1, 2]),
      "must reach the first key position 4, got L = 3",
    ],
    [() => forward(shapes[0], generic(shapes[0]), [0, 1, 2, 3, 0]), "tokens must be integers in 0..2, got 3"],
    [
      () => forward(shapes[0], generic(shapes[2]), [0, 1, 2, 0, 1]),
      "7 coefficients and 9 positional logits, got 8",
    ],
    [() => sharesOf([0, 0]), "must not all be 0"],
    [() => initialParameters({ ...shapes[0], D: 4 }), "D must be an integer in 0..3, got 4"],
  ])("refuses bad input %#", (call, message) => expect(call).toThrow(message));
});

describe("gradients", () => {
  const cases = shapes.flatMap((s) => [finite, code].map((loss) => [name(s), loss.kind, s, loss] as const));
  it.each(cases)("of %s under %s are those of finite differences", (_, __, architecture, loss) => {
    const parents = architecture.d === 2 ? [1] : [1, 2], chain = dirichlet(0.6, architecture.d, parents);
    const data = sampleSequences(chain, { L: 14, count: 3, seed: 4 }),
      parameters = generic(architecture),
      h = 1e-5;
    const exact = batchGradient(architecture, parameters, data, loss);
    const at = (changed: Partial<Parameters>) =>
      batchGradient(architecture, { ...parameters, ...changed }, data, loss).loss;
    const slope = (move: (step: number) => Partial<Parameters>) => (at(move(h)) - at(move(-h))) / (2 * h);
    const bump = (x: Float64Array, i: number, step: number) => x.map((v, j) => j === i ? v + step : v);
    const close = (got: number, want: number) => expect(Math.abs(got - want)).toBeLessThan(1e-9); // h^2 third derivatives
    parameters.c.forEach((_, i) => close(slope((s) => ({ c: bump(parameters.c, i, s) })), exact.c[i]));
    parameters.w.forEach((_, i) => close(slope((s) => ({ w: bump(parameters.w, i, s) })), exact.w[i]));
    close(slope((s) => ({ a: parameters.a + s })), exact.a);
  });
  it.each(shapes.map((s) => [name(s), s] as const))(
    "of %s leave C and the sum of every row of w alone",
    (_, s) => {
      const data = sampleSequences(dirichlet(0.6, s.d, [1]), { L: 20, count: 8, seed: 5 }),
        parameters = generic(s);
      const g = batchGradient(s, parameters, data, finite);
      expect(Math.abs(sum(g.c.map((x, i) => x * parameters.c[i])))).toBeLessThan(roundOff); // scale invariance
      for (let h = 0; h < s.H; h++) {
        expect(Math.abs(sum(g.w.subarray(h * s.M, (h + 1) * s.M)))).toBeLessThan(
          roundOff,
        );
      }
      expect(Math.max(...g.c.map(Math.abs), ...g.w.map(Math.abs))).toBeGreaterThan(1e-3); // and are not just 0
    },
  );
  it("of a are the mean drive, and of c the drives' excess over it", () => {
    const s = shapes[0], parameters = generic(s);
    const g = lossGradient(s, parameters, [0, 1, 2, 2, 0, 1, 1, 0, 2], 1, finite),
      { p, C } = sharesOf(parameters.c);
    const mean = sum(g.drives.map((J, i) => J * p[i]));
    expect(Math.abs(g.a + mean)).toBeLessThan(roundOff);
    g.c.forEach((x, i) =>
      expect(Math.abs(x + 2 * parameters.a * parameters.c[i] / C * (g.drives[i] - mean))).toBeLessThan(
        roundOff,
      )
    );
  });
  it("heads outside the selected set do not move; with a share left on them they do", () => {
    const s = shapes[0],
      { w } = generic(s),
      data = sampleSequences(dirichlet(0.5), { L: 30, count: 10, seed: 6 });
    const third = (share: number) => {
      const c = Float64Array.from(subsets(3, 2), (mask) => mask === 3 ? 1 : mask & 4 ? share : 0);
      return Math.max(...batchGradient(s, { c, w, a: 1 }, data, finite).w.subarray(6).map(Math.abs));
    };
    expect(third(0)).toBe(0);
    expect(third(0.3)).toBeGreaterThan(1e-5);
  });
  it("expected over the target are the average of those of all targets", () => {
    const s = shapes[2],
      parameters = generic(s),
      context = [0, 1, 2, 2, 0, 1, 1, 0, 2],
      law = [0.5, 0.3, 0.2];
    const tokens = Uint8Array.from([...context, 0]), data = { tokens, count: 1, L: context.length, d: 3 };
    const got = batchGradient(s, parameters, data, code, { laws: Float64Array.from(law) });
    const each = law.map((_, e) => lossGradient(s, parameters, context, e, code));
    expect(Math.abs(got.loss - sum(law.map((p, e) => p * each[e].loss)))).toBeLessThan(roundOff);
    got.w.forEach((x, j) =>
      expect(Math.abs(x - sum(law.map((p, e) => p * each[e].w[j])))).toBeLessThan(roundOff)
    );
  });
  it("of parts of a batch average to that of the whole", () => {
    const s = shapes[0],
      parameters = generic(s),
      data = sampleSequences(dirichlet(1), { L: 12, count: 5, seed: 7 });
    const part = (from: number, to: number) => batchGradient(s, parameters, data, finite, { from, to });
    const [whole, head, tail] = [part(0, 5), part(0, 2), part(2, 5)];
    whole.c.forEach((x, i) =>
      expect(Math.abs(x - (2 * head.c[i] + 3 * tail.c[i]) / 5)).toBeLessThan(roundOff)
    );
    const y = predictions(s, parameters, data);
    const loss = sum(
      [0, 1, 2, 3, 4].map((i) => lossOf(finite, y.subarray(3 * i, 3 * i + 3), data.tokens[i * 13 + 12])),
    ) / 5;
    expect(Math.abs(whole.loss - loss)).toBeLessThan(roundOff);
  });
});

/** Reference values are means over a few runs of N = 9000, with spreads that are part of the bands. */
describe("drives and first steps on data", () => {
  const data = sampleSequences(dirichlet(0.1), { L: 100, count: 6000, seed: 8, keepKernels: true });
  const laws = oracle(data, [1, 2]), one = { plus: 800, minus: 0, a0: 1e-9 };
  it.each([
    [finite, [0.119, 0.134, 0.12, 0.16, 0.129, 0.136], 0.001],
    [{ kind: "logeps", epsilon: 0.01 }, [0.15, 0.167, 0.149, 0.201, 0.161, 0.169], 0.001],
    [code, [0.0594, 0.0677, 0.0625, 0.0803, 0.0654, 0.0689], 0.0006],
  ] as [Loss, number[], number][])(
    "one-hot drives at L = 100 are the reference ones (%o)",
    (loss, want, error) => {
      const { drives, driveStandardError } = batchGradient(
        shapes[0],
        initialParameters(shapes[0], one),
        data,
        loss,
        { laws },
      );
      expect(Math.abs(drives[0])).toBeLessThan(roundOff); // the empty set pulls nothing
      want.forEach((value, i) => {
        const sigma = Math.hypot(driveStandardError[i + 1], error);
        expect(Math.abs(drives[i + 1] - value)).toBeLessThan(4 * sigma + 5e-4); // 4 sigma of both, and the last digit
      });
    },
  );
  it("drives at great length are the information of the theory, kernel by kernel", () => {
    const L = 3000, chain = dirichlet(2), count = 150, loss = finite;
    const long = sampleSequences(chain, { L, count, seed: 9, keepKernels: true });
    const { drives, driveStandardError } = batchGradient(
      shapes[0],
      initialParameters(shapes[0], one),
      long,
      loss,
      { laws: oracle(long, [1, 2]) },
    );
    const [estimate] = priorInformation(chain, { M: 3, D: 2, measures: [loss], kernels: 20_000, seed: 10 });
    estimate.subsets.forEach((_, s) => {
      const sigma = Math.hypot(driveStandardError[s], estimate.standardError[s]);
      // four standard errors, and the bias of estimating 27 frequencies from L positions, of order d/L
      expect(Math.abs(drives[s] - estimate.mean[s])).toBeLessThan(4 * sigma + 3 / L);
    });
  });
  it("the first step of the paper variant and of the published code are theirs", () => {
    const known = [
      [{ ...shapes[0] }, finite, 0.2, [0.035, , , , 0.188], 0.0015 * 1.3],
      [{ variant: "repo", d: 3, H: 3, M: 3, D: 2, firstKey: 6 }, code, 1, [
        0.027,
        0.103,
        0.139,
        0.114,
        0.265,
        0.165,
        0.188,
      ], 0.0035 * 1.3],
    ] as [Architecture, Loss, number, number[], number][];
    for (const [architecture, loss, eta, want, sd] of known) {
      const start = initialParameters(architecture), g = batchGradient(architecture, start, data, loss);
      const { p } = sharesOf(start.c.map((c, s) => c - eta * g.c[s]));
      want.forEach((value, s) => expect(Math.abs(p[s] - value)).toBeLessThan(4 * sd)); // 4 seed sd, for a smaller sample
      if (loss === code) expect(Math.abs(g.loss - 0.9)).toBeLessThan(4 * 0.003 * 1.3); // initial loss .900 +- .003
    }
  });
});

describe("the full transformer", () => {
  const shape = { d: 3, H: 2, M: 2, D: 2 };
  const random = stream(11, "full"),
    parameters: FullParameters = {
      ...initialFullParameters(shape),
      a: 1.7,
      c: Float64Array.of(0.3, 0.8, 0.5, 1.1),
      w: random.fillNormal(new Float64Array(4)),
      query: random.fillNormal(new Float64Array(18)),
      key: random.fillNormal(new Float64Array(18)),
      value: random.fillNormal(new Float64Array(18)),
      gain: Float64Array.of(1.1, 0.7, 0.9),
      bias: Float64Array.of(0.1, -0.2, 0.05),
    };
  const context = [0, 2, 1, 1, 0, 2, 0];

  /** Dense matrices, as one would write them down: X_tilde with a zero row, masks of -Infinity. */
  function dense(theta: FullParameters, tokens: readonly number[]) {
    const { d, H, M, D } = shape, T = tokens.length;
    type Rows = number[][];
    const times = (A: Rows, B: Rows): Rows =>
      A.map((row) => B[0].map((_, j) => row.reduce((s, x, k) => s + x * B[k][j], 0)));
    const transposed = (A: Rows): Rows => A[0].map((_, j) => A.map((row) => row[j]));
    const square = (x: Float64Array, h: number): Rows =>
      Array.from({ length: d }, (_, i) => Array.from(x.subarray(h * d * d + i * d, h * d * d + (i + 1) * d)));
    const X: Rows = [
      ...tokens.map((t) => Array.from({ length: d }, (_, e) => e === t ? 1 : 0)),
      Array(d).fill(0),
    ];
    const V: Rows[] = [];
    for (let h = 0; h < H; h++) {
      const logits = times(
        times(times(X, square(theta.query, h)), transposed(square(theta.key, h))),
        transposed(X),
      );
      const rows = logits.map((row, i) =>
        Array.from(softmax(row.map((x, j) => {
          const offset = i - j;
          if (offset === 0) return x + SELF_LOGIT;
          return offset >= h + 1 && offset <= h + M ? x + theta.w[h * M + offset - h - 1] : -Infinity;
        })))
      );
      V.push(
        times(times(rows, X), square(theta.value, h)).map((v) => {
          const mean = sum(v) / d, variance = sum(v.map((x) => (x - mean) ** 2)) / d;
          return v.map((x, e) => (x - mean) / Math.sqrt(variance + 1e-5) * theta.gain[e] + theta.bias[e]);
        }),
      );
    }
    const C = sum(theta.c.map((x) => x * x));
    const scores = tokens.map((_, l) => {
      const r = V.map((rows) => Math.max(0, sum(rows[T].map((x, e) => x * rows[l][e]))));
      return theta.a / C *
        sum(
          subsets(H, D).map((mask, s) => theta.c[s] ** 2 * membersOf(mask).reduce((p, h) => p * r[h - 1], 1)),
        );
    });
    const y = Array(d).fill(0);
    softmax(scores).forEach((p, l) => y[tokens[l]] += p);
    return y;
  }
  it("is the one written with dense matrices", () => {
    const want = dense(parameters, context), got = fullForward(shape, parameters, context);
    want.forEach((y, e) => expect(Math.abs(got.y[e] - y)).toBeLessThan(roundOff));
    for (const head of got.layer1) {
      for (const row of head) expect(Math.abs(sum(row) - 1)).toBeLessThan(roundOff);
    }
    expect(Math.min(...got.matches)).toBe(0); // the ReLU is at work in this example
  });
  it("has the shapes it says, and starts as the published run does", () => {
    const start = initialFullParameters(shape);
    for (const [key, dims] of Object.entries(fullShapesOf(shape))) {
      const value = start[key as keyof FullParameters];
      if (typeof value !== "number") {
        expect([key, value.length]).toEqual([
          key,
          dims.reduce((a, b) => a * b, 1),
        ]);
      }
    }
    expect(Array.from(start.value.subarray(0, 9))).toEqual([1e-3, 0, 0, 0, 1e-3, 0, 0, 0, 1e-3]);
    expect(Array.from(start.w)).toEqual([1, 0.01, 1, 0.01]);
  });
  it("loses .9036 before training in the published run: nearly the unigram", () => {
    const full = { d: 3, H: 3, M: 3, D: 2 }, start = initialFullParameters(full);
    const data = sampleSequences(dirichlet(0.1), { L: 100, count: 600, seed: 12 });
    const losses = Array.from({ length: 600 }, (_, i) => {
      const row = data.tokens.subarray(i * 101, (i + 1) * 101);
      return lossOf(code, fullForward(full, start, row.subarray(0, 100)).y, row[100]);
    });
    const mean = sum(losses) / 600, error = Math.sqrt(sum(losses.map((x) => (x - mean) ** 2))) / 600;
    expect(Math.abs(mean - 0.9036)).toBeLessThan(4 * error + 0.003); // 4 sigma, and the reference's own sample
  });
  it("one layer norm serves all heads: scaling the values of a head changes nothing but its epsilon", () => {
    const larger = { ...parameters, value: parameters.value.map((x) => 100 * x) };
    const same = fullForward(shape, { ...parameters, value: parameters.value.map((x) => 200 * x) }, context);
    const got = fullForward(shape, larger, context);
    got.y.forEach((y, e) => expect(Math.abs(y - same.y[e])).toBeLessThan(1e-7)); // 1e-5/100^2 relative to a variance of one
  });
});
