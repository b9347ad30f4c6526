/**
 * @module Full-batch gradient descent in the infinite limit: the causal march of the dynamical mean-field theory.
 *
 * Every field at step t needs kernels and responses at earlier steps only, so the self-consistent equations are solved
 * by marching forward once; nothing is iterated (arXiv 2405.15712; discrete-time form derived).
 * * N = infinity (alphaA = 1): residual stream and heads are linear in Gaussian sources, hence exact.
 * * H = infinity at finite N: heads are sampled, the residual stream stays exact: it is linear in its sources even
 *   with normalisation and with an MLP, whose nonlinearity lives on its hidden sites (sampled too).
 * * Finite N and H: `construction.ts` runs the same march over all sites of one network.
 *
 * Cost for B tokens, T steps, M sampled heads: exact time $L^2B^3T^3$ and memory $L^2B^2T^2$ (the residual population has
 * about 4 L B T sources, fewer when kernels are rank deficient); sampled time $LB^2T^2MN$ and memory about 10 L B T M N doubles.
 *
 * Loss $\tfrac{1}{2P}\sum_\mu(y_\mu-f_\mu)^2$, outputs centred: $f(0)$ is subtracted.
 */
import type { RandomStream } from "../../numerics/mod.ts";
import type { SequenceRegression } from "../data/tiny.ts";
import type { Parametrisation } from "../parametrisation.ts";
import { type Architecture, completeArchitecture } from "../fields/architecture.ts";
import type { Heads } from "../fields/attention.ts";
import { Block, Scratch } from "./block.ts";
import { accumulate, innerProducts, type Rows, rows } from "../fields/dense.ts";
import { gramOf } from "./basis.ts";
import { clear } from "./gaussian_matrix.ts";
import { addBackward, normalise } from "../fields/normalisation.ts";
import type { Sites } from "../fields/sites.ts";
import { CoefficientPopulation } from "./coefficient_population.ts";
import { SamplePopulation } from "./sample_population.ts";

/** What to march. */
export interface TrainingOptions {
  /** The data to fit. */
  readonly task: SequenceRegression;
  /** Sizes (infinite ones included) and rates; SGD only. */
  readonly scales: Parametrisation;
  /** Default: the reference model. */
  readonly architecture?: Architecture;
  /** Gradient steps T; sets how much room the exact populations get. */
  readonly steps: number;
  /** Sampled heads at finite N and H = infinity; default 2000. */
  readonly heads?: number;
  /** Sampled hidden sites with an MLP; default 8000. */
  readonly hiddenSites?: number;
  /** Needed whenever something is sampled. */
  readonly stream?: RandomStream;
  /** False deletes the response terms: an ablation that must disagree with trained networks. Default true. */
  readonly response?: boolean;
}

/** What a block shows of itself at the present moment. */
export interface TrainedBlock {
  /** Logits and attention of its heads. */
  readonly heads: Heads;
  /** Kernel of the attended values, $\langle v^\sigma_a v^\sigma_b\rangle$, row-major [B, B]. */
  valueKernel(): Float64Array;
}

/** State and observables at one moment of training. */
export class TrainingDynamics {
  /** Steps taken. */
  t = 0;
  /** Centred outputs f(t), [P]. */
  readonly outputs: Float64Array;
  /** One a block of the network: `blocks[l].heads` holds logits and attention. */
  readonly blocks: readonly TrainedBlock[];
  /** Sites of the residual stream. */
  readonly residual: Sites;
  readonly #blocks: readonly Block[];
  readonly #options: TrainingOptions;
  readonly #architecture: Required<Architecture>;
  readonly #features: Float64Array;
  readonly #featureCount: number;
  readonly #embedding: Rows;
  readonly #readout: Rows;
  readonly #h: Rows;
  readonly #g: Rows;
  readonly #scratch: Scratch;
  readonly #finalRms: Float64Array;
  readonly #initialOutputs: Float64Array;
  #residualKernels: Float64Array[] = [];
  #gradientKernels: Float64Array[] = [];
  #ready = false;

