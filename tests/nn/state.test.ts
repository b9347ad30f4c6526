import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeState, encodeState, gaussian, initialize, StateError, values } from "../../lib/nn/mod.ts";

const state = {
  note: { step: 3, loss: [[NaN, -0], [Infinity, 0.1]] },
  arrays: {
    "a/w": { data: Float32Array.of(1.5, -0, NaN, Infinity, 1e-45), shape: [5] },
    b: { data: Int32Array.of(-7, 2 ** 31 - 1), shape: [1, 2] },
    empty: { data: new Float32Array(0), shape: [0, 4] },
  },
};

describe("a state as bytes", () => {
  it("comes back bit for bit, with NaN, infinities, minus zero and subnormals", async () => {
    const back = await decodeState(await encodeState(state));
    expect(back).toStrictEqual(state);
    expect(Object.is(back.arrays["a/w"].data[1], -0)).toBe(true);
  });

  it("any float32 pattern survives", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint32Array({ maxLength: 20 }), async (bits) => {
        const data = new Float32Array(bits.slice().buffer);
        const back = await decodeState(
          await encodeState({ note: null, arrays: { x: { data, shape: [data.length] } } }),
        );
        expect(new Uint32Array(back.arrays.x.data.buffer)).toEqual(bits);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("bytes at any offset of a larger buffer are read", async () => {
    const bytes = await encodeState(state);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(await decodeState(larger.subarray(3))).toStrictEqual(state);
  });

  it("one changed bit anywhere, or a missing end, is refused", async () => {
    const bytes = await encodeState(state);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const damaged = bytes.slice();
        damaged[bit >> 3] ^= 1 << (bit & 7);
        await expect(decodeState(damaged)).rejects.toThrow(StateError);
      }),
      { seed: 2, numRuns: 200 },
    );
    for (const length of [0, 3, 40, bytes.length - 1]) {
      await expect(decodeState(bytes.subarray(0, length))).rejects.toThrow(StateError);
    }
  });

  it.each([
    [{ "a/w": [5], b: [1, 2], empty: [0, 4], c: [1] }, 'the saved state has no "c"'],
    [{ "a/w": [5], b: [2, 1], empty: [0, 4] }, 'the saved "b" has shape [1,2], expected [2,1]'],
    [{ "a/w": [5], b: [1, 2] }, 'the saved state has "empty", which is not expected here'],
  ])("a misfit is named: %j", async (shapes, message) => {
    await expect(decodeState(await encodeState(state), shapes)).rejects.toThrow(message);
  });

  it("an array that is not as long as its shape is not written", async () => {
    const arrays = { x: { data: new Float32Array(3), shape: [2] } };
    await expect(encodeState({ note: 0, arrays })).rejects.toThrow('"x" has 3 numbers for shape [2]');
  });
});

describe("initial parameters", () => {
  const tree = () => ({ w: gaussian([40, 50], 0.5), b: values([2], [1, 2]) });

  it("a run's numbers depend on its seed and name alone", () => {
    const three = initialize([5, 6, 5], tree);
    const one = initialize([6], () => ({ other: gaussian([3], 1), w: gaussian([40, 50], 0.5) }));
    expect(three.w.shape).toEqual([3, 40, 50]);
    expect(three.w.data.slice(2000, 4000)).toEqual(one.w.data);
    expect(three.w.data.slice(4000)).toEqual(three.w.data.slice(0, 2000));
    expect(three.w.data.slice(2000, 4000)).not.toEqual(three.w.data.slice(0, 2000));
    expect(Array.from(three.b.data)).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it("Gaussian entries have the standard deviation asked for", () => {
    const data = Array.from(initialize([1], tree).w.data);
    const sd = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
    expect(Math.abs(sd - 0.5)).toBeLessThan(4 * 0.5 / Math.sqrt(2 * data.length)); // four standard errors
  });

  it("runs of different shapes are refused by name", () => {
    expect(() => initialize([1, 2], (run) => ({ w: gaussian([2 + run], 1) }))).toThrow(
      '"w" has shape [3] in run 1, [2] in run 0',
    );
  });
});
