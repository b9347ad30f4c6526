import { beforeAll, describe, expect, it } from "vitest";
import {
  attention,
  constantOps,
  crossEntropy,
  differentiableOps,
  gelu,
  type HostArray,
  layerNorm,
  linear,
  linearAttention,
  meanSquaredError,
  mergeHeads,
  refusedOps,
  splitHeads,
  tf,
  toTensor,
} from "../../lib/nn/mod.ts";
import { devices, numbers, open, read, titled } from "./support.ts";

/** One checked operation: a function of one tensor, and where its input lies (so that kinks and poles are avoided). */
interface Case {
  readonly op: string;
  readonly shape?: readonly number[];
  /** Interval of the input; the default (-1, 1) suits smooth functions. */
  readonly from?: number;
  readonly to?: number;
  f(x: tf.Tensor): tf.Tensor;
}

const other = (shape: readonly number[]) => toTensor(numbers(shape, "other")); // a constant second operand
const both = (op: string, f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, rest: Partial<Case> = {}): Case[] => [
  { op, ...rest, f: (x) => f(x, other([3, 1])) },
  { op, ...rest, f: (x) => f(other([2, 3, 4]), tf.slice(x, [0, 0], [1, 4])) }, // a repeated operand sums its gradient
];
const positive = { from: 0.5, to: 2 };
// Entries at least 0.3 apart from zero, so that no difference step crosses the kink.
const kinked = (
  op: string,
  f: Case["f"],
): Case[] => [{ op, from: 0.3, to: 1, f }, { op, from: -1, to: -0.3, f }];

const cases: Case[] = [
  ...both("add", tf.add),
  ...both("sub", tf.sub),
  ...both("mul", tf.mul),
  ...both("div", (a, b) => tf.div(a, b), positive),
  ...both("pow", (a, b) => tf.pow(tf.add(tf.abs(a), 0.5), b), positive),
  // The operands are 5 apart, so that differences do not change which one is taken.
  { op: "maximum", f: (x) => tf.square(tf.maximum(tf.add(x, 5), other([3, 1]))) },
  { op: "minimum", f: (x) => tf.square(tf.minimum(tf.sub(x, 5), other([3, 1]))) },
  { op: "addN", f: (x) => tf.addN([x, other([3, 4]), x]) },
  { op: "neg", f: tf.neg },
  { op: "square", f: tf.square },
  { op: "exp", f: tf.exp },
  { op: "sigmoid", f: tf.sigmoid },
  { op: "tanh", f: tf.tanh },
  { op: "softplus", f: tf.softplus },
  { op: "erf", f: tf.erf },
  { op: "sin", f: tf.sin },
  { op: "cos", f: tf.cos },
  { op: "sqrt", ...positive, f: tf.sqrt },
  { op: "rsqrt", ...positive, f: tf.rsqrt },
  { op: "reciprocal", ...positive, f: tf.reciprocal },
  { op: "log", ...positive, f: tf.log },
  { op: "log1p", ...positive, f: tf.log1p },
  ...kinked("abs", tf.abs),
  ...kinked("relu", tf.relu),
  ...kinked("clipByValue", (x) => tf.clipByValue(x, 0, 3)),
  { op: "where", f: (x) => tf.where(tf.greater(other([3, 4]), 0), tf.square(x), tf.mul(x, 3)) },
  { op: "softmax", f: (x) => tf.softmax(x) },
  { op: "logSoftmax", f: (x) => tf.logSoftmax(x) },
  { op: "logSumExp", f: (x) => tf.logSumExp(x, -1) },
  { op: "sum", f: (x) => tf.square(tf.sum(x, 0)) },
  { op: "mean", f: (x) => tf.square(tf.mean(x, -1, true)) },
  // The largest entry of each row leads by 3, so that differences do not change which one it is.
  {
    op: "max",
    f: (x) => tf.square(tf.max(tf.add(x, tf.tensor2d([[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 3]])), -1)),
  },
  { op: "prod", ...positive, f: (x) => tf.prod(x, 1) },
  { op: "reshape", f: (x) => tf.square(tf.reshape(x, [2, 6])) },
  { op: "transpose", shape: [2, 3, 2], f: (x) => tf.mul(tf.transpose(x, [2, 0, 1]), other([2, 2, 3])) },
  { op: "slice", f: (x) => tf.square(tf.slice(x, [1, 0], [2, 3])) },
  { op: "concat", f: (x) => tf.square(tf.concat([x, other([3, 2]), x], 1)) },
  { op: "stack", f: (x) => tf.square(tf.stack([x, other([3, 4]), x], 1)) },
  { op: "unstack", f: (x) => tf.unstack(x, 1).reduce((a, b) => tf.mul(a, b)) },
  { op: "split", f: (x) => tf.mul(...tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor]) },
  { op: "tile", f: (x) => tf.mul(tf.tile(x, [2, 3]), other([6, 12])) },
  { op: "expandDims", f: (x) => tf.square(tf.expandDims(x, 1)) },
  { op: "squeeze", shape: [3, 1, 4], f: (x) => tf.square(tf.squeeze(x, [1])) },
  { op: "broadcastTo", shape: [3, 1], f: (x) => tf.mul(tf.broadcastTo(x, [2, 3, 4]), other([2, 3, 4])) },
  { op: "pad", f: (x) => tf.mul(tf.pad(x, [[1, 0], [0, 2]]), other([4, 6])) },
  { op: "reverse", f: (x) => tf.mul(tf.reverse(x, 1), other([3, 4])) },
];

