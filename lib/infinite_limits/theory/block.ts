/**
 * @module One transformer block in the mean-field limit (or at exactly simulated finite size): forward, backward, learn.
 */
import type { Architecture } from "../fields/architecture.ts";
import { type Rows, rows } from "../fields/dense.ts";
import { clear, GaussianMatrix, Side } from "./gaussian_matrix.ts";
import { gelu, geluDerivative } from "../fields/gelu.ts";
import { attentionOver, type HeadOptions, type Heads } from "../fields/attention.ts";
import { addBackward, normalise } from "../fields/normalisation.ts";
import type { Population } from "./population.ts";

/** Scratch shared by all blocks: fields whose values do not outlive one call. */
export class Scratch {
  readonly residual: Rows[];
  readonly head: Rows[];
  readonly hidden: Rows[];

  constructor(tokens: number, residual: number, head: number, hidden: number) {
    const fields = (count: number, stride: number) =>
      Array.from({ length: count }, () => rows(new Float64Array(tokens * stride), tokens, stride));
    this.residual = fields(4, residual);
    this.head = fields(6, head);
    this.hidden = hidden > 0 ? fields(3, hidden) : [];
  }
}

/** What a block needs to know. */
export interface BlockOptions {
  readonly architecture: Required<Architecture>;
  readonly heads: HeadOptions;
  /** beta. */
  readonly branchScale: number;
  readonly response: boolean;
  /** Learning rates relative to the embedding's. */
  readonly multiplier: Readonly<Record<"query" | "key" | "value" | "output" | "up" | "down", number>>;
}

/** See the module's text. Populations: the residual stream's (shared), the heads', the MLP's hidden layer's. */
export class Block {
  readonly heads: Heads;
  readonly #q: Rows;
  readonly #k: Rows;
  readonly #v: Rows;
  readonly #preactivation: Rows | undefined;
  readonly #rms: Float64Array;
  readonly #rmsMlp: Float64Array;
  readonly #sides: Record<"input" | "query" | "key" | "value" | "attended" | "output", Side>;
  readonly #mlpSides: Record<"input" | "up" | "activation" | "down", Side> | undefined;
  readonly #matrices: Record<"query" | "key" | "value" | "output", GaussianMatrix>;
  readonly #mlpMatrices: Record<"up" | "down", GaussianMatrix> | undefined;

