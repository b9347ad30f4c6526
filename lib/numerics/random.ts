/**
 * Random streams: every random number of the suite comes from here.
 *
 * `stream(seed, "task", run, step)` names a stream; the name alone decides its numbers, so batches can be drawn in
 * any order, in parallel, or again after an interruption. Streams with different names are independent.
 *
 * ```ts
 * import { stream } from "@trained/proved/numerics";
 * const weights = stream(7, "initial weights", 0).fillNormal(new Float32Array(1024), 0.02);
 * const tokens = stream(7, "batch", 12).permutation(10);
 * ```
 *
 * **What is promised.** A fill equals the same number of single calls (rounded to the array's precision), however
 * it is cut into chunks; `restore(state())` continues as if never interrupted; `child(...path)` does not depend on
 * what the parent has drawn. Integer results are identical everywhere; the others use `Math.log` and `Math.exp`,
 * whose last bit may differ between JavaScript engines.
 *
 * @module
 */

import { dirichletDraw, gammaDraw } from "./gamma.ts";
import { fillNormal, standardNormal } from "./normal.ts";
import { extendIdentity, type PathPart, seedIdentity, type StreamIdentity } from "./stream_identity.ts";
import { WordStream } from "./word_stream.ts";

/** Everything needed to continue a stream: plain JSON. */
export interface RandomState {
  /** Names the generator, so that a record made by another one is refused. */
  readonly algorithm: "philox4x32-10";
  /** Which stream: four unsigned 32-bit words. */
  readonly identity: StreamIdentity;
  /** Words read so far. */
  readonly position: number;
}

const TWO_32 = 2 ** 32;

function requireThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new RangeError(sentence);
}

/** One stream of random numbers; made by {@link stream}. */
export class RandomStream {
  readonly #words: WordStream;

  /** Prefer {@link stream}: a stream is named by a seed and a path, this takes the identity they hash to. */
  constructor(identity: StreamIdentity, position = 0) {
    this.#words = new WordStream(identity, position);
  }

  /** A multiple of $2^{-53}$, uniform on $[0, 1)$. Reads two words. */
  uniform(): number {
    return this.#words.nextUniform();
  }