/** This house's own layers, each in every argument that can be trained. */
const layers: Case[] = [
  // Wide inputs: the step of the differences must be small beside a row's standard deviation.
  { op: "layerNorm", from: -3, to: 3, f: (x) => layerNorm(x) },
  { op: "gelu", f: gelu },
  { op: "linear in x", shape: [1, 3, 4], f: (x) => linear(x, other([2, 4, 5]), other([2, 5])) },
  { op: "linear in the weight", shape: [2, 4, 3], f: (w) => linear(other([1, 5, 4]), w) },
  { op: "linear in the bias", shape: [2, 3], f: (b) => linear(other([1, 5, 4]), other([2, 4, 3]), b) },
  ...(["q", "k", "v"] as const).map((name): Case => ({
    op: `attention in ${name}`,
    shape: [2, 2, 3, 4],
    f: (x) => attention({ ...inputs(), [name]: x }),
  })),
  { op: "attention in the bias", shape: [2, 1, 3, 3], f: (bias) => attention({ ...inputs(), bias }) },
  { op: "linearAttention", shape: [2, 2, 3, 4], f: (x) => linearAttention({ q: x, k: x, v: x, scale: 0.5 }) },
  { op: "splitHeads and mergeHeads", shape: [2, 1, 3, 4], f: (x) => tf.square(mergeHeads(splitHeads(x, 2))) },
  { op: "meanSquaredError", f: (x) => meanSquaredError(x, other([3, 4])) },
  { op: "crossEntropy", f: (x) => crossEntropy(x, tf.softmax(other([3, 4]))) },
];

function inputs() {
  return { q: other([2, 2, 3, 4]), k: other([1, 2, 3, 4]), v: other([2, 1, 3, 4]) };
}

/**
 * Largest gap between the gradient and a fourth-order central difference of the same function, in units of the largest
 * entry of the gradient (or 1). The step is 0.05: truncation $h^4 f^{(5)}/30 \approx 2\cdot10^{-7} f^{(5)}$, round-off
 * $1.5 \cdot 6\cdot10^{-8} |f| / h \approx 2\cdot10^{-6} |f|$.
 */
async function gap({ f, shape = [3, 4], from = -1, to = 1 }: Case): Promise<number> {
  const base = numbers(shape, "x");
  const x: HostArray = {
    data: base.data.map((u) => from + (to - from) * (u + 1) / 2) as Float32Array,
    shape,
  };
  const outputShape = tf.tidy(() => f(toTensor(x)).shape);
  const weights = numbers(outputShape, "weights");
  const gradient = await read(tf.tidy(() => tf.grad(f)(toTensor(x), toTensor(weights))));
  // All shifted inputs are evaluated first and read together: one wait a case, not one an evaluation.
  const h = 0.05;
  const outputs = await Promise.all(
    Array.from(
      x.data,
      (_, i) =>
        Promise.all([-2, -1, 1, 2].map(async (steps) => {
          const shifted = { data: x.data.slice() as Float32Array, shape };
          shifted.data[i] += steps * h;
          const y = await read(tf.tidy(() => f(toTensor(shifted))));
          return y.reduce((total, value, n) => total + value * weights.data[n], 0); // in float64
        })),
    ),
  );
  const scale = Math.max(1, ...gradient.map(Math.abs));
  return outputs.reduce((most, [down2, down1, up1, up2], i) => {
    const difference = (8 * (up1 - down1) - (up2 - down2)) / (12 * h);
    const error = Math.abs(gradient[i] - difference) / scale;
    return Math.max(most, Number.isFinite(error) ? error : Infinity);
  }, 0);
}

