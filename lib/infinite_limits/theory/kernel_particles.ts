/**
 * @module Heads as particles at N = infinity: six kernels instead of heads.
 *
 * With $U_q = cK^x\hat M$, $U_k = cK^x\hat M^\top$ ($\hat M$ block diagonal, $\Delta_\mu M_\mu$), $a = cK^x(\mathrm{colsum}\,\sigma\,\Delta)$ and
 * $\omega = cb^2(\mathrm{colsum}\,\sigma\,\Delta)$, one gradient step is $q \mathrel{+}= U_qk$, $k \mathrel{+}= U_kq$, $v \mathrel{+}= ar$,
 * $r \mathrel{+}= \omega\cdot v$, which maps the kernels of q, k, v, r to themselves (derived).
 */
import { Matrix } from "../../numerics/mod.ts";
import { inputKernel } from "../data/tiny.ts";
import type { ParticleOptions, Particles } from "./particles.ts";
import { attentionOf } from "./value_kernel.ts";

/** See the module's text; exact and deterministic. */
export class KernelParticles implements Particles {
  t = 0;
  readonly outputs: Float64Array;
  readonly logits: Float64Array;
  readonly #kx: Matrix;
  readonly #sigma: Float64Array;
  #qq: Matrix;
  #kk: Matrix;
  #qk: Matrix;
  #vv: Matrix;
  /** Column [B, 1]. */
  #rv: Matrix;
  #rr: number;

  constructor(readonly options: ParticleOptions) {
    const { task, readoutScale = 1 } = options, { P, S } = task, B = P * S;
    this.#kx = Matrix.from1DArray(B, B, inputKernel(task));
    [this.#qq, this.#kk, this.#vv] = [this.#kx, this.#kx, this.#kx];
    this.#qk = Matrix.zeros(B, B);
    this.#rv = Matrix.zeros(B, 1);
    this.#rr = readoutScale ** 2;
    this.outputs = new Float64Array(P);
    this.logits = new Float64Array(P * S * S);
    this.#sigma = new Float64Array(P * S * S);
    this.#forward();
  }

  #forward(): void {
    const { task: { P, S }, scales: { gamma0, N, alphaA } } = this.options, B = P * S;
    for (let a = 0; a < B; a++) {
      for (let j = 0; j < S; j++) this.logits[a * S + j] = this.#qk.get(a, a - a % S + j);
    }
    attentionOf(this.logits, { P, S, N, alphaA }, this.#sigma);
    this.outputs.fill(0);
    for (let a = 0; a < B; a++) {
      for (let j = 0; j < S; j++) {
        this.outputs[Math.floor(a / S)] += this.#sigma[a * S + j] * this.#rv.get(a - a % S + j, 0) / gamma0;
      }
    }
  }

  step(): void {
    const { task: { P, S, targets }, scales, readoutScale = 1 } = this.options;
    const { eta0, gamma0, multiplier } = scales, B = P * S, c = eta0 * gamma0 / P;
    const driven = Matrix.zeros(B, B), column = Matrix.zeros(B, 1);
    for (let a = 0; a < B; a++) {
      const first = a - a % S, delta = targets[a / S | 0] - this.outputs[a / S | 0];
      let mean = 0;
      for (let j = 0; j < S; j++) mean += this.#sigma[a * S + j] * this.#rv.get(first + j, 0);
      for (let j = 0; j < S; j++) {
        const weight = this.#sigma[a * S + j];
        driven.set(a, first + j, delta * weight * (this.#rv.get(first + j, 0) - mean));
        column.set(first + j, 0, column.get(first + j, 0) + delta * weight);
      }
    }
    const uq = this.#kx.mmul(driven).mul(c * multiplier.query);
    const uk = this.#kx.mmul(driven.transpose()).mul(c * multiplier.key);
    const a = this.#kx.mmul(column).mul(c * multiplier.value);
    const omega = column.mul(c * readoutScale ** 2 * multiplier.output);
    const kq = this.#qk.transpose(), uqT = uq.transpose(), ukT = uk.transpose();
    const [qq, kk, qk, vv, rv, rr] = [this.#qq, this.#kk, this.#qk, this.#vv, this.#rv, this.#rr];
    this.#qq = sum(qq, uq.mmul(kq), qk.mmul(uqT), uq.mmul(kk).mmul(uqT));
    this.#kk = sum(kk, uk.mmul(qk), kq.mmul(ukT), uk.mmul(qq).mmul(ukT));
    this.#qk = sum(qk, uq.mmul(kk), qq.mmul(ukT), uq.mmul(kq).mmul(ukT));
    const along = omega.dot(rv);
    this.#rv = sum(rv, times(a, rr), vv.mmul(omega), times(a, along));
    this.#vv = sum(vv, a.mmul(rv.transpose()), rv.mmul(a.transpose()), times(a.mmul(a.transpose()), rr));
    this.#rr = rr + 2 * along + omega.dot(vv.mmul(omega));
    this.t++;
    this.#forward();
  }
}

function sum(first: Matrix, ...rest: Matrix[]): Matrix {
  return rest.reduce((total, m) => total.add(m), first.clone());
}

function times(m: Matrix, factor: number): Matrix {
  return m.clone().mul(factor);
}
