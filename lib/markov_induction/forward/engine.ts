/**
 * @module One sequence through the network and back, on arrays that are allocated once: what `forward`, `lossGradient` and
 * `batchGradient` share. Exact gradients by hand (derived for arXiv 2409.10559, checked by finite differences).
 *
 * With $K_S(l)=\prod_{h\in S}r_h(l)$, $r_h(l)=\langle v^{(h)}_{L+1},v^{(h)}_l\rangle$, scores $s_l=a\sum_Sp_SK_S(l)$, attention $\alpha$ and the pull
 * $g=-\partial\ell/\partial y$: $-\partial\ell/\partial s_l=\beta_l=\alpha_l\langle g,x_l-y\rangle$, $J_S=\sum_l\beta_lK_S(l)$,
 * $-\partial_{c_S}=\frac{2ac_S}C(J_S-\bar J)$, $-\partial_a=\bar J=\sum p_SJ_S$, $-\partial_{r_h(l)}=a\beta_l\sum_{S\ni h}p_SK_{S\setminus h}(l)$.
 */
import { type Mask, subsets } from "../subsets.ts";
import {
  type Architecture,
  checkArchitecture,
  firstKeyOf,
  offsetsOf,
  type Parameters,
} from "./architecture.ts";

/** What the `repo` variant adds to a norm before dividing by it. */
const NORM_SHIFT = 1e-7;

/** Forward and backward passes for sequences of one length. */
export class Engine {
  /** Sets of heads, in the order of c. */
  readonly sets: readonly Mask[];
  /** First key position (1-based). */
  readonly first: number;
  /** Number of keys. */
  readonly keys: number;
  /** Output, [d]. */
  readonly y: Float64Array;
  /** Scores, [keys]. */
  readonly scores: Float64Array;
  /** Attention of layer 2, [keys]. */
  readonly attention: Float64Array;
  /** Matches r_h(l), [keys, H]. */
  readonly matches: Float64Array;
  /** Products K_S(l) by mask, [keys, 2^H]. */
  readonly products: Float64Array;
  /** Outputs of layer 1 (normalised in `repo`), [keys + 1, H, d]; the last row belongs to the query L + 1. */
  readonly values: Float64Array;
  /** Shares p_S, [subsets]. */
  readonly shares: Float64Array;
  /** Positional attention with a full window, [H, M]. */
  readonly sigma: Float64Array;
  /** Drives J_S of the last backward pass, [subsets]. */
  readonly drives: Float64Array;
  readonly #offsets: readonly number[][];
  readonly #norms: Float64Array;
  readonly #rowPull: Float64Array;
  readonly #queryPull: Float64Array;
  readonly #keyPull: Float64Array;
  readonly #byMask: Float64Array;
  #tokens: ArrayLike<number> = [];
  #start = 0;
  #C = 0;

