/** @module The integrators beside SciPy's, at equal achieved error, on the problems of the peers' `scipy_ode.py`. */
import { LuDecomposition, Matrix } from "ml-matrix";
import { stream } from "../../lib/numerics/mod.ts";
import { factorise, solveFactorised } from "../../lib/ode/dense_lu.ts";
import { type MethodName, type RightHandSide, solve } from "../../lib/ode/mod.ts";
import { ask, findPython, install, scipyPoints } from "./scipy.ts";
import type { BenchOptions, BenchRow } from "./types.ts";
import { fastestMs, type Point, timeAtError } from "./work_precision.ts";

/** What `deno task bench ode` runs. */
export const name = "ode";

interface Problem {
  readonly f: RightHandSide;
  readonly y0: ArrayLike<number>;
  readonly t1: number;
  readonly methods: MethodName[];
}

/** Gradient flow of an induction head's scalar part: a plateau, a jump, a plateau. */
const stageTwo: Problem = {
  f: (_t, y, dy) => {
    const [kappa, b, N] = [0.5, 0.25, 98];
    const v = y[0], wq = y[1], wk = y[2];
    const beta = wq * wk;
    const z1 = 1 / (1 - 2 * beta * beta), z2 = 1 / (1 - 2 * beta * b);
    const h1 = Math.sqrt(z1), h2 = Math.sqrt(z2);
    const slope = -(v * v * beta * h1 * z1 - v * kappa * b * h2 * z2) / N;
    dy[0] = -(v * h1 - kappa * h2) / N;
    dy[1] = wk * slope;
    dy[2] = wq * slope;
  },
  y0: [1e-2, 1e-2, 1e-2],
  t1: 12_000,
  methods: ["tsit5", "dop853"],
};

/** Three species, rates over nine decades. Without a Jacobian, as SciPy gets none. */
const robertson: Problem = {
  f: (_t, y, dy) => {
    const slow = -0.04 * y[0] + 1e4 * y[1] * y[2];
    const fast = 3e7 * y[1] * y[1];
    dy[0] = slow;
    dy[1] = -slow - fast;
    dy[2] = fast;
  },
  y0: [1, 0, 0],
  t1: 1e5,
  methods: ["rodas5p"],
};

/** Unknowns of the dense problem. */
const n = 64;

/**
 * `dy = a y`, eight rows at a time: eight independent sums hide the latency of the additions. The matrix is an argument
 * and the strides are constants because the compiler then drops a third of the time.
 */
function product(a: Float64Array, y: Float64Array, dy: Float64Array): void {
  for (let i = 0; i < n; i += 8) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    const row = i * n;
    for (let j = 0; j < n; j++) {
      const x = y[j];
      const at = row + j;
      s0 += a[at] * x;
      s1 += a[at + n] * x;
      s2 += a[at + 2 * n] * x;
      s3 += a[at + 3 * n] * x;
      s4 += a[at + 4 * n] * x;
      s5 += a[at + 5 * n] * x;
      s6 += a[at + 6 * n] * x;
      s7 += a[at + 7 * n] * x;
    }
    dy[i] = s0;
    dy[i + 1] = s1;
    dy[i + 2] = s2;
    dy[i + 3] = s3;
    dy[i + 4] = s4;
    dy[i + 5] = s5;
    dy[i + 6] = s6;
    dy[i + 7] = s7;
  }
}

/**
 * A dense symmetric decay: its cost is the matrix-vector product. Reported twice: with the methods for any problem, as
 * SciPy's are, and with `chebyshev`, which is given the same f but may use that it is linear and symmetric.
 */
function linear64(matrix: number[][], y0: number[], methods: MethodName[]): Problem {
  const a = Float64Array.from(matrix.flat());
  return { f: (_t, y, dy) => product(a, y, dy), y0, t1: 20, methods };
}

/** The matrix of the peer, from the peer's own generator, so that both solve the same problem. */
const peerMatrix = `
import json, numpy as np
rng = np.random.default_rng(0)
A = rng.standard_normal((64, 64)) / 8
A = -(A @ A.T) - 0.05 * np.eye(64)
print(json.dumps([A.tolist(), rng.standard_normal(64).tolist()]))`;

/** A matrix of the same law when no Python is there to ask. */
function ownMatrix(): [number[][], number[]] {
  const random = stream(0, "linear64");
  const a = new Matrix(n, n).apply(function (this: Matrix, i, j) {
    this.set(i, j, random.normal(0, 1 / 8));
  });
  const decay = a.mmul(a.transpose()).mul(-1).sub(Matrix.eye(n, n).mul(0.05));
  return [decay.to2DArray(), [...random.fillNormal(new Float64Array(n))]];
}

