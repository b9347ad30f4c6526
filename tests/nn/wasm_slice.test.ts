import { beforeAll, describe, expect, it } from "vitest";
import { halfMeanSquare, matMul, openDevice, tf, toTensor } from "../../lib/nn/mod.ts";
import { withGradient } from "../../lib/nn/custom_gradient.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { distance, numbers, read } from "./support.ts";

describe("slices on WebAssembly", () => {
  beforeAll(() => openDevice("wasm"));

  it("take the numbers that the definition names, for any rank up to 5", async () => {
    const random = stream(3, "slices");
    for (let i = 0; i < 300; i++) {
      const rank = 1 + random.integer(5),
        shape = Array.from({ length: rank }, () => 1 + random.integer(i % 3 ? 4 : 12));
      const begin = shape.map((size) => random.integer(size));
      const size = shape.map((whole, axis) => 1 + random.integer(whole - begin[axis]));
      const x = numbers(shape, i), want: number[] = [];
      for (let at = 0; at < x.data.length; at++) {
        let rest = at, inside = true;
        for (let axis = rank - 1; axis >= 0; axis--) {
          const index = rest % shape[axis];
          rest = Math.floor(rest / shape[axis]);
          inside &&= index >= begin[axis] && index < begin[axis] + size[axis];
        }
        if (inside) want.push(x.data[at]);
      }
      expect(await read(tf.tidy(() => tf.slice(toTensor(x), begin, size))), `${shape} ${begin} ${size}`)
        .toEqual(want);
    }
  });

  it("keep whole numbers whole, take -1 as all that is left, and refuse what is outside", async () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32");
    const tail = tf.slice(x, [0, 1], [-1, -1]);
    expect([tail.dtype, tail.shape]).toEqual(["int32", [2, 2]]);
    expect(await read(tail)).toEqual([2, 3, 5, 6]);
    expect(() => tf.slice(x, [0, 2], [2, 2])).toThrow();
    const words = tf.tensor1d(["a", "b", "c"], "string"), one = tf.slice(words, [1], [1]);
    expect(Array.from(await one.data() as unknown as string[])).toEqual(["b"]);
    tf.dispose([x, words, one]);
  });
});

describe("gradients computed on demand", () => {
  beforeAll(() => openDevice("wasm"));

  it("an operand that needs none is not asked for one", () => {
    const asked: string[] = [];
    tf.tidy(() => {
      const product = (a: tf.Tensor, b: tf.Tensor) =>
        withGradient({ a, b }, (save) => {
          save([a, b]);
          return tf.mul(a, b);
        }, (dy, [u, v]) => ({
          a: () => (asked.push("a"), tf.mul(dy, v)),
          b: () => (asked.push("b"), tf.mul(dy, u)),
        }));
      const data = tf.tensor1d([1, 2]);
      tf.grad((b: tf.Tensor) => tf.sum(product(data, b)))(tf.tensor1d([3, 4]));
      expect(asked).toEqual(["b"]);
      tf.grad((a: tf.Tensor) => tf.sum(product(a, data)))(tf.tensor1d([3, 4]));
      expect(asked).toEqual(["b", "a"]);
    });
  });

  it("nothing is kept: products and their gradients leave as many tensors as there were", () => {
    const [a, b] = [toTensor(numbers([3, 4])), toTensor(numbers([4, 5]))], before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) tf.tidy(() => void tf.grads((x, y) => tf.sum(matMul(x, y)))([a, b]));
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([a, b]);
  });

  it("half the mean square has the gradient of the operations it stands for", async () => {
    const error = toTensor(numbers([2, 5, 3])), weights = tf.tensor1d([2, -1]);
    const plain = (e: tf.Tensor) => tf.mul(tf.mean(tf.square(tf.reshape(e, [2, -1])), 1), 1.5);
    const gradient = (f: (e: tf.Tensor) => tf.Tensor) =>
      read(tf.tidy(() => tf.grad((e: tf.Tensor) => tf.sum(tf.mul(weights, f(e))))(error)));
    expect(
      distance(await read(tf.tidy(() => halfMeanSquare(error, 3))), await read(tf.tidy(() => plain(error)))),
    )
      .toBeLessThan(1e-6); // 15 terms below 1
    expect(distance(await gradient((e) => halfMeanSquare(e, 3)), await gradient(plain))).toBeLessThan(1e-6);
    tf.dispose([error, weights]);
  });
});
