import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import { drawPrompt, promptTokens } from "../../lib/sparse_regression/data.ts";
import {
  type Architecture,
  type AttentionKind,
  forward,
  parameterShapes,
  type TransformerParameters,
  withoutHead,
  zeroParameters,
} from "../../lib/sparse_regression/forward.ts";

const d = 3, n = 6, q = 2;
const architecture = (attention: AttentionKind): Architecture => ({
  d,
  width: 5,
  attention,
  layers: [
    { heads: 2, keyWidth: 3, valueWidth: 2 },
    { heads: 1, keyWidth: 2, valueWidth: 4, skip: [1, 0, 1, 0.5, 1] },
    { heads: 3, keyWidth: 1, valueWidth: 1 },
  ],
});

function randomParameters(shape: Architecture, seed = 1): TransformerParameters {
  const parameters = zeroParameters(shape);
  for (const [name, { data }] of Object.entries(parameters)) stream(seed, name).fillNormal(data, 0.4);
  return parameters;
}

const tokens = promptTokens(drawPrompt({ d, s: 2, sigma: 0.5, prior: "gau" }, { n, q }, stream(4, "prompt")));
const rows = (matrix: ArrayLike<number>, width: number) =>
  Array.from(
    { length: matrix.length / width },
    (_, i) => Array.from(matrix).slice(i * width, (i + 1) * width),
  );

/** The definition with nested arrays, one pair of tokens at a time. */
function byDefinition(shape: Architecture, parameters: TransformerParameters): number[] {
  const weight = (name: string, h: number) => {
    const { data, shape: [, from, to] } = parameters[name];
    return rows(data.slice(h * from * to, (h + 1) * from * to), to);
  };
  const times = (x: number[], W: number[][]) =>
    W[0].map((_, o) => x.reduce((sum, v, i) => sum + v * W[i][o], 0));
  let Z = rows(tokens, d + 1).map((x) =>
    times(x, rows(parameters["embedding.weight"].data, 5)).map((z, i) =>
      z + parameters["embedding.bias"].data[i]
    )
  );
  shape.layers.forEach((layer, index) => {
    const name = `layer${index + 1}`;
    Z = Z.map((z) => {
      let next = z.map((value, i) => value * (layer.skip?.[i] ?? 1));
      for (let h = 0; h < layer.heads; h++) {
        const query = times(z, weight(`${name}.query`, h)), context = Z.slice(0, n);
        const scores = context.map((c) =>
          times(c, weight(`${name}.key`, h)).reduce((sum, k, i) => sum + k * query[i], 0)
        );
        const powers = scores.map((score) => Math.exp(score / Math.sqrt(layer.keyWidth)));
        const total = powers.reduce((a, b) => a + b, 0);
        context.forEach((c, i) => {
          const update = times(times(c, weight(`${name}.value`, h)), weight(`${name}.output`, h));
          const share = shape.attention === "linear" ? scores[i] / n : powers[i] / total;
          next = next.map((value, k) => value + share * update[k]);
        });
      }
      return next;
    });
  });
  return Z.map((z) => times(z, rows(parameters["readout"].data, 1))[0]);
}

