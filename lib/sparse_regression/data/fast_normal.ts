/**
 * @module Standard normals in float32 by the hundred million a second, for training batches that a GPU waits for.
 *
 * Doty-Humphrey's sfc32 generator (three words of state and a counter) feeds a 256-layer ziggurat (Marsaglia & Tsang
 * 2000): one 32-bit word a normal, 8 bits for the layer and 24 for the signed position, which is float32's own
 * resolution. It is seeded by 96 bits of a named stream of numerics, whose Philox blocks are several times slower here.
 */
import type { RandomStream } from "../../numerics/mod.ts";

const LAYERS = 256;
/** Where the tail begins and the area of a layer, for 256 layers under e^{-x^2/2} (Marsaglia & Tsang 2000). */
const TAIL = 3.6541528853610088, AREA = 0.00492867323399;
const POSITIONS = 2 ** 23;

const width = new Float64Array(LAYERS),
  accept = new Int32Array(LAYERS),
  density = new Float64Array(LAYERS + 1);
{
  const f = (x: number) => Math.exp(-0.5 * x * x);
  const edge = new Float64Array(LAYERS + 1); // decreasing, the last is 0
  edge[0] = AREA / f(TAIL);
  edge[1] = TAIL;
  for (let i = 2; i < LAYERS; i++) edge[i] = Math.sqrt(-2 * Math.log(f(edge[i - 1]) + AREA / edge[i - 1]));
  for (let i = 0; i < LAYERS; i++) {
    width[i] = edge[i] / POSITIONS;
    accept[i] = Math.floor((edge[i + 1] / edge[i]) * POSITIONS);
    density[i] = f(edge[i]);
  }
  density[LAYERS] = 1;
}

/** A fast source of float32 normals, signs and small integers, wholly determined by the stream that seeds it. */
export class FastNormal {
  readonly #state = new Int32Array(4);

  /** Takes three words from `random` as the state and steps it until they are mixed. */
  constructor(random: RandomStream) {
    for (let i = 0; i < 3; i++) this.#state[i] = random.integer(2 ** 32);
    this.#state[3] = 1;
    for (let i = 0; i < 15; i++) this.word();
  }

  /** The next 32 bits. */
  word(): number {
    const s = this.#state;
    const t = (s[0] + s[1] + s[3]) | 0;
    s[3] = (s[3] + 1) | 0;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = (s[2] + (s[2] << 3)) | 0;
    s[2] = (((s[2] << 21) | (s[2] >>> 11)) + t) | 0;
    return t;
  }

  /** A whole number in 0..n-1; its bias is below n 2^-32. */
  below(n: number): number {
    return Math.floor((this.word() >>> 0) * n * 2 ** -32);
  }

  /** One normal. */
  normal(): number {
    const word = this.word(), layer = word & 255, position = word >> 8;
    return Math.abs(position) < accept[layer] ? position * width[layer] : this.#settle(layer, position);
  }

  /** A draw that missed the fast path: the tail, the wedge under the curve, or a fresh draw. */
  #settle(layer: number, position: number): number {
    const uniform = () => ((this.word() >>> 0) + 0.5) * 2 ** -32;
    if (layer === 0) {
      for (;;) {
        const x = -Math.log(uniform()) / TAIL, y = -Math.log(uniform());
        if (2 * y > x * x) return position < 0 ? -(TAIL + x) : TAIL + x;
      }
    }
    const x = position * width[layer];
    const height = density[layer] + uniform() * (density[layer + 1] - density[layer]);
    return height < Math.exp(-0.5 * x * x) ? x : this.normal();
  }

  /**
   * Fills rows of normals: entry (i, j) goes to `out[offset + i * stride + j]`, i < rows, j < columns.
   * The generator is written out in the loop: calls would cost more than the draws. Local names of the tables and a sign
   * without a branch halve the time.
   */
  fillRows(out: Float32Array, offset: number, rows: number, columns: number, stride: number): void {
    const state = this.#state, limit = accept, unit = width;
    let a = state[0], b = state[1], c = state[2], counter = state[3];
    for (let i = 0; i < rows; i++) {
      const start = offset + i * stride, end = start + columns;
      for (let at = start; at < end; at++) {
        const word = (a + b + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + word) | 0;
        const layer = word & 255, position = word >> 8;
        if (Math.abs(position) < limit[layer]) {
          out[at] = position * unit[layer];
        } else {
          state[0] = a, state[1] = b, state[2] = c, state[3] = counter;
          out[at] = this.#settle(layer, position);
          a = state[0], b = state[1], c = state[2], counter = state[3];
        }
      }
    }
    state[0] = a, state[1] = b, state[2] = c, state[3] = counter;
  }
}
