/**
 * @module Heads as particles: the simplest exact many-heads limit, with embedding and readout frozen.
 *
 * Heads read the tokens directly, $q, k, v = W x/\sqrt D\in\mathbb R^{N\times B}$, and
 * $f_\mu = (\gamma_0 H N)^{-1}\sum_h\sum_s r_h\cdot v^\sigma_{h,\mu s}$ with trained $r_h\in\mathbb R^N$ of initial scale b. Every weight is used
 * once beside a frozen partner, so there are no response terms: H = infinity is a population of independent heads coupled
 * through the residuals alone (McKean-Vlasov), and N = infinity closes on six kernels (derived).
 */
import type { RandomStream } from "../../numerics/mod.ts";
import { inputKernel, type SequenceRegression } from "../data/tiny.ts";
import type { Parametrisation } from "../parametrisation.ts";
import { accumulate, rows } from "../fields/dense.ts";
import { gramOf } from "./basis.ts";
import { KernelParticles } from "./kernel_particles.ts";
import { orthonormalisation, pivotedCholesky } from "./pivoted_cholesky.ts";
import { attentionOf, squareRoot } from "./value_kernel.ts";

/** A particle run. */
export interface ParticleOptions {
  /** The data to fit. */
  readonly task: SequenceRegression;
  /** One block; N, alphaA, gamma0, eta0 are used. N = Infinity takes the closed recursion. */
  readonly scales: Parametrisation;
  /** Heads simulated at finite N: H of a finite model, or many for the limit. */
  readonly heads?: number;
  /** Needed at finite N. */
  readonly stream?: RandomStream;
  /** b, the initial scale of r; default 1. */
  readonly readoutScale?: number;
  /**
   * True (default) makes the sources of a limit exactly orthonormal over the heads, false leaves the fluctuations that
   * a finite number of heads really has.
   */
  readonly infinite?: boolean;
}

/** Particle dynamics at one moment. */
export interface Particles {
  /** Steps taken. */
  readonly t: number;
  /** f(t), [P], centred. */
  readonly outputs: Float64Array;
  /** Logits [heads, P, S, S]; one head at N = infinity, where all coincide. */
  readonly logits: Float64Array;
  /** One gradient step. */
  step(): void;
}

/** Builds the dynamics at t = 0. @throws RangeError without a stream at finite N, or for alphaA < 1 at N = Infinity */
export function particles(options: ParticleOptions): Particles {
  const { N, alphaA } = options.scales;
  if (N === Infinity && alphaA !== 1) throw new RangeError(`N = Infinity needs alphaA = 1, got ${alphaA}`);
  return N === Infinity ? new KernelParticles(options) : new SampledParticles(options);
}

/** Gaussian rows over n sites; with `infinite` exactly orthonormal there, as averages over a limit would have them. */
function sources(stream: RandomStream, count: number, n: number, infinite: boolean): Float64Array {
  const raw = rows(stream.fillNormal(new Float64Array(count * n)), count, n);
  if (!infinite) return raw.data;
  const out = rows(new Float64Array(count * n), count, n);
  const t = orthonormalisation(pivotedCholesky(gramOf(raw, n, 1 / n), count, 0), count);
  accumulate(out, raw, n, 1, t, 0, count, 1);
  return out.data;
}

/** N finite: explicit heads. q, k, v are [heads, B, N], r is [heads, N]. */
class SampledParticles implements Particles {
  t = 0;
  readonly outputs: Float64Array;
  readonly logits: Float64Array;
  readonly #q: Float64Array;
  readonly #k: Float64Array;
  readonly #v: Float64Array;
  readonly #r: Float64Array;
  readonly #kernel: Float64Array;
  readonly #initial: Float64Array;
  readonly #heads: number;
  readonly #sigma: Float64Array;
  readonly #b2: number;