describe.each(["linear", "softmax"] as const)("the %s transformer", (attention) => {
  const shape = architecture(attention), parameters = randomParameters(shape);
  const run = (input: ArrayLike<number>, context: number | ArrayLike<number> = n) =>
    forward(shape, parameters, input, context).output;
  const output = run(tokens);

  it("equals its definition, one pair of tokens at a time", () => {
    byDefinition(shape, parameters).forEach((value, t) => expect(output[t]).toBeCloseTo(value, 11)); // rounding only
  });

  it("predictions do not depend on other queries", () => {
    const other = Float64Array.from(tokens);
    for (let i = (n + 1) * (d + 1); i < other.length; i++) other[i] = 7; // the second query
    expect(run(other).slice(0, n + 1)).toEqual(output.slice(0, n + 1));
    expect(run(other)[n + 1]).not.toBeCloseTo(output[n + 1], 3);
  });

  it("is unchanged by a permutation of the context, and changed when queries join it", () => {
    const order = [3, 0, 5, 1, 4, 2, 6, 7], table = rows(tokens, d + 1);
    const shuffled = run(order.flatMap((i) => table[i]));
    order.forEach((from, to) => expect(shuffled[to]).toBeCloseTo(output[from], 12));
    expect(Math.abs(run(tokens, n + q)[n] - output[n])).toBeGreaterThan(1e-3);
  });

  it("a mask selects the same context wherever it stands, and padding has no influence", () => {
    const table = rows(tokens, d + 1), padding = [9, 9, 9, 9];
    const input = [table[6], table[0], padding, ...table.slice(1, 6), table[7], padding].flat();
    const masked = run(input, [0, 0.2, 0, 1, 1, 1, 1, 1, 0, 0]); // any number but 0 counts
    expect(masked[0]).toBeCloseTo(output[6], 12);
    expect(masked[8]).toBeCloseTo(output[7], 12);
  });

  it("a head of gain 0 is a head whose output weights are 0", () => {
    const removed = forward(shape, withoutHead(parameters, 2, 1), tokens, n).output;
    expect(forward(shape, parameters, tokens, n, { gain: [[1, 1], [1], [1, 0, 1]] }).output).toEqual(removed);
    expect(Math.abs(removed[n] - output[n])).toBeGreaterThan(1e-6);
  });

  it("records the stream before the first layer and after each", () => {
    const { streams } = forward(shape, parameters, tokens, n, { record: true });
    expect(streams).toHaveLength(4);
    const last = rows(streams![3], 5).map((z) =>
      z.reduce((sum, v, i) => sum + v * parameters.readout.data[i], 0)
    );
    last.forEach((value, t) => expect(value).toBeCloseTo(output[t], 12));
  });
});

describe("special cases", () => {
  it("linear attention does not depend on how often the context is repeated, thanks to 1/n", () => {
    const shape = architecture("linear"), parameters = randomParameters(shape), table = rows(tokens, d + 1);
    const twice = [...table.slice(0, n), ...table].flat();
    const once = forward(shape, parameters, tokens, n).output;
    expect(forward(shape, parameters, twice, 2 * n).output[2 * n]).toBeCloseTo(once[n], 12);
  });

  it("softmax attention with zero queries is the mean of the values", () => {
    const shape: Architecture = {
      d: 1,
      width: 2,
      attention: "softmax",
      layers: [{ heads: 1, keyWidth: 1, valueWidth: 1 }],
    };
    const parameters = zeroParameters(shape);
    parameters["embedding.weight"].data.set([1, 0, 0, 1]);
    parameters["layer1.value"].data.set([0, 1]); // reads y
    parameters["layer1.output"].data.set([1, 0]); // adds to x
    parameters["readout"].data.set([1, 0]);
    expect(forward(shape, parameters, [5, 1, 6, 3, 7, 0], 2).output[2]).toBeCloseTo(7 + 2, 12);
  });

  it("softmax survives scores that overflow the exponential", () => {
    const shape = architecture("softmax"), parameters = randomParameters(shape);
    parameters["layer1.query"].data.forEach((_, i, data) => data[i] *= 1e4);
    expect(forward(shape, parameters, tokens, n).output.every(Number.isFinite)).toBe(true);
  });

  it("the layout names every array and its shape", () => {
    expect(parameterShapes({ ...architecture("linear"), layers: [{ heads: 2, keyWidth: 3, valueWidth: 4 }] }))
      .toEqual({
        "embedding.weight": [4, 5],
        "embedding.bias": [5],
        "layer1.query": [2, 5, 3],
        "layer1.key": [2, 5, 3],
        "layer1.value": [2, 5, 4],
        "layer1.output": [2, 4, 5],
        "readout": [5, 1],
      });
  });

  it("refuses what does not fit", () => {
    const shape = architecture("linear"), parameters = randomParameters(shape);
    const { readout: _, ...incomplete } = parameters;
    expect(() => forward(shape, incomplete, tokens, n)).toThrow("parameter readout is missing");
    expect(() => forward({ ...shape, width: 6 }, parameters, tokens, n)).toThrow("must have");
    expect(() => forward(shape, parameters, tokens.slice(1), n)).toThrow("whole number of rows of 4");
    expect(() => forward(shape, parameters, tokens, 0)).toThrow("between 1 and T = 8");
    expect(() => forward(shape, parameters, tokens, [1])).toThrow("mask must have T = 8 entries, got 1");
    expect(() => withoutHead(parameters, 1, 1)).toThrow("layer 1 has heads 0..0, got 1");
  });
});