  /** Draws the sources and runs the first forward pass. @throws RangeError for options that have no limit or no theory */
  constructor(options: TrainingOptions) {
    const { task, scales, steps, response = true } = options;
    const { P, S, D, inputs } = task;
    const architecture = completeArchitecture(options.architecture);
    const { N, H, L } = scales;
    if (scales.optimiser !== "sgd") {
      throw new RangeError(
        `the training theory is for gradient descent, got optimiser "${scales.optimiser}"`,
      );
    }
    const tokens = P * S;
    this.#options = options;
    this.#architecture = architecture;
    this.#featureCount = D + (architecture.positional ? S : 0);
    this.#features = new Float64Array(tokens * this.#featureCount);
    for (let a = 0; a < tokens; a++) {
      for (let i = 0; i < D; i++) {
        this.#features[a * this.#featureCount + i] = inputs[a * D + i] / Math.sqrt(D);
      }
      if (architecture.positional) this.#features[a * this.#featureCount + D + a % S] = 1;
    }
    const { heads = 2000, hiddenSites: hiddenSamples = 8000 } = options;
    for (
      const [name, value, least] of [["steps", steps, 0], ["heads", heads, 1], [
        "hiddenSites",
        hiddenSamples,
        1,
      ]] as const
    ) {
      if (!(Number.isSafeInteger(value) && value >= least)) {
        throw new RangeError(`${name} must be a whole number >= ${least}, got ${value}`);
      }
    }
    const finite = N !== Infinity && H !== Infinity;
    // `| 0`: what shares a property with Infinity is a double, and loops over a double count in doubles.
    const width = finite ? N * H | 0 : 0;
    const stream = () => {
      if (options.stream === undefined) throw new RangeError("this limit is sampled: give a random stream");
      return options.stream;
    };
    const perStep = L * tokens * (architecture.mlp ? 6 : 4);
    const residual = this.residual = finite
      ? new SamplePopulation(tokens, width, stream().child("residual"), "finite")
      : new CoefficientPopulation(tokens, this.#featureCount + 1 + (steps + 1) * perStep);
    const headSites = N === Infinity ? 4 * tokens * (steps + 1) : finite ? width : N * heads | 0;
    const hiddenSites = architecture.mlp ? finite ? width : hiddenSamples : 0;
    this.#scratch = new Scratch(tokens, this.residual.capacity, headSites, hiddenSites);
    const meaning = finite ? "finite" : "infinite";
    this.blocks = this.#blocks = Array.from({ length: L }, (_, l) => {
      const head = N === Infinity
        ? new CoefficientPopulation(tokens, headSites)
        : new SamplePopulation(tokens, headSites, stream().child("heads", l), meaning);
      const hidden = architecture.mlp
        ? new SamplePopulation(tokens, hiddenSites, stream().child("hidden", l), meaning)
        : undefined;
      return new Block(
        {
          architecture,
          heads: { P, S, N, alphaA: scales.alphaA, causal: architecture.causal },
          branchScale: scales.branchScale,
          response,
          multiplier: scales.multiplier,
        },
        tokens,
        residual,
        head,
        hidden,
        this.#scratch,
      );
    });
    this.#embedding = residual.sources(this.#featureCount);
    this.#readout = residual.sources(1);
    const stride = this.residual.capacity;
    this.#h = rows(new Float64Array(tokens * stride), tokens, stride);
    this.#g = rows(new Float64Array(tokens * stride), tokens, stride);
    this.#finalRms = new Float64Array(tokens);
    this.outputs = new Float64Array(P);
    this.#initialOutputs = new Float64Array(P);
    this.#forward();
    this.#initialOutputs.set(this.outputs);
    this.outputs.fill(0);
  }

  /** $\tfrac{1}{2P}\sum_\mu(y_\mu-f_\mu)^2$. */
  get loss(): number {
    const { targets } = this.#options.task;
    return this.outputs.reduce((sum, f, p) => sum + (targets[p] - f) ** 2, 0) / (2 * targets.length);
  }

  /** Kernels $\langle h^l_a h^l_b\rangle$ of the residual stream, l = 0 (embedding) .. L, each row-major [B, B]. */
  get residualKernels(): readonly Float64Array[] {
    return this.#residualKernels;
  }

  /** Kernels of the gradient fields $\gamma_0 d\,\partial f/\partial h^l$ of the last {@link backward}, l = 0 .. L. */
  get gradientKernels(): readonly Float64Array[] {
    return this.#gradientKernels;
  }

  /** Doubles kept between steps: what grows with B, T, L and the number of sampled sites. */
  get size(): number {
    return this.#blocks.reduce((sum, block) => sum + block.size, 0) + this.#embedding.data.length +
      this.#readout.data.length + 2 * this.#h.data.length +
      [...this.#scratch.residual, ...this.#scratch.head, ...this.#scratch.hidden]
        .reduce((sum, field) => sum + field.data.length, 0);
  }

  #forward(): void {
    const { P, S } = this.#options.task;
    const h = this.#h, tokens = P * S, residual = this.residual;
    clear(h, h.stride);
    accumulate(h, this.#embedding, residual.length, 1, this.#features, 0, this.#featureCount, 1);
    const kernels = [gramOf(h, residual.length, residual.weight)];
    for (const block of this.#blocks) {
      block.forward(h);
      kernels.push(gramOf(h, residual.length, residual.weight));
    }
    this.#residualKernels = kernels;
    // From here on #h holds what is pooled.
    if (this.#architecture.finalNorm) {
      normalise(this.#architecture.layerNorm, h, h, residual, this.#finalRms);
    }
    const perToken = new Float64Array(tokens);
    innerProducts(this.#readout, h, residual.length, residual.weight, perToken, 0, 0, 1);
    this.outputs.fill(0);
    for (let a = 0; a < tokens; a++) {
      this.outputs[Math.floor(a / S)] += perToken[a] / (S * this.#options.scales.gamma0);
    }
    for (let p = 0; p < P; p++) this.outputs[p] -= this.#initialOutputs[p];
    if (!this.outputs.every(Number.isFinite)) {
      const { eta0, gamma0 } = this.#options.scales;
      throw new RangeError(
        `training diverged at step ${this.t}: outputs are not finite; lower eta0 = ${eta0} or gamma0 = ${gamma0}`,
      );
    }
    this.#ready = true;
  }

  /**
   * The backward pass at the present weights; with `learn`, also the gradient step (outputs then stay those of
   * before the step until {@link step} recomputes them).
   */
  backward(learn = false): void {
    if (!this.#ready) throw new Error("the backward pass needs the fields of a forward pass: call step()");
    this.#ready = learn ? false : this.#ready;
    const { task: { P, S, D, targets }, scales } = this.#options;
    const { multiplier } = scales;
    const tokens = P * S, residual = this.residual, g = this.#g;
    const step = new Float64Array(tokens);
    for (let a = 0; a < tokens; a++) {
      const p = Math.floor(a / S);
      step[a] = scales.eta0 * scales.gamma0 / P * (targets[p] - this.outputs[p]);
    }
    const w = this.#readout, share = 1 / S;
    const top = this.#architecture.finalNorm ? this.#scratch.residual[3] : g;
    for (let a = 0; a < tokens; a++) {
      const o = a * g.stride;
      for (let k = 0; k < residual.length; k++) top.data[o + k] = share * w.data[k];
    }
    if (this.#architecture.finalNorm) {
      clear(g, g.stride);
      addBackward(this.#architecture.layerNorm, top, this.#h, g, residual, this.#finalRms);
    }
    if (learn && multiplier.readout !== 0) {
      accumulate(w, this.#h, residual.length, share * multiplier.readout, step, 0, 0, 1);
    }
    const kernels = [gramOf(g, residual.length, residual.weight)];
    for (let l = this.#blocks.length - 1; l >= 0; l--) {
      this.#blocks[l].backward(g, learn ? step : undefined);
      kernels.unshift(gramOf(g, residual.length, residual.weight));
    }
    this.#gradientKernels = kernels;
    if (!learn) return;
    const c = new Float64Array(this.#featureCount * tokens);
    for (let i = 0; i < this.#featureCount; i++) {
      const rate = i < D ? multiplier.embedding : multiplier.position;
      for (let a = 0; a < tokens; a++) {
        c[i * tokens + a] = rate * step[a] * this.#features[a * this.#featureCount + i];
      }
    }
    accumulate(this.#embedding, g, residual.length, 1, c, 0, tokens, 1);
  }

  /** One gradient step; afterwards every observable is at the new time, gradient kernels at the old. */
  step(): void {
    this.backward(true);
    this.t++;
    this.#forward();
  }
}
