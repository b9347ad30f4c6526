import { describe, expect, it } from "vitest";
import { mean, stream } from "../../lib/numerics/mod.ts";
import { drawPrompt, type Prompt, promptTokens, type SparseTask } from "../../lib/sparse_regression/data.ts";
import { forward, withoutHead } from "../../lib/sparse_regression/forward.ts";
import {
  bestProbeShare,
  constructDescent,
  constructInPlace,
  type Construction,
  constructMixed,
  constructPreprocessed,
  constructSkipped,
  constructWithConstant,
  firstLayerProbe,
  linearProbe,
  randomFirstLayer,
  repeatedTokenRank,
} from "../../lib/sparse_regression/construction.ts";
import {
  descend,
  descentSteps,
  plainPath,
  preprocessedSteps,
  ridgeFilter,
  smallEigen,
  statisticsOf,
} from "../../lib/sparse_regression/theory.ts";

/** The reference prompt: no random numbers. */
const X = [[1, 0, -1], [2, 1, 0], [0, -1, 1], [-1, 1, 2], [1, 2, 1]], labels = [1, 2.5, 0.5, -1, 1.5];
const query = [1, -2, 0.5];
const reference: Prompt = {
  d: 3,
  n: 5,
  q: 1,
  x: Float64Array.from([...X, query].flat()),
  y: Float64Array.from(labels),
  targets: new Float64Array(1),
  weights: new Float64Array(3),
  support: new Int32Array(0),
};
const statistics = statisticsOf(reference), tokens = promptTokens(reference);
const predict = (w: ArrayLike<number>) => query.reduce((sum, x, j) => sum + x * w[j], 0);
const rates = [0.4, 0.4, 0.4];

/** To 1e-11, or to the last digit given when fewer are. */
const near = (measured: ArrayLike<number>, expected: number[]) => {
  expect(measured.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(measured[i] - value)).toBeLessThan(1.01e-11));
};

describe("the reference prompt", () => {
  it("has its known moments and eigenvalues", () => {
    near(statistics.correlation, [1.7, 0.8, -0.2]);
    near(statistics.gram, [1.4, 0.6, -0.4, 0.6, 1.4, 0.6, -0.4, 0.6, 1.4]);
    const r = statistics.correlation, G = statistics.gram.map((v, at) => v * r[(at / 3) | 0] * r[at % 3]);
    near(smallEigen(G, 3).values.sort(), [0.029579723616, 0.720729344625, 4.247690931759]);
  });

  it("preprocessed GD passes through its known weights and predictions", () => {
    const path = descend(statistics, preprocessedSteps(new Array(50).fill(0.4)));
    near(path[1], [1.9652, 0.2048, -0.0032]);
    near(path[2], [0.60639136, 0.03483648, 0.00428288]);
    near(path[3], [1.56802540416, 0.133351522304, 0.004533417984]);
    near(path[50], [1.262505792718, -0.023763619411, 0.13577346063]);
    near([1, 2, 3, 50].map((t) => predict(path[t])), [1.554, 0.53885984, 1.303589068544, 1.377919761856]);
  });

  it("plain GD, mixed steps, ridge and least squares give their known weights", () => {
    const gd = descend(statistics, descentSteps([0.2, 0.2, 0.2])).at(-1)!;
    near(gd, [0.71136, 0.272032, -0.067488]);
    near([predict(gd)], [0.133552]);
    const mixed = descend(statistics, [1, 2, 3].map(() => ({ a: 0.1, k: 0.3 }))).at(-1)!;
    near(mixed, [1.27468889838, 0.121631232272, 0.026891152512]);
    near([predict(mixed)], [1.044872010092]);
    near(plainPath(statistics).weights(ridgeFilter(0.3)), [0.985937999361, 0.093959731544, 0.081176094599]);
    near(plainPath(statistics).leastSquares(), [1.366013071895, -0.147058823529, 0.31045751634]);
  });

  it("the label row of construction A ends with the known residuals", () => {
    const { architecture, parameters, layout } = constructPreprocessed(3, rates);
    const stream = forward(architecture, parameters, tokens, 5, { record: true }).streams!.at(-1)!;
    near(Float64Array.from({ length: 6 }, (_, t) => stream[t * 7 + layout.label]), [
      -0.563491986176,
      -0.769402330624,
      0.62881810432,
      0.425607045888,
      -0.339261866752,
      -1.303589068544,
    ]);
  });

  it("every construction predicts its known number", () => {
    for (const build of [constructPreprocessed, constructInPlace, constructWithConstant]) {
      near(build(3, rates).predict(tokens, 5), [1.303589068544]);
    }
    near(constructDescent(3, [0.2, 0.2, 0.2]).predict(tokens, 5), [0.133552]);
    near(constructMixed(3, [1, 2, 3].map(() => ({ a: 0.1, k: 0.3 }))).predict(tokens, 5), [1.044872010092]);
  });
});

