/**
 * How fast random numbers are drawn and formulas evaluated; run with `deno task bench`.
 *
 * Rounds of all cases are interleaved and the median is reported, so a noisy neighbour hurts every case alike.
 *
 * @module
 */

import { parse } from "mathjs/number";
import { compileFormula, median, stream } from "../../lib/numerics/mod.ts";
import type { BenchRow } from "./types.ts";

export const name = "numerics";

const DRAWS = 2 ** 20;
const ROUNDS = 9;

/** Contestants: each does its work once and says how many items that was. */
function contestants(): Record<string, () => number> {
  const random = stream(1, "bench");
  const narrow = new Float32Array(DRAWS), wide = new Float64Array(DRAWS);
  const alpha = [0.1, 0.1, 0.1];
  const row = new Float64Array(3);
  const text = "0.5*(a*b - 1)^2 + 0.5*(exp(-a)*tanh(b*c) - c)^2";
  const ours = compileFormula(text, ["a", "b", "c"]);
  const theirs = parse(text).compile();
  const x = new Float64Array([0.1, 0.2, 0.3]);
  const repeat = (n: number, work: (i: number) => void) => {
    for (let i = 0; i < n; i++) work(i);
    return n;
  };
  return {
    "normal float32": () => random.fillNormal(narrow).length,
    "normal float64": () => random.fillNormal(wide).length,
    "uniform float64": () => random.fillUniform(wide).length,
    "sign float32": () => random.fillSign(narrow).length,
    "Dirichlet(0.1) of 3": () => repeat(2 ** 16, () => random.dirichlet(alpha, row)),
    "opening a stream": () => repeat(2 ** 14, (i) => stream(1, "task", i)),
    "Box-Muller on Math.random": () => {
      for (let i = 0; i < DRAWS; i += 2) {
        const r = Math.sqrt(-2 * Math.log(1 - Math.random())), angle = 2 * Math.PI * Math.random();
        wide[i] = r * Math.cos(angle);
        wide[i + 1] = r * Math.sin(angle);
      }
      return DRAWS;
    },
    "Math.random": () => {
      for (let i = 0; i < DRAWS; i++) wide[i] = Math.random();
      return DRAWS;
    },
    "formula value": () =>
      repeat(2 ** 18, (i) => {
        x[0] = i * 1e-6;
        ours.value(x);
      }),
    "formula by mathjs": () => repeat(2 ** 14, (i) => theirs.evaluate({ a: i * 1e-6, b: 0.2, c: 0.3 })),
  };
}

/** Measures every case; rates are millions of items per second. */
export function run(): Promise<BenchRow[]> {
  const cases = contestants();
  const rates: Record<string, number[]> = {};
  for (let round = -2; round < ROUNDS; round++) { // two rounds to warm up
    for (const [label, work] of Object.entries(cases)) {
      const start = performance.now();
      const items = work();
      if (round >= 0) (rates[label] ??= []).push(items / (performance.now() - start) / 1e3);
    }
  }
  const peers: Record<string, string> = {
    "normal float32": "Box-Muller on Math.random",
    "normal float64": "Box-Muller on Math.random",
    "uniform float64": "Math.random",
    "formula value": "formula by mathjs",
  };
  const rows = Object.keys(cases).filter((label) => !Object.values(peers).includes(label)).map(
    (label): BenchRow => {
      const ours = median(rates[label]);
      const peer = peers[label] ? median(rates[peers[label]]) : null;
      const note = peers[label] ? `peer: ${peers[label]}; best ${Math.max(...rates[label]).toFixed(1)}` : "";
      return { bench: name, case: label, ours, peer, unit: "M/s", ratio: peer && ours / peer, note };
    },
  );
  return Promise.resolve(rows);
}

if (import.meta.main) console.table(await run());
