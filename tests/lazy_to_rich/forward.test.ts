import { all, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import { mixedTarget } from "../../lib/lazy_to_rich/data.ts";
import {
  type Architecture,
  type Encoding,
  forward,
  selectRun,
  sixScalars,
  sixScalarsGradient,
  zeroParameters,
} from "../../lib/lazy_to_rich/forward.ts";
import { exact, exp, expm1, log, product } from "../../lib/lazy_to_rich/forward/double_double.ts";

const X = [0.5, -1, 0.25, 0.8, -0.3, 0.6, -0.7, 0.9];
const task = { alphaStar: 1, wStar: 0.8 };
const theta = { p1: Infinity, p2: 0.7, a: 0.4, v: 0.3, wQ: 0.9, wK: 0.5 };

describe("six scalars", () => {
  it.each([
    [Infinity, [0.12944695569878814, -0.04349875252902515], [
      0,
      -0.013845469,
      -0.055193931,
      -0.006625393,
      -0.001244304,
      -0.002239746,
    ]],
    [1.2, [0.10219742664209366, -0.0396094629624543], [
      -0.005165311,
      -0.011145505,
      -0.050537285,
      -0.006546515,
      -0.0011991,
      -0.00215838,
    ]],
  ])("outputs and gradients at p1 = %s have their known values", (p1, output, gradient) => {
    const at = { ...theta, p1 };
    const got = sixScalars(at, X).output;
    expect(Math.abs(got[0] - output[0])).toBeLessThan(1e-9);
    expect(Math.abs(got[1] - output[1])).toBeLessThan(1e-9);
    const { gradient: g } = sixScalarsGradient(at, X, mixedTarget(X, task));
    [g.p1, g.p2, g.a, g.v, g.wQ, g.wK].forEach((value, i) => {
      expect(Math.abs(value - gradient[i])).toBeLessThan(1e-9); // reference printed to nine decimals
    });
  });

  it("the half squared errors have their known values", () => {
    const { losses } = sixScalarsGradient(theta, X, mixedTarget(X, task));
    expect(losses.fourGram).toBeCloseTo(0.014544170460205565, 12);
    expect(losses.induction).toBeCloseTo(0.0010439558537685871, 12);
  });

  it.each([1, 3])("hand gradients agree with central differences for d = %i", (d) => {
    const tokens = stream(2, "finite differences", d).fillNormal(new Float64Array(15 * d));
    const target = mixedTarget(tokens, { alphaStar: 2, wStar: 0.6, d });
    const at = { p1: 0.8, p2: 0.5, a: 0.7, v: -0.4, wQ: 0.6, wK: -0.3 };
    const loss = (theta: typeof at) => {
      const { losses } = sixScalarsGradient(theta, tokens, target, d);
      return losses.fourGram + losses.induction;
    };
    const { gradient } = sixScalarsGradient(at, tokens, target, d);
    for (const name of ["p1", "p2", "a", "v", "wQ", "wK"] as const) {
      const step = 1e-5;
      const slope = (loss({ ...at, [name]: at[name] + step }) - loss({ ...at, [name]: at[name] - step })) /
        (2 * step);
      // truncation 1e-10 and cancellation 1e-16 / 1e-5
      expect(Math.abs(slope - gradient[name])).toBeLessThan(1e-9);
    }
  });

  it("are a two-layer transformer with Alibi heads and a guard on position 1", () => {
    const layer1 = { heads: 1, keyWidth: 1, valueWidth: 2, encoding: { kind: "alibi" }, hidden: 0 } as const;
    const layer2 = { heads: 2, keyWidth: 2, valueWidth: 1, encoding: { kind: "alibi" }, hidden: 0 } as const;
    // stream [x, e | slot x, slot e | o1, o2]
    const architecture: Architecture = { d: 1, width: 6, outputs: 2, bos: false, layers: [layer1, layer2] };
    const parameters = zeroParameters(architecture);
    const put = (name: string, index: number[], value: number) => {
      const { data, shape } = parameters[name];
      data[index.reduce((at, i, axis) => at * shape[axis] + i, 0)] = value;
    };
    const at = { ...theta, p1: 1.2 };
    put("embedding.weight", [0, 0], 1);
    put("embedding.bias", [1], 1);
    put("layer1.position", [0], at.p1);
    for (let k = 0; k < 2; k++) {
      put("layer1.value", [0, k, k], 1);
      put("layer1.output", [0, k, 2 + k], 1);
      put("layer2.query", [k, 1, 1], 1);
      put("layer2.key", [k, 3, 1], 60); // e^-60 is left at position 1, whose slot is empty
      put("readout", [4 + k, k], 1);
    }
    put("layer2.position", [0], at.p2);
    put("layer2.value", [0, 2, 0], 1);
    put("layer2.output", [0, 0, 4], at.a);
    put("layer2.query", [1, 0, 0], at.wQ);
    put("layer2.key", [1, 2, 0], at.wK);
    put("layer2.value", [1, 0, 0], 1);
    put("layer2.output", [1, 0, 5], at.v);
    const want = sixScalars(at, X).output;
    const got = forward(architecture, parameters, X).output;
    expect(Math.abs(got[0] - want[0])).toBeLessThan(1e-14);
    expect(Math.abs(got[1] - want[1])).toBeLessThan(1e-14);
  });

  it("refuse a sequence too short for the task", () => {
    expect(() => sixScalars(theta, [1, 2, 3])).toThrow("needs at least 4 tokens of width 1, got 3 numbers");
  });
});

/** A transformer with random weights in every array. */
function randomTransformer(encoding: Encoding, hidden: number) {
  const layer = { heads: 2, keyWidth: 3, valueWidth: 2, encoding, hidden };
  const architecture: Architecture = { d: 2, width: 5, outputs: 2, bos: true, layers: [layer, layer] };
  const parameters = zeroParameters(architecture);
  const random = stream(4, "weights", encoding.kind, hidden);
  for (const [name, { data }] of Object.entries(parameters)) {
    if (name.endsWith("position")) random.fillUniform(data, 0, 1);
    else random.fillNormal(data, 0.5);
  }
  const tokens = random.fillNormal(new Float64Array(2 * 9));
  return { architecture, parameters, tokens };
}

const encodings: Encoding[] = [
  { kind: "none" },
  { kind: "alibi" },
  { kind: "log", sink: true },
  { kind: "t5", buckets: 4 },
];

describe("general transformer", () => {
  it.each(encodings)("attention is strictly causal and sums to one under $kind", (encoding) => {
    const { architecture, parameters, tokens } = randomTransformer(encoding, 3);
    const { attention } = forward(architecture, parameters, tokens, { record: true });
    const T = 10;
    for (const pattern of attention!.flat()) {
      for (let t = 1; t < T; t++) {
        const row = pattern.slice(t * T, (t + 1) * T);
        expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 13);
        expect(row.slice(t).every((w) => w === 0)).toBe(true);
      }
    }
  });

  it("a position's stream does not depend on later tokens", () => {
    const { architecture, parameters, tokens } = randomTransformer({ kind: "alibi" }, 3);
    const before = forward(architecture, parameters, tokens, { record: true }).streams!;
    const changed = Float64Array.from(tokens);
    changed[16] += 1; // the last token
    const after = forward(architecture, parameters, changed, { record: true }).streams!;
    expect(Array.from(after[2].subarray(0, 45))).toEqual(Array.from(before[2].subarray(0, 45)));
    expect(after[2].subarray(45)).not.toEqual(before[2].subarray(45));
  });

  it.each(encodings)("double-double and float64 agree where nothing cancels, under $kind", (encoding) => {
    const { architecture, parameters, tokens } = randomTransformer(encoding, 3);
    const plain = forward(architecture, parameters, tokens).output;
    const careful = forward(architecture, parameters, tokens, { precision: "double-double" }).output;
    for (let i = 0; i < 2; i++) expect(Math.abs(plain[i] - careful[i])).toBeLessThan(1e-12);
  });

  it("recording does not change the output", () => {
    const { architecture, parameters, tokens } = randomTransformer({ kind: "alibi" }, 4);
    expect(forward(architecture, parameters, tokens, { record: true }).output)
      .toEqual(forward(architecture, parameters, tokens).output);
  });

  it.each(
    [
      ["alibi", (j: number) => Math.exp(-0.7 * (j - 1))],
      ["log", (j: number) => j ** -0.7],
      ["t5", (j: number) => Math.exp([0.2, -1, 0.5][Math.min(j, 3) - 1])],
    ] as const,
  )("a content-free %s head weighs distance by its bias alone", (kind, mass) => {
    const layer = { heads: 1, keyWidth: 1, valueWidth: 1, encoding: { kind, buckets: 3 }, hidden: 0 };
    const architecture: Architecture = { d: 1, width: 1, outputs: 1, bos: false, layers: [layer] };
    const parameters = zeroParameters(architecture);
    parameters["layer1.position"].data.set(kind === "t5" ? [0.2, -1, 0.5] : [0.7]);
    const [pattern] = forward(architecture, parameters, X, { record: true }).attention![0];
    const masses = X.slice(1).map((_, k) => mass(k + 1));
    const total = masses.reduce((a, b) => a + b, 0);
    for (let s = 0; s < 7; s++) expect(pattern[7 * 8 + s]).toBeCloseTo(masses[6 - s] / total, 13);
  });

  it("a sink encoding leaves BOS without bias", () => {
    const layer = {
      heads: 1,
      keyWidth: 1,
      valueWidth: 1,
      encoding: { kind: "alibi", sink: true } as const,
      hidden: 0,
    };
    const architecture: Architecture = { d: 1, width: 1, outputs: 1, bos: true, layers: [layer] };
    const parameters = zeroParameters(architecture);
    parameters["layer1.position"].data[0] = 2;
    const [pattern] = forward(architecture, parameters, [1, 2, 3], { record: true }).attention![0];
    expect(pattern[3 * 4] / pattern[3 * 4 + 2]).toBeCloseTo(1, 13); // BOS as likely as distance 1
    expect(pattern[3 * 4 + 1] / pattern[3 * 4 + 2]).toBeCloseTo(Math.exp(-2), 13);
  });

  it("attention over keys that are all excluded is zero", () => {
    const layer = {
      heads: 1,
      keyWidth: 1,
      valueWidth: 1,
      encoding: { kind: "t5", buckets: 2 } as const,
      hidden: 0,
    };
    const architecture: Architecture = { d: 1, width: 1, outputs: 1, bos: false, layers: [layer] };
    const parameters = zeroParameters(architecture);
    parameters["layer1.position"].data.fill(-Infinity);
    for (const name of ["embedding.weight", "layer1.value", "layer1.output", "readout"]) {
      parameters[name].data[0] = 1;
    }
    for (const precision of ["float64", "double-double"] as const) {
      expect(forward(architecture, parameters, [1, 2, 3], { precision }).output[0]).toBe(3);
    }
  });

  it("the ReLU network adds max(0, x W + b) W' + b' at every position", () => {
    const layer = { heads: 1, keyWidth: 1, valueWidth: 1, encoding: { kind: "none" } as const, hidden: 2 };
    const architecture: Architecture = { d: 1, width: 1, outputs: 1, bos: false, layers: [layer] };
    const parameters = zeroParameters(architecture);
    parameters["embedding.weight"].data[0] = 1;
    parameters["readout"].data[0] = 1;
    parameters["layer1.ffn.in"].data.set([2, -1]);
    parameters["layer1.ffn.in.bias"].data.set([-1, 0.5]);
    parameters["layer1.ffn.out"].data.set([3, 5]);
    parameters["layer1.ffn.out.bias"].data.set([0.25]);
    const of = (x: number) => x + 3 * Math.max(0, 2 * x - 1) + 5 * Math.max(0, 0.5 - x) + 0.25;
    for (const x of [-1, 0.2, 0.7]) {
      expect(forward(architecture, parameters, [9, x]).output[0]).toBeCloseTo(of(x), 13);
    }
  });

  it("one run out of stacked parameters is that run, in float32 too", () => {
    const { architecture, parameters, tokens } = randomTransformer({ kind: "alibi" }, 3);
    const stacked = Object.fromEntries(
      Object.entries(parameters).map(([name, { data, shape }]) => [name, {
        data: Float32Array.from([...data.map((x) => -x), ...data]),
        shape: [2, ...shape],
      }]),
    );
    const got = forward(architecture, selectRun(stacked, 1), tokens).output;
    const want = forward(architecture, parameters, tokens).output;
    for (let i = 0; i < 2; i++) expect(Math.abs(got[i] - want[i])).toBeLessThan(1e-5); // float32 weights, depth 2
    expect(() => selectRun(stacked, 2)).toThrow("has 2 runs, so there is no run 2");
  });

  it("refuses parameters that do not fit, naming shape and cure", () => {
    const { architecture, parameters, tokens } = randomTransformer({ kind: "alibi" }, 0);
    const { readout: _, ...missing } = parameters;
    expect(() => forward(architecture, missing, tokens)).toThrow(
      "readout is missing; it must have shape [5,2]",
    );
    const wrong = { ...parameters, bos: { data: new Float64Array(4), shape: [4] } };
    expect(() => forward(architecture, wrong, tokens)).toThrow(
      "bos must have shape [5], got [4] with 4 numbers",
    );
    expect(() => forward(architecture, parameters, [1, 2, 3])).toThrow("whole number of 2-vectors, got 3");
    expect(() => forward(architecture, parameters, [1, NaN])).toThrow("every token must be finite");
  });
});