const cases = [[16, 4, 40, 5, 3], [16, 4, 10, 1, 7], [8, 2, 80, 3, 15]] as const;

describe.each(cases)("d = %i, s = %i, n = %i, q = %i, %i steps", (d, s, n, q, T) => {
  const random = stream(5, "construction", d, n), task: SparseTask = { d, s, sigma: 0.5, prior: "gau" };
  const prompt = drawPrompt(task, { n, q }, random), tokens = promptTokens(prompt);
  const moments = statisticsOf(prompt), r = moments.correlation;
  // Steps below the stability limit of the larger of the two problems, so that rounding errors are not amplified.
  const G = moments.gram.map((v, at) => v * r[(at / d) | 0] * r[at % d]);
  const top = Math.max(...smallEigen(G, d).values),
    topPlain = Math.max(...smallEigen(moments.gram, d).values);
  const etas = Array.from({ length: T }, () => random.uniform() / top);
  const mixed = Array.from({ length: T }, () => ({
    a: random.uniform() / topPlain - 0.02,
    k: random.uniform() / top - 0.02,
  }));
  const predictions = (w: Float64Array) =>
    Float64Array.from(
      { length: q },
      (_, i) => w.reduce((sum, v, j) => sum + v * prompt.x[(n + i) * d + j], 0),
    );
  const gap = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
  const path = descend(moments, preprocessedSteps(etas)), expected = predictions(path.at(-1)!);

  it.each([
    ["A", constructPreprocessed],
    ["B", constructInPlace],
    ["C", constructWithConstant],
  ])("construction %s equals the algorithm to rounding", (_, build) => {
    const built: Construction = build(d, etas);
    expect(gap(built.predict(tokens, n), expected)).toBeLessThan(1e-13);
  });

  it("construction A' equals mixed descent, negative coefficients included; plain GD equals GD", () => {
    const direct = predictions(descend(moments, mixed).at(-1)!);
    expect(gap(constructMixed(d, mixed).predict(tokens, n), direct)).toBeLessThan(1e-12);
    const plain = etas.map((eta) => eta * top / topPlain);
    const gd = predictions(descend(moments, descentSteps(plain)).at(-1)!);
    expect(gap(constructDescent(d, plain).predict(tokens, n), gd)).toBeLessThan(1e-13);
    const same = plain.map((a) => ({ a, k: 0 }));
    expect(gap(constructMixed(d, same).predict(tokens, n), gd)).toBeLessThan(1e-13); // A' contains GD
  });

  it("after layer 1 scratch rows hold r_k x_jk, after each later layer the label row holds the residual", () => {
    const { architecture, parameters, layout } = constructPreprocessed(d, etas), D = architecture.width;
    const streams = forward(architecture, parameters, tokens, n, { record: true }).streams!;
    for (let j = 0; j < n + q; j++) {
      for (let k = 0; k < d; k++) {
        const product = r[k] * prompt.x[j * d + k];
        expect(Math.abs(streams[1][j * D + layout.features + k] - product)).toBeLessThan(1e-14);
      }
      path.forEach((w, t) => {
        const fit = w.reduce((sum, v, k) => sum + v * prompt.x[j * d + k], 0);
        const residual = (j < n ? prompt.y[j] : 0) - fit;
        expect(Math.abs(streams[t + 1][j * D + layout.label] - residual)).toBeLessThan(1e-13);
      });
    }
  });

  it("removing head k of layer 1 deletes coordinate k from the algorithm", () => {
    const { architecture, parameters } = constructPreprocessed(d, etas);
    for (const k of [0, d >> 1, d - 1]) {
      const scale = r.map((value, j) => j === k ? 0 : value);
      const w = descend(moments, preprocessedSteps(etas), scale).at(-1)!;
      expect(w[k]).toBe(0);
      const headless = forward(architecture, withoutHead(parameters, 0, k), tokens, n).output.slice(n);
      expect(gap(headless, predictions(w))).toBeLessThan(1e-13);
      const fewer = constructPreprocessed(d, etas, { coordinates: [...r.keys()].filter((j) => j !== k) });
      expect(gap(fewer.predict(tokens, n), predictions(w))).toBeLessThan(1e-13);
    }
  });

  it("the order of the context does not matter", () => {
    const order = [...random.permutation(n), ...Array.from({ length: q }, (_, i) => n + i)];
    const shuffled = order.flatMap((i) => [...tokens.slice(i * (d + 1), (i + 1) * (d + 1))]);
    expect(gap(constructPreprocessed(d, etas).predict(shuffled, n), expected)).toBeLessThan(1e-13);
  });

  it("scaling labels by c and rates by 1/c^2 scales predictions by c", () => {
    const c = 3, scaled = tokens.map((v, at) => at % (d + 1) === d ? c * v : v);
    const slow = constructPreprocessed(d, etas.map((eta) => eta / c ** 2)).predict(scaled, n);
    expect(gap(slow, expected.map((v) => c * v))).toBeLessThan(1e-12);
  });

  it("negative control: d heads in place under a full skip connection do something else", () => {
    expect(gap(constructSkipped(d, etas.map((eta) => 0.1 * eta)).predict(tokens, n), expected))
      .toBeGreaterThan(1e-3);
  });
});