  /** A draw from $N(\text{mean}, \text{sd}^2)$. @throws RangeError if `sd` is negative or NaN */
  normal(mean = 0, sd = 1): number {
    requireThat(sd >= 0, `a standard deviation must be >= 0, got ${sd}`);
    return mean + sd * standardNormal(this.#words);
  }

  /** -1 or 1 with probability one half each. Reads one word. */
  sign(): -1 | 1 {
    return this.#words.next() < 0 ? -1 : 1;
  }

  /** A whole number uniform on $\{0, …, n-1\}$, without bias. @throws RangeError unless 1 <= n <= 2^53, whole */
  integer(n: number): number {
    requireThat(
      Number.isInteger(n) && n >= 1 && n <= 2 ** 53,
      `integer(n) needs a whole n between 1 and 2^53, got ${n}`,
    );
    if (n <= TWO_32) {
      // Words at or above the last full multiple of n are drawn again: what is left covers each residue equally.
      const limit = TWO_32 - (TWO_32 % n);
      for (;;) {
        const word = this.#words.next() >>> 0;
        if (word < limit) return word % n;
      }
    }
    const limit = 2 ** 53 - (2 ** 53 % n);
    for (;;) {
      const wide = this.#words.nextUniform() * 2 ** 53;
      if (wide < limit) return wide % n;
    }
  }

  /** A draw from the exponential distribution of mean 1. */
  exponential(): number {
    return -Math.log(this.#words.nextOpenUniform());
  }

  /**
   * A draw from Gamma(shape, scale), density $\propto x^{k-1} e^{-x/\theta}$ (Marsaglia & Tsang 2000).
   *
   * @throws RangeError unless both are positive and finite
   */
  gamma(shape: number, scale = 1): number {
    requireThat(shape > 0 && shape < Infinity, `a gamma shape must be positive and finite, got ${shape}`);
    requireThat(scale > 0 && scale < Infinity, `a gamma scale must be positive and finite, got ${scale}`);
    return scale * gammaDraw(this.#words, shape);
  }

  /**
   * A draw from Dirichlet(alpha): non-negative, summing to 1, and finite however small alpha is.
   *
   * @param out receives the draw and is returned
   * @throws RangeError for an empty alpha, an entry below 1e-300 or infinite, or an `out` of another length
   */
  dirichlet(alpha: ArrayLike<number>, out: Float64Array = new Float64Array(alpha.length)): Float64Array {
    requireThat(alpha.length > 0, "a Dirichlet distribution needs at least one alpha, got none");
    requireThat(out.length === alpha.length, `out has ${out.length} entries for ${alpha.length} alphas`);
    for (let i = 0; i < alpha.length; i++) {
      requireThat(
        alpha[i] >= 1e-300 && alpha[i] < Infinity,
        `alpha[${i}] must be at least 1e-300 and finite, got ${alpha[i]}`,
      );
    }
    return dirichletDraw(this.#words, alpha, out);
  }

  /**
   * Index `i` with probability $p_i / \sum_j p_j$; an entry that is 0 is never returned.
   *
   * @throws RangeError if an entry is negative or not finite, or if they sum to 0
   */
  categorical(p: ArrayLike<number>): number {
    let total = 0, last = -1;
    for (let i = 0; i < p.length; i++) {
      requireThat(p[i] >= 0 && p[i] < Infinity, `p[${i}] must be >= 0 and finite, got ${p[i]}`);
      if (p[i] > 0) last = i;
      total += p[i];
    }
    requireThat(
      total > 0 && total < Infinity,
      `categorical(p) needs weights with a positive finite sum, got ${total}`,
    );
    let left = this.#words.nextUniform() * total;
    for (let i = 0; i < last; i++) {
      if (left < p[i]) return i;
      left -= p[i];
    }
    return last;
  }

  /** A uniformly random order of $0, …, n-1$ (Fisher-Yates). @throws RangeError unless n is whole and >= 0 */
  permutation(n: number): Int32Array {
    requireThat(
      Number.isInteger(n) && n >= 0 && n < 2 ** 31,
      `permutation(n) needs a whole n >= 0, got ${n}`,
    );
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** Fills with `low + (high - low) * uniform()`; rounding to float32 may give `high` itself. Returns `out`. */
  fillUniform<T extends Float32Array | Float64Array>(out: T, low = 0, high = 1): T {
    requireThat(low <= high, `fillUniform needs low <= high, got ${low} and ${high}`);
    const words = this.#words, span = high - low;
    for (let i = 0; i < out.length; i++) out[i] = low + span * words.nextUniform();
    return out;
  }

  /** Fills with `normal(mean, sd)`: note the order here, `sd` first. Returns `out`. */
  fillNormal<T extends Float32Array | Float64Array>(out: T, sd = 1, mean = 0): T {
    requireThat(sd >= 0, `a standard deviation must be >= 0, got ${sd}`);
    fillNormal(this.#words, out, sd, mean);
    return out;
  }

  /** Fills with `scale * sign()`. Returns `out`. */
  fillSign<T extends Float32Array | Float64Array>(out: T, scale = 1): T {
    const words = this.#words;
    for (let i = 0; i < out.length; i++) out[i] = words.next() < 0 ? -scale : scale;
    return out;
  }

  /** The substream reached by `path`: `stream(s, "a").child("b", 3)` is `stream(s, "a", "b", 3)` at its start. */
  child(...path: PathPart[]): RandomStream {
    requireThat(path.length > 0, "child() needs at least one name: without one it would repeat its parent");
    return new RandomStream(extendIdentity(this.#words.identity, path));
  }

  /** What {@link RandomStream.restore} needs to continue from here. */
  state(): RandomState {
    const { identity, position } = this.#words;
    return { algorithm: "philox4x32-10", identity: [...identity], position };
  }

  /**
   * Moves this stream to a saved position.
   *
   * @throws RangeError if the state was saved by another stream or generator, or is damaged
   */
  restore(state: RandomState): void {
    const { identity } = this.#words;
    requireThat(
      state?.algorithm === "philox4x32-10",
      `a saved random state must come from philox4x32-10, got ${state?.algorithm}`,
    );
    requireThat(
      identity.every((word, i) => word === state.identity?.[i]),
      "this random state was saved by another stream: open the stream with the same seed and path, then restore",
    );
    requireThat(
      Number.isSafeInteger(state.position) && state.position >= 0,
      `a saved random state's position must be a whole number >= 0, got ${state.position}`,
    );
    this.#words.position = state.position;
  }
}

/**
 * Opens the random stream named by a seed and a path.
 *
 * @param seed any whole number; `5` and `5n` are the same seed, and 0, negatives and 2^32 are seeds like any other
 * @param path strings and numbers; `"1"` and `1` are different, and so are `("a", "b")` and `("ab")`
 * @throws RangeError for a fractional or unsafe seed, TypeError for a path part that cannot name anything
 */
export function stream(seed: number | bigint, ...path: PathPart[]): RandomStream {
  return new RandomStream(extendIdentity(seedIdentity(seed), path));
}