describe("double-double arithmetic", () => {
  const big = create(all, { number: "BigNumber", precision: 80 });
  /** The exact value of a float64: mathjs itself would read the shortest decimal. */
  const exactly = (x: number) => {
    let halvings = 0;
    for (; !Number.isInteger(x); x *= 2) halvings++;
    return big.bignumber(BigInt(x).toString()).div(big.bignumber(2).pow(halvings));
  };
  const relative = (x: { hi: number; lo: number }, truth: ReturnType<typeof exactly>) =>
    Math.abs(Number(exactly(x.hi).plus(exactly(x.lo)).minus(truth).div(truth)));

  it.each([1e-9, 0.1, -0.37, 1, -3.5, 20, -60])("exp, expm1 of %s carry about 30 digits", (x) => {
    const truth = exactly(x).exp();
    expect(relative(exp(exact(x)), truth)).toBeLessThan(1e-30); // 2^-104 = 5e-32 with a few rounding errors
    expect(relative(expm1(exact(x)), truth.minus(1))).toBeLessThan(1e-29);
  });

  it.each([2, 3, 17.25, 1000])("log of %s carries about 30 digits", (x) => {
    expect(relative(log(x), exactly(x).ln())).toBeLessThan(1e-30);
  });

  it("a product of two float64 is exact", () => {
    const p = product(0.1, 0.3);
    expect(relative(p, exactly(0.1).times(exactly(0.3)))).toBe(0);
  });
});