/** Our runs, with the peer's tolerances (atol = rtol / 10^4) and its definition of the error. */
function ourPoints({ f, y0, t1, methods }: Problem): Point[] {
  const stiff = methods[0] === "rodas5p";
  const tight = { rtol: stiff ? 1e-12 : 1e-13, atol: 1e-16 };
  const reference =
    solve(f, y0, { t1, method: stiff ? "rodas5p" : "dop853", autonomous: true, ...tight }).end.y;
  return methods.flatMap((method) =>
    [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11].map((rtol) => {
      const run = () => solve(f, y0, { t1, method, rtol, atol: rtol * 1e-4 });
      const { y } = run().end;
      const error = Math.max(...reference.map((r, i) => Math.abs(y[i] - r) / (1e-6 + Math.abs(r))));
      return { method, error, ms: fastestMs(run) };
    })
  );
}

/** Levels at which the curves are compared. */
const levels = [1e-4, 1e-6, 1e-8, 1e-10];

function compare(problem: string, ours: Point[], peer: Point[] | undefined, missing: string): BenchRow[] {
  const rows = levels.flatMap((level): BenchRow[] => {
    const mine = timeAtError(ours, level);
    if (!mine) return [];
    const theirs = peer && timeAtError(peer, level);
    const common = { bench: name, case: `${problem} at error ${level}`, ours: mine.ms, unit: "ms" };
    if (!theirs) {
      return [{ ...common, peer: null, ratio: null, note: peer ? "SciPy does not get there" : missing }];
    }
    const note = `${mine.method} against SciPy ${theirs.method}`;
    return [{ ...common, peer: theirs.ms, ratio: theirs.ms / mine.ms, note }];
  });
  const worst = rows.filter(({ ratio }) => ratio !== null).sort((a, b) => a.ratio! - b.ratio!)[0];
  return worst
    ? [...rows, {
      ...worst,
      case: `${problem}, worst`,
      note: `${worst.case.split(" at ")[1]}: ${worst.note}`,
    }]
    : rows;
}

/** One factorisation and eight solves, as in a step of rodas5p: ours in place against ml-matrix. */
function factorisations(): BenchRow[] {
  return [3, 64].map((n) => {
    const random = stream(1, "lu", n);
    const a = random.fillNormal(new Float64Array(n * n));
    const b = random.fillNormal(new Float64Array(n));
    const [work, x, pivots] = [a.slice(), b.slice(), new Int32Array(n)];
    const [wrappedA, wrappedB] = [Matrix.from1DArray(n, n, a), Matrix.columnVector(b)];
    const ours = 1e3 * fastestMs(() => {
      work.set(a);
      factorise(work, n, pivots);
      for (let i = 0; i < 8; i++) {
        x.set(b);
        solveFactorised(work, n, pivots, x);
      }
    });
    const peer = 1e3 * fastestMs(() => {
      const lu = new LuDecomposition(wrappedA);
      for (let i = 0; i < 8; i++) lu.solve(wrappedB);
    });
    return {
      bench: name,
      case: `LU and 8 solves, n = ${n}`,
      ours,
      peer,
      unit: "us",
      ratio: peer / ours,
      note: "ml-matrix",
    };
  });
}

/** The product alone, against the peer's BLAS: the floor under any explicit method on linear64. */
async function products(python: string | null, matrix: number[][], y0: number[]): Promise<BenchRow> {
  const [a, y, dy] = [Float64Array.from(matrix.flat()), Float64Array.from(y0), new Float64Array(n)];
  const ours = 10 * fastestMs(() => {
    for (let i = 0; i < 100; i++) product(a, y, dy);
  });
  const script = `
import numpy as np, timeit
A, y = np.random.rand(64, 64), np.random.rand(64)
print(min(timeit.repeat(lambda: A @ y, number=5000, repeat=15)) / 5000 * 1e6)`;
  const peer = python ? Number(await ask(python, "-c", script)) : null;
  const note = python ? "NumPy's A @ y, its call included" : install;
  return { bench: name, case: "64 x 64 product", ours, peer, unit: "us", ratio: peer && peer / ours, note };
}

const isFile = (path: string) => Deno.stat(path).then(({ isFile }) => isFile, () => false);

/** Runs all three problems. */
export async function run({ peers, log }: BenchOptions): Promise<BenchRow[]> {
  const python = await findPython();
  const script = `${peers}/scipy_ode.py`;
  const missing = python ? `no ${script}: say where it is with --peers` : install;
  let points: Map<string, Point[]> | undefined;
  if (python && await isFile(script)) {
    log("SciPy, three rounds");
    points = await scipyPoints(python, script, 3);
  }
  const [matrix, y0] = python ? JSON.parse(await ask(python, "-c", peerMatrix)) : ownMatrix();
  const problems: Record<string, Problem> = {
    stage_two: stageTwo,
    "linear64 (general methods)": linear64(matrix, y0, ["tsit5", "dop853"]),
    "linear64 (chebyshev, for linear flows only)": linear64(matrix, y0, ["chebyshev"]),
    robertson,
  };
  const rows = Object.entries(problems).flatMap(([problem, definition]) => {
    log(problem);
    return compare(problem, ourPoints(definition), points?.get(problem.split(" ")[0]), missing);
  });
  const all = [...rows, await products(python, matrix, y0), ...factorisations()];
  return all.map((row) => ({ ...row, statistic: "fastest of several means, as the peer's script reports" }));
}
