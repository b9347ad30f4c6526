/** @module The float64 network: its gradients are exact, and its structure is the one the theory assumes. */
import { describe, expect, test } from "vitest";
import {
  backward,
  forward,
  initialParameters,
  type NetworkShape,
  parameterLayout,
} from "../../lib/infinite_limits/forward.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { distance } from "./shared.ts";

const scales = parametrise({ N: 3, H: 2, L: 2, alphaA: 0.7, alphaL: 0.8, beta0: 1.5, gamma0: 1.2 });
const shapes: Record<string, NetworkShape> = {
  "the reference model": { scales, features: 4, tokens: 3 },
  "rms normalisation and a causal mask": {
    scales,
    features: 4,
    tokens: 3,
    architecture: { layerNorm: "rms", causal: true, finalNorm: true },
  },
  "a vision transformer": {
    scales,
    features: 4,
    tokens: 3,
    outputs: 3,
    architecture: { layerNorm: "full", mlp: true, finalNorm: true, positional: true },
  },
  "a language model": {
    scales,
    features: 4,
    tokens: 3,
    outputs: 4,
    pool: "token",
    architecture: { layerNorm: "full", mlp: true, finalNorm: true, positional: true, causal: true },
  },
};
const inputs = stream(5).fillNormal(new Float64Array(2 * 3 * 4));

describe.each(Object.entries(shapes))("%s", (_, shape) => {
  const parameters = initialParameters(shape, stream(6));
  const trace = forward(shape, parameters, inputs);
  const cotangents = stream(7).fillNormal(new Float64Array(trace.outputs.length));
  const gradients = backward(shape, parameters, trace, cotangents).parameters;
  const objective = () => {
    const { outputs } = forward(shape, parameters, inputs);
    return outputs.reduce((sum, f, i) => sum + cotangents[i] * f, 0);
  };

  test.each(parameterLayout(shape).map(({ name }) => name))(
    "the gradient of %s is that of finite differences",
    (name) => {
      const weight = parameters[name],
        direction = stream(8, name).fillNormal(new Float64Array(weight.length));
      const scale = Math.sqrt(weight.length), start = weight.slice();
      const at = (step: number) => {
        weight.forEach((_, i) => weight[i] = start[i] + step * direction[i]);
        return objective();
      };
      const h = 1e-4;
      const numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      weight.set(start);
      const exact = gradients[name].reduce((sum, g, i) => sum + g * direction[i], 0);
      // Fourth-order differences: truncation h^4, rounding 1e-16 / h.
      expect(Math.abs(numeric - exact)).toBeLessThan(3e-10 * scale);
      expect(Math.abs(exact)).toBeGreaterThan(1e-6); // not vacuous
    },
  );

  test("its layout names every weight once, with matching shapes", () => {
    const layout = parameterLayout(shape);
    expect(new Set(layout.map(({ name }) => name)).size).toBe(layout.length);
    for (const { name, shape: [a, b] } of layout) expect(parameters[name].length).toBe(a * b);
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(parameters).sort());
  });
});

describe("structure", () => {
  test("a causal network's early outputs ignore later tokens, and a network without mask does not", () => {
    const shape = shapes["a language model"];
    const changed = inputs.slice();
    for (let i = 0; i < 4; i++) changed[2 * 4 + i] += 1; // last token of the first sequence
    const run = (causal: boolean, x: Float64Array) => {
      const s = { ...shape, architecture: { ...shape.architecture, causal } };
      return forward(s, initialParameters(s, stream(6)), x).outputs.slice(0, 2 * 4);
    };
    expect(distance(run(true, changed), run(true, inputs))).toBe(0);
    expect(distance(run(false, changed), run(false, inputs))).toBeGreaterThan(1e-6);
  });

  test("permuting heads permutes nothing else: the function stays the same", () => {
    const shape = shapes["the reference model"], parameters = initialParameters(shape, stream(6));
    const before = forward(shape, parameters, inputs).outputs;
    const d = 6, N = 3;
    for (let l = 0; l < 2; l++) {
      for (const kind of ["query", "key", "value"]) {
        const w = parameters[`block${l}.${kind}`];
        for (let i = 0; i < d; i++) {
          const row = w.slice(i * d, (i + 1) * d);
          for (let j = 0; j < d; j++) w[i * d + j] = row[(j + N) % d];
        }
      }
      const o = parameters[`block${l}.output`], copy = o.slice();
      for (let j = 0; j < d; j++) o.set(copy.subarray(((j + N) % d) * d, ((j + N) % d + 1) * d), j * d);
    }
    expect(distance(forward(shape, parameters, inputs).outputs, before)).toBeLessThan(1e-14);
  });

  test("every attention row is a probability distribution over the allowed tokens", () => {
    const shape = shapes["a language model"],
      { blocks } = forward(shape, initialParameters(shape, stream(6)), inputs);
    for (const { heads } of blocks) {
      for (let row = 0; row < heads.attention.length / 3; row++) {
        const weights = [...heads.attention.subarray(row * 3, row * 3 + 3)];
        expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
        weights.forEach((w, j) => j > row % 3 ? expect(w).toBe(0) : expect(w).toBeGreaterThan(0));
      }
    }
  });

  test("infinite width and ragged inputs are refused", () => {
    const infinite = parametrise({ N: Infinity, H: 1, L: 1 });
    expect(() => parameterLayout({ scales: infinite, features: 4, tokens: 3 })).toThrow("finite N and H");
    const shape = shapes["the reference model"];
    expect(() => forward(shape, initialParameters(shape, stream(6)), new Float64Array(13))).toThrow(
      "got 13 numbers",
    );
  });
});
