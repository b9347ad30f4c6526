/** @module The training theory beside the times of a NumPy version of the same expansion, with what it keeps in memory. */
import { simulateNetwork } from "../../lib/infinite_limits/construction.ts";
import { tinyData } from "../../lib/infinite_limits/data.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { TrainingDynamics, type TrainingOptions } from "../../lib/infinite_limits/theory.ts";
import { stream } from "../../lib/numerics/mod.ts";
import type { BenchOptions, BenchRow } from "./types.ts";

/** What `deno task bench infinite_limits` runs. */
export const name = "infinite_limits";

/** A march and the NumPy version's time, in ms on one core, quoted with the reference numbers and not rerun here. */
interface Case {
  readonly what: string;
  readonly peer: number | null;
  readonly repeats: number;
  make(): TrainingDynamics;
  readonly steps: number;
}

const theory = (options: TrainingOptions) => () => new TrainingDynamics(options);
const rich = { L: 1, beta0: 2, gamma0: 2, eta0: 0.1 };
const deep = (L: number, steps: number): TrainingOptions => ({
  task: tinyData(2, 2, 4),
  scales: parametrise({ N: Infinity, H: 1, L, eta0: 0.3 }),
  steps,
});
const exact = (P: number, S: number, steps: number): TrainingOptions => ({
  task: tinyData(P, S, 4),
  scales: parametrise({ N: Infinity, H: 1, ...rich }),
  steps,
});
const sampled = (heads: number, steps: number): TrainingOptions => ({
  task: tinyData(),
  scales: parametrise({ N: 4, H: Infinity, ...rich }),
  ...{ steps, heads, stream: stream(1) },
});

const cases: Case[] = [
  {
    what: "N = infinity, L = 1, B = 9, T = 12",
    peer: 35,
    repeats: 12,
    make: theory(exact(3, 3, 12)),
    steps: 12,
  },
  {
    what: "N = infinity, L = 1, B = 9, T = 24",
    peer: null,
    repeats: 6,
    make: theory(exact(3, 3, 24)),
    steps: 24,
  },
  {
    what: "N = infinity, L = 1, B = 18, T = 12",
    peer: null,
    repeats: 4,
    make: theory(exact(6, 3, 12)),
    steps: 12,
  },
  {
    what: "H = infinity, N = 4, M = 2000, T = 6",
    peer: 240,
    repeats: 6,
    make: theory(sampled(2000, 6)),
    steps: 6,
  },
  {
    what: "H = infinity, N = 4, M = 4000, T = 6",
    peer: null,
    repeats: 3,
    make: theory(sampled(4000, 6)),
    steps: 6,
  },
  {
    what: "H = infinity, N = 4, M = 2000, T = 12",
    peer: null,
    repeats: 3,
    make: theory(sampled(2000, 12)),
    steps: 12,
  },
  { what: "N = infinity, L = 24, B = 4, T = 5", peer: null, repeats: 6, make: theory(deep(24, 5)), steps: 5 },
  { what: "N = infinity, L = 48, B = 4, T = 5", peer: 2400, repeats: 6, make: theory(deep(48, 5)), steps: 5 },
  {
    what: "N = infinity, L = 48, B = 4, T = 10",
    peer: null,
    repeats: 3,
    make: theory(deep(48, 10)),
    steps: 10,
  },
  {
    what: "one network, N = 4, H = 256, T = 12, weights never stored",
    peer: null,
    repeats: 3,
    make: () =>
      simulateNetwork({
        task: tinyData(),
        scales: parametrise({ N: 4, H: 256, ...rich }),
        ...{ steps: 12, stream: stream(2) },
      }),
    steps: 12,
  },
];

/** Fastest of several runs: the machine's noise only ever adds. */
export function run({ log }: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { what, peer, repeats, make, steps } of cases) {
    let best = Infinity, megabytes = 0;
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      const dynamics = make();
      for (let t = 0; t < steps; t++) dynamics.step();
      best = Math.min(best, performance.now() - start);
      megabytes = 8 * dynamics.size / 1e6;
    }
    log(`${what}: ${best.toFixed(1)} ms, ${megabytes.toFixed(2)} MB of state`);
    const from = peer === null ? "" : "; peer: NumPy, one core, as quoted, not rerun";
    rows.push({
      bench: name,
      case: what,
      ours: best,
      peer,
      unit: "ms",
      ratio: peer === null ? null : peer / best,
      note: `${megabytes.toFixed(2)} MB of state${from}`,
    });
  }
  return Promise.resolve(rows);
}