  constructor(readonly options: ParticleOptions) {
    const { task, scales: { N }, heads = 2000, stream, readoutScale = 1, infinite = true } = options;
    if (stream === undefined) throw new RangeError(`heads are sampled at N = ${N}: give a random stream`);
    const { P, S } = task, B = P * S;
    this.#heads = heads;
    this.#b2 = readoutScale ** 2;
    this.#kernel = inputKernel(task);
    const root = squareRoot(this.#kernel, B);
    const sites = heads * N, z = sources(stream, 3 * B + 1, sites, infinite);
    const coloured = (first: number) => {
      const out = new Float64Array(B * sites);
      for (let m = 0; m < heads; m++) {
        for (let a = 0; a < B; a++) {
          for (let n = 0; n < N; n++) {
            let s = 0;
            for (let e = 0; e < B; e++) s += root[a * B + e] * z[(first + e) * sites + m * N + n];
            out[(m * B + a) * N + n] = s;
          }
        }
      }
      return out;
    };
    this.#q = coloured(0);
    this.#k = coloured(B);
    this.#v = coloured(2 * B);
    this.#r = z.subarray(3 * B * sites).map((x) => readoutScale * x);
    this.logits = new Float64Array(heads * P * S * S);
    this.#sigma = new Float64Array(P * S * S);
    this.outputs = new Float64Array(P);
    this.#initial = new Float64Array(P);
    this.#forward();
    this.#initial.set(this.outputs);
    this.outputs.fill(0);
  }

  #attend(m: number): void {
    const { task: { P, S }, scales: { N, alphaA } } = this.options, size = P * S * S;
    attentionOf(this.logits.subarray(m * size, (m + 1) * size), { P, S, N, alphaA }, this.#sigma);
  }

  #forward(): void {
    const { task: { P, S }, scales: { N, alphaA, gamma0 } } = this.options, B = P * S;
    this.outputs.fill(0);
    const scale = N ** -alphaA, share = 1 / (gamma0 * this.#heads * N);
    for (let m = 0; m < this.#heads; m++) {
      const o = m * P * S * S;
      for (let a = 0; a < B; a++) {
        for (let j = 0; j < S; j++) {
          const qa = (m * B + a) * N, kb = (m * B + a - a % S + j) * N;
          let s = 0;
          for (let n = 0; n < N; n++) s += this.#q[qa + n] * this.#k[kb + n];
          this.logits[o + a * S + j] = scale * s;
        }
      }
      this.#attend(m);
      for (let a = 0; a < B; a++) {
        for (let j = 0; j < S; j++) {
          const vb = (m * B + a - a % S + j) * N;
          let s = 0;
          for (let n = 0; n < N; n++) s += this.#r[m * N + n] * this.#v[vb + n];
          this.outputs[Math.floor(a / S)] += share * this.#sigma[a * S + j] * s;
        }
      }
    }
    for (let p = 0; p < P; p++) this.outputs[p] -= this.#initial[p];
  }

  step(): void {
    const { task: { P, S, targets }, scales } = this.options,
      { N, alphaA, eta0, gamma0, multiplier } = scales;
    const B = P * S, c = eta0 * gamma0 / P;
    const delta = this.outputs.map((f, p) => targets[p] - f);
    const ct = new Float64Array(B);
    const dq = new Float64Array(B * N), dk = new Float64Array(B * N), dv = new Float64Array(B * N);
    const dr = new Float64Array(N);
    const rateKey = c * multiplier.key * N ** -alphaA, rateQuery = c * multiplier.query * N ** -alphaA;
    for (let m = 0; m < this.#heads; m++) {
      const base = m * B * N;
      this.#attend(m);
      for (let a = 0; a < B; a++) {
        ct[a] = 0;
        for (let n = 0; n < N; n++) ct[a] += this.#r[m * N + n] * this.#v[base + a * N + n];
      }
      [dq, dk, dv, dr].forEach((field) => field.fill(0));
      for (let a = 0; a < B; a++) {
        const p = Math.floor(a / S), first = p * S;
        let mean = 0;
        for (let j = 0; j < S; j++) mean += this.#sigma[a * S + j] * ct[first + j];
        for (let j = 0; j < S; j++) {
          const b = first + j, weight = this.#sigma[a * S + j];
          const w = delta[p] * weight * (ct[b] - mean);
          for (let n = 0; n < N; n++) {
            dq[a * N + n] += rateQuery * w * this.#k[base + b * N + n];
            dk[b * N + n] += rateKey * w * this.#q[base + a * N + n];
            dv[b * N + n] += c * multiplier.value * delta[p] * weight * this.#r[m * N + n];
            dr[n] += c * this.#b2 * multiplier.output * delta[p] * weight * this.#v[base + b * N + n];
          }
        }
      }
      for (let a = 0; a < B; a++) {
        for (let e = 0; e < B; e++) {
          const x = this.#kernel[a * B + e];
          for (let n = 0; n < N; n++) {
            this.#q[base + a * N + n] += x * dq[e * N + n];
            this.#k[base + a * N + n] += x * dk[e * N + n];
            this.#v[base + a * N + n] += x * dv[e * N + n];
          }
        }
      }
      for (let n = 0; n < N; n++) this.#r[m * N + n] += dr[n];
    }
    this.t++;
    this.#forward();
  }
}