describe("the full skip connection", () => {
  it("in place preconditions by (1 + r)^2", () => {
    const plus = statistics.correlation.map((v) => 1 + v), eta = [0.05, 0.1];
    const w = descend(statistics, preprocessedSteps(eta), plus).at(-1)!;
    near(constructSkipped(3, eta).predict(tokens, 5), [predict(w)]);
  });
});

describe("the head lower bound", () => {
  const d = 8, z = stream(2, "token").fillNormal(new Float64Array(d + 1));

  it.each([1, 2, 3, 5, 8])("a context of equal tokens leaves %i heads an operator of that rank", (heads) => {
    expect(repeatedTokenRank(randomFirstLayer(d, heads, stream(3, heads)), z)).toBe(heads);
    const coordinates = Array.from({ length: heads }, (_, k) => k);
    expect(repeatedTokenRank(constructPreprocessed(d, [], { coordinates }), z)).toBe(heads);
  });

  it("in the population, H heads carry at most H/d of the products r_k x_k (best rank-H approximation)", () => {
    for (let H = 1; H <= d; H++) expect(bestProbeShare(new Array(d).fill(0.3), H)).toBeCloseTo(H / d, 12);
    expect(bestProbeShare([4, 1, 1, 1, 1], 1)).toBeCloseTo(0.5, 12); // unequal powers: the largest first
  });

  it("coordinate heads decode their own products perfectly and the others not at all", () => {
    const task: SparseTask = { d, s: 2, sigma: 0.5, prior: "gau" };
    for (const heads of [1, 3, 8]) {
      const coordinates = Array.from({ length: heads }, (_, k) => k);
      const scores = firstLayerProbe(constructPreprocessed(d, [], { coordinates }), task, {
        n: 10,
        prompts: 1000,
        seed: 6,
      });
      scores.forEach((score, k) => {
        if (k < heads) expect(score).toBeGreaterThan(1 - 1e-9);
        else expect(Math.abs(score)).toBeLessThan(0.05); // 18 useless regressors on 2000 rows, heavy-tailed products
      });
      expect(Math.abs(mean(scores) - heads / d)).toBeLessThan(0.05);
    }
  });

  it("Gaussian heads with all the width they want reach H/d on average and no more", () => {
    const task: SparseTask = { d, s: 2, sigma: 0.5, prior: "gau" };
    for (const heads of [1, 3, 8]) {
      const layer = randomFirstLayer(d, heads, stream(7, heads));
      const scores = firstLayerProbe(layer, task, { n: 10, prompts: 1200, seed: 8 });
      // Up to 73 regressors on 2400 heavy-tailed rows cost a few per cent out of sample.
      expect(Math.abs(mean(scores) - heads / d)).toBeLessThan(0.06);
    }
  });

  it("the probe needs more rows than features, and finds no signal in noise", () => {
    const random = stream(9, "noise");
    const draw = (count: number, width: number) =>
      Array.from({ length: count }, () => random.fillNormal(new Float64Array(width)));
    expect(Math.abs(linearProbe(draw(2000, 5), draw(2000, 1))[0])).toBeLessThan(0.03);
    expect(() => linearProbe(draw(10, 5), draw(10, 1))).toThrow("needs at least 24 rows, got 10");
  });

  it("refuses coordinates that are not distinct inputs", () => {
    expect(() => constructPreprocessed(3, [0.1], { coordinates: [0, 0] })).toThrow("distinct whole numbers");
    expect(() => constructPreprocessed(3, [0.1], { coordinates: [3] })).toThrow("from 0 to 2");
    expect(() => constructDescent(3, [NaN])).toThrow("step coefficient 0 must be finite, got NaN");
  });
});