  constructor(readonly architecture: Architecture, readonly L: number) {
    checkArchitecture(architecture);
    const { d, H, M, D } = architecture;
    this.sets = subsets(H, D);
    this.first = firstKeyOf(architecture);
    if (!Number.isInteger(L) || L < this.first) {
      throw new RangeError(`a context must reach the first key position ${this.first}, got L = ${L}`);
    }
    this.keys = L - this.first + 1;
    this.y = new Float64Array(d);
    [this.scores, this.attention] = [new Float64Array(this.keys), new Float64Array(this.keys)];
    this.matches = new Float64Array(this.keys * H);
    this.products = new Float64Array(this.keys << H);
    this.values = new Float64Array((this.keys + 1) * H * d);
    this.#norms = new Float64Array((this.keys + 1) * H);
    [this.shares, this.drives] = [new Float64Array(this.sets.length), new Float64Array(this.sets.length)];
    [this.sigma, this.#rowPull] = [new Float64Array(H * M), new Float64Array(H * M)];
    [this.#queryPull, this.#keyPull] = [new Float64Array(H * d), new Float64Array(d)];
    this.#byMask = new Float64Array(1 << H);
    this.#offsets = Array.from({ length: H }, (_, h) => offsetsOf(architecture, h + 1));
  }

  /** Reads the parameters; call once before the sequences they serve. */
  load(parameters: Parameters): void {
    const { H, M } = this.architecture, { c, w } = parameters;
    if (c.length !== this.sets.length || w.length !== H * M) {
      throw new RangeError(
        `this architecture has ${this.sets.length} coefficients and ${
          H * M
        } positional logits, got ${c.length} and ${w.length}`,
      );
    }
    this.#C = 0;
    for (let s = 0; s < c.length; s++) this.#C += c[s] * c[s];
    if (!(this.#C > 0)) throw new RangeError(`the coefficients must not all be 0: C = ${this.#C}`);
    this.#byMask.fill(0);
    for (let s = 0; s < c.length; s++) {
      this.#byMask[this.sets[s]] = this.shares[s] = c[s] * c[s] / this.#C;
    }
    for (let h = 0; h < H; h++) this.#window(w, h, M, this.sigma, h * M);
  }

  /** Softmax of the first `count` logits of head h, into `out` from `at`; zeros after that. */
  #window(w: Float64Array, h: number, count: number, out: Float64Array, at: number): void {
    const { M } = this.architecture;
    let top = -Infinity, total = 0;
    for (let j = 0; j < count; j++) top = Math.max(top, w[h * M + j]);
    for (let j = 0; j < count; j++) total += out[at + j] = Math.exp(w[h * M + j] - top);
    for (let j = 0; j < count; j++) out[at + j] /= total;
    for (let j = count; j < M; j++) out[at + j] = 0;
  }

  /** Offsets of head h that position l (1-based) has: the first so many of its window. */
  #available(h: number, l: number): number {
    return Math.max(0, Math.min(this.architecture.M, l - this.#offsets[h][0]));
  }

  readonly #cut: Float64Array = new Float64Array(4096);

  /** Weights of head h at position l, as an array and where they start in it. */
  #weights(parameters: Parameters, h: number, available: number): { row: Float64Array; at: number } {
    const { M } = this.architecture;
    if (available === M) return { row: this.sigma, at: h * M };
    this.#window(parameters.w, h, available, this.#cut, 0);
    return { row: this.#cut, at: 0 };
  }

  /** Output of a context x_1..x_L that starts at `start` of `tokens`; `load` first. Fills all public arrays but `drives`. */
  forward(parameters: Parameters, tokens: ArrayLike<number>, start = 0): Float64Array {
    const { d, H, variant } = this.architecture, { first, keys, values, matches, products } = this;
    [this.#tokens, this.#start] = [tokens, start];
    values.fill(0);
    for (let k = 0; k <= keys; k++) {
      const l = first + k; // k = keys is the query L + 1
      for (let h = 0; h < H; h++) {
        const at = (k * H + h) * d, available = this.#available(h, l);
        if (available === 0) continue;
        const { row, at: from } = this.#weights(parameters, h, available);
        const newest = start + l - 1 - this.#offsets[h][0];
        for (let j = 0; j < available; j++) values[at + tokens[newest - j]] += row[from + j];
        if (variant === "repo") {
          let square = 0;
          for (let e = 0; e < d; e++) square += values[at + e] * values[at + e];
          const norm = Math.sqrt(square);
          this.#norms[k * H + h] = norm;
          for (let e = 0; e < d; e++) values[at + e] /= norm + NORM_SHIFT;
        }
      }
    }
    const size = 1 << H, query = keys * H * d;
    let top = -Infinity;
    for (let k = 0; k < keys; k++) {
      const products0 = k * size;
      products[products0] = 1;
      for (let h = 0; h < H; h++) {
        let r = 0;
        for (let e = 0, at = (k * H + h) * d; e < d; e++) r += values[query + h * d + e] * values[at + e];
        matches[k * H + h] = r;
        for (let mask = 0, bit = 1 << h; mask < bit; mask++) {
          products[products0 + bit + mask] = r * products[products0 + mask];
        }
      }
      let score = 0;
      for (let mask = 0; mask < size; mask++) score += this.#byMask[mask] * products[products0 + mask];
      score *= parameters.a;
      this.scores[k] = score;
      if (score > top) top = score;
    }
    let total = 0;
    for (let k = 0; k < keys; k++) total += this.attention[k] = Math.exp(this.scores[k] - top);
    this.y.fill(0);
    for (let k = 0; k < keys; k++) {
      this.attention[k] /= total;
      this.y[tokens[start + first + k - 1]] += this.attention[k];
    }
    return this.y;
  }

  /**
   * Adds the gradient of the loss of the last forward pass, given its pull g = -dl/dy [d], to `c` and `w`, and returns that of a.
   * Also fills `drives`.
   */
  backward(parameters: Parameters, g: ArrayLike<number>, c: Float64Array, w: Float64Array): number {
    const { d, H, M } = this.architecture, { keys, first, sets, products, values, shares, drives } = this;
    const { a } = parameters, size = 1 << H, query = keys * H * d, tokens = this.#tokens, start = this.#start;
    let mean = 0;
    for (let e = 0; e < d; e++) mean += g[e] * this.y[e];
    drives.fill(0);
    this.#queryPull.fill(0);
    this.#rowPull.fill(0);
    for (let k = 0; k < keys; k++) {
      const beta = this.attention[k] * (g[tokens[start + first + k - 1]] - mean);
      if (beta === 0) continue;
      for (let s = 0; s < sets.length; s++) drives[s] += beta * products[k * size + sets[s]];
      for (let h = 0; h < H; h++) {
        let slope = 0;
        for (let mask = 0, bit = 1 << h; mask < size; mask++) {
          if (mask & bit) slope += this.#byMask[mask] * products[k * size + (mask ^ bit)];
        }
        const pull = a * beta * slope, at = (k * H + h) * d;
        for (let e = 0; e < d; e++) {
          this.#queryPull[h * d + e] += pull * values[at + e];
          this.#keyPull[e] = pull * values[query + h * d + e];
        }
        this.#pullWindow(parameters, k, h, this.#keyPull, 0, w);
      }
    }
    for (let h = 0; h < H; h++) this.#pullWindow(parameters, keys, h, this.#queryPull, h * d, w);
    for (let h = 0; h < H; h++) {
      let average = 0;
      for (let j = h * M; j < (h + 1) * M; j++) average += this.sigma[j] * this.#rowPull[j];
      for (let j = h * M; j < (h + 1) * M; j++) w[j] -= this.sigma[j] * (this.#rowPull[j] - average);
    }
    let average = 0;
    for (let s = 0; s < sets.length; s++) average += shares[s] * drives[s];
    for (let s = 0; s < sets.length; s++) {
      c[s] -= 2 * a * parameters.c[s] / this.#C * (drives[s] - average);
    }
    return -average;
  }

  /** Carries a pull on the output of head h at position first + k back to its weights; destroys `pull` from `from`. */
  #pullWindow(
    parameters: Parameters,
    k: number,
    h: number,
    pull: Float64Array,
    from: number,
    w: Float64Array,
  ): void {
    const { d, H, M, variant } = this.architecture, l = this.first + k, available = this.#available(h, l);
    if (available === 0) return;
    if (variant === "repo") {
      // u = v/(n + s): dv = du/(n + s) - v <v, du>/(n (n + s)^2), with v = (n + s) u
      const at = (k * H + h) * d, norm = this.#norms[k * H + h], shifted = norm + NORM_SHIFT;
      let along = 0;
      for (let e = 0; e < d; e++) along += this.values[at + e] * pull[from + e];
      for (let e = 0; e < d; e++) {
        pull[from + e] = pull[from + e] / shifted - this.values[at + e] * along / norm;
      }
    }
    const newest = this.#start + l - 1 - this.#offsets[h][0];
    if (available === M) {
      for (let j = 0; j < M; j++) this.#rowPull[h * M + j] += pull[from + this.#tokens[newest - j]];
      return;
    }
    const { row } = this.#weights(parameters, h, available);
    let average = 0;
    for (let j = 0; j < available; j++) average += row[j] * pull[from + this.#tokens[newest - j]];
    for (let j = 0; j < available; j++) {
      w[h * M + j] -= row[j] * (pull[from + this.#tokens[newest - j]] - average);
    }
  }
}