// Fifth derivatives of these functions on their intervals stay below 1000 (1/x at 0.5), sums of 24 outputs below 30.
const tolerance = 3e-4;

describe.each(devices)("gradients", (device) => {
  describe.skipIf(device.missing)(titled(device), () => {
    beforeAll(() => open(device));

    it.each([...cases, ...layers].map((c, i) => [c.op, i, c] as const))(
      "%s (case %i) has the gradient of its values",
      async (_op, _i, c) => {
        expect(await gap(c)).toBeLessThan(tolerance);
      },
    );
  });

  describe.skipIf(device.missing)(`negative controls ${titled(device)}`, () => {
    beforeAll(() => open(device));

    it("the check finds the wrong gradient of cumsum off the last axis", async () => {
      // Square, because other shapes make it fail aloud.
      const f = (x: tf.Tensor) => tf.mul(tf.cumsum(x, 0), other([3, 3]));
      expect(await gap({ op: "cumsum", shape: [3, 3], f })).toBeGreaterThan(0.05);
    });

    it("the check finds a gradient that is off by one per cent", async () => {
      const f = (x: tf.Tensor) =>
        tf.customGrad((y) => ({
          value: tf.square(y as tf.Tensor),
          gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.mul(y as tf.Tensor, 2.02)),
        }))(x);
      expect(await gap({ op: "square with a wrong gradient", f })).toBeGreaterThan(3 * tolerance);
    });
  });
});

describe("the allow-list", () => {
  it("has a case for every differentiable operation, and no case is off the list", () => {
    expect([...new Set(cases.map((c) => c.op))].sort()).toEqual([...differentiableOps].sort());
  });

  it("every operation on it exists, and none is also refused", () => {
    for (const op of [...differentiableOps, ...constantOps]) {
      expect(typeof (tf as unknown as Record<string, unknown>)[op], op).toBe("function");
      expect(refusedOps[op], op).toBeUndefined();
    }
  });

  it("no paper's model uses an operation off it", async () => {
    const allowed = new Set<string>([...differentiableOps, ...constantOps]);
    const found: string[] = [];
    for (const { file, text } of await models()) {
      found.push(...offences(text, allowed).map((use) => `${file}: ${use}`));
    }
    expect(found).toEqual([]);
  });

  it("the search for such operations finds them, chained or not", () => {
    const allowed = new Set<string>([...differentiableOps, ...constantOps]);
    expect(offences("const y: tf.Tensor = tf.mul(tf.cumsum(x, 1), 2) // tf.einsum in a comment", allowed))
      .toEqual([
        `tf.cumsum (${refusedOps.cumsum})`,
      ]);
    expect(offences("x.mul(2).cumsum(1); x.matMul(y)", allowed)).toHaveLength(2);
  });
});

/** Uses of operations off the list in a source text; a capital letter begins a type, not an operation. */
function offences(text: string, allowed: ReadonlySet<string>): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  const direct = [...code.matchAll(/\btf\.([a-z]\w*)/g)].map((match) => match[1]).filter((op) =>
    !allowed.has(op)
  );
  const chained = Object.keys(refusedOps).filter((op) => new RegExp(`(?<!\\btf)\\.${op}\\(`).test(code));
  return [
    ...direct.map((op) => `tf.${op} (${refusedOps[op] ?? "no checked gradient"})`),
    ...chained.map((op) => `.${op}()`),
  ];
}

async function models(): Promise<{ file: string; text: string }[]> {
  const lib = new URL("../../lib/", import.meta.url);
  const result = [];
  for await (const entry of Deno.readDir(lib)) {
    const file = `${entry.name}/model.ts`;
    const text = entry.isDirectory
      ? await Deno.readTextFile(new URL(file, lib)).catch(() => undefined)
      : undefined;
    if (text !== undefined) result.push({ file: `lib/${file}`, text });
  }
  return result;
}