  constructor(
    readonly options: BlockOptions,
    readonly tokens: number,
    readonly residual: Population,
    readonly head: Population,
    readonly hidden: Population | undefined,
    readonly scratch: Scratch,
  ) {
    const field = (population: Population) =>
      rows(new Float64Array(tokens * population.capacity), tokens, population.capacity);
    this.heads = attentionOver(head, options.heads);
    [this.#q, this.#k, this.#v] = [field(head), field(head), field(head)];
    this.#rms = new Float64Array(tokens);
    this.#rmsMlp = new Float64Array(tokens);
    const side = (population: Population) => new Side(population, tokens);
    const s = this.#sides = {
      input: side(residual),
      query: side(head),
      key: side(head),
      value: side(head),
      attended: side(head),
      output: side(residual),
    };
    // Queries and keys change sign together, values and their gradients too, so the two families never correlate.
    const matrix = (input: Side, output: Side, family: string) =>
      new GaussianMatrix(input, output, options.response, [family, family]);
    this.#matrices = {
      query: matrix(s.input, s.query, "query-key"),
      key: matrix(s.input, s.key, "query-key"),
      value: matrix(s.input, s.value, "value-output"),
      output: matrix(s.attended, s.output, "value-output"),
    };
    if (hidden !== undefined) {
      this.#preactivation = field(hidden);
      const m = this.#mlpSides = {
        input: side(residual),
        up: side(hidden),
        activation: side(hidden),
        down: side(residual),
      };
      this.#mlpMatrices = {
        up: matrix(m.input, m.up, "hidden"),
        down: matrix(m.activation, m.down, "hidden"),
      };
    }
  }

  /** h <- h + beta MHSA(LN h), then h <- h + beta MLP(LN h). */
  forward(h: Rows): void {
    const { layerNorm } = this.options.architecture;
    const [bar, out, work] = this.scratch.residual;
    const [attended, headWork] = this.scratch.head;
    const { input, attended: attendedSide } = this.#sides;
    normalise(layerNorm, h, bar, this.residual, this.#rms);
    input.set(bar, work);
    const fields = [this.#q, this.#k, this.#v];
    [this.#matrices.query, this.#matrices.key, this.#matrices.value].forEach((matrix, i) => {
      clear(fields[i], this.head.capacity);
      matrix.apply(bar, fields[i]);
    });
    this.heads.forward(this.#q, this.#k, this.#v, attended);
    attendedSide.set(attended, headWork);
    clear(out, this.residual.capacity);
    this.#matrices.output.apply(attended, out);
    this.#add(h, out);
    if (this.#mlpSides !== undefined) this.#forwardMlp(h);
  }

  #forwardMlp(h: Rows): void {
    const [bar, out, work] = this.scratch.residual;
    const [activation, , hiddenWork] = this.scratch.hidden;
    const sides = this.#mlpSides!, matrices = this.#mlpMatrices!, m = this.#preactivation!;
    normalise(this.options.architecture.layerNorm, h, bar, this.residual, this.#rmsMlp);
    sides.input.set(bar, work);
    clear(m, m.stride);
    matrices.up.apply(bar, m);
    for (let i = 0; i < m.data.length; i++) activation.data[i] = gelu(m.data[i]);
    sides.activation.set(activation, hiddenWork);
    clear(out, this.residual.capacity);
    matrices.down.apply(activation, out);
    this.#add(h, out);
  }

  /** h += beta out. */
  #add(h: Rows, out: Rows): void {
    const n = this.residual.length, beta = this.options.branchScale;
    for (let b = 0; b < h.count; b++) {
      const to = h.offset + b * h.stride, from = out.offset + b * out.stride;
      for (let k = 0; k < n; k++) h.data[to + k] += beta * out.data[from + k];
    }
  }

  /**
   * Replaces the gradient field g behind the block by the one in front of it.
   *
   * @param step eta0 gamma0 Delta / P for each token, or undefined to leave the weights alone
   */
  backward(g: Rows, step: Float64Array | undefined): void {
    const { layerNorm } = this.options.architecture;
    if (this.#mlpSides !== undefined) this.#backwardMlp(g, step);
    const [bar, b, work, z] = this.scratch.residual;
    const [r, headWork, gq, gk, gv] = this.scratch.head;
    const { input, query, key, value, attended, output } = this.#sides;
    this.#scaled(g, b);
    output.set(b, work);
    clear(r, this.head.capacity);
    this.#matrices.output.applyTransposed(b, r);
    attended.flush(r);
    this.heads.backward(r, this.#q, this.#k, this.#v, gq, gk, gv);
    clear(z, this.residual.capacity);
    const { query: Q, key: K, value: V } = this.#matrices;
    const triples = [[Q, query, gq], [K, key, gk], [V, value, gv]] as const;
    for (const [matrix, side, gradient] of triples) {
      side.set(gradient, headWork);
      matrix.applyTransposed(gradient, z);
    }
    input.flush(z);
    if (layerNorm !== "none") input.restore(bar);
    addBackward(layerNorm, z, bar, g, this.residual, this.#rms);
    if (step === undefined) return;
    for (const kind of ["query", "key", "value", "output"] as const) {
      this.#learn(this.#matrices[kind], step, this.options.multiplier[kind]);
    }
  }

  #backwardMlp(g: Rows, step: Float64Array | undefined): void {
    const { layerNorm } = this.options.architecture;
    const [bar, b, work, z] = this.scratch.residual;
    const [back, gradient, hiddenWork] = this.scratch.hidden;
    const sides = this.#mlpSides!, matrices = this.#mlpMatrices!, m = this.#preactivation!;
    this.#scaled(g, b);
    sides.down.set(b, work);
    clear(back, back.stride);
    matrices.down.applyTransposed(b, back);
    sides.activation.flush(back);
    for (let i = 0; i < m.data.length; i++) gradient.data[i] = geluDerivative(m.data[i]) * back.data[i];
    sides.up.set(gradient, hiddenWork);
    clear(z, this.residual.capacity);
    matrices.up.applyTransposed(gradient, z);
    sides.input.flush(z);
    if (layerNorm !== "none") sides.input.restore(bar);
    addBackward(layerNorm, z, bar, g, this.residual, this.#rmsMlp);
    if (step === undefined) return;
    this.#learn(matrices.up, step, this.options.multiplier.up);
    this.#learn(matrices.down, step, this.options.multiplier.down);
  }

  #learn(matrix: GaussianMatrix, step: Float64Array, multiplier: number): void {
    if (multiplier !== 0) matrix.learn(step.map((value) => multiplier * value));
  }

  /** b <- beta g. */
  #scaled(g: Rows, b: Rows): void {
    const n = this.residual.length, beta = this.options.branchScale;
    for (let i = 0; i < g.count; i++) {
      const from = g.offset + i * g.stride, to = b.offset + i * b.stride;
      for (let k = 0; k < n; k++) b.data[to + k] = beta * g.data[from + k];
    }
  }

  /** Kernel of the attended values, $\langle v^\sigma_a v^\sigma_b\rangle$, row-major [B, B]. */
  valueKernel(): Float64Array {
    const { data, count, columns } = this.#sides.attended.coordinates;
    const kernel = new Float64Array(columns * columns);
    for (let j = 0, o = 0; j < count; j++, o += columns) {
      for (let a = 0; a < columns; a++) {
        for (let b = 0; b < columns; b++) kernel[a * columns + b] += data[o + a] * data[o + b];
      }
    }
    return kernel;
  }

  /** Doubles this block keeps between steps. */
  get size(): number {
    const sides = [...Object.values(this.#sides), ...Object.values(this.#mlpSides ?? {})];
    const matrices = [...Object.values(this.#matrices), ...Object.values(this.#mlpMatrices ?? {})];
    return sides.reduce((sum, side) => sum + side.basis.store.size, 0) +
      matrices.reduce((sum, m) => sum + m.size, 0) +
      3 * this.#q.data.length + 3 * this.heads.logits.length;
  }
}
