/** @module The training theory: times of the marches and what they keep in memory, and how both grow with B, T, L and M. */
import { simulateNetwork } from "../../lib/infinite_limits/construction.ts";
import { tinyData } from "../../lib/infinite_limits/data.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { TrainingDynamics, type TrainingOptions } from "../../lib/infinite_limits/theory.ts";
import { median, stream } from "../../lib/numerics/mod.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";

/** What `deno task bench infinite_limits` runs. */
export const name = "infinite_limits";

/** A march. */
interface Case {
  readonly what: string;
  /** What a NumPy version of the same expansion took on one core of a similar machine: no peer that could be run here. */
  readonly numpy?: string;
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
const sampled = (heads: number, steps: number, P = 3): TrainingOptions => ({
  task: tinyData(P),
  scales: parametrise({ N: 4, H: Infinity, ...rich }),
  ...{ steps, heads, stream: stream(1) },
});

const cases: Case[] = [
  {
    what: "N = infinity, L = 1, B = 9, T = 12",
    numpy: "35 ms",
    repeats: 12,
    make: theory(exact(3, 3, 12)),
    steps: 12,
  },
  {
    what: "N = infinity, L = 1, B = 9, T = 24",
    repeats: 6,
    make: theory(exact(3, 3, 24)),
    steps: 24,
  },
  {
    what: "N = infinity, L = 1, B = 18, T = 12",
    repeats: 4,
    make: theory(exact(6, 3, 12)),
    steps: 12,
  },
  {
    what: "H = infinity, N = 4, M = 2000, T = 6",
    numpy: "0.24 s",
    repeats: 12,
    make: theory(sampled(2000, 6)),
    steps: 6,
  },
  {
    what: "H = infinity, N = 4, M = 4000, T = 6",
    repeats: 3,
    make: theory(sampled(4000, 6)),
    steps: 6,
  },
  {
    what: "H = infinity, N = 4, M = 2000, T = 12",
    repeats: 3,
    make: theory(sampled(2000, 12)),
    steps: 12,
  },
  {
    what: "H = infinity, N = 4, M = 2000, B = 18, T = 6",
    repeats: 3,
    make: theory(sampled(2000, 6, 6)),
    steps: 6,
  },
  { what: "N = infinity, L = 24, B = 4, T = 5", repeats: 6, make: theory(deep(24, 5)), steps: 5 },
  {
    what: "N = infinity, L = 48, B = 4, T = 5",
    numpy: "2.4 s",
    repeats: 6,
    make: theory(deep(48, 5)),
    steps: 5,
  },
  {
    what: "N = infinity, L = 48, B = 4, T = 10",
    repeats: 3,
    make: theory(deep(48, 10)),
    steps: 10,
  },
  {
    what: "one network, N = 4, H = 256, T = 12, weights never stored",
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

/** Medians of several runs. */
export function run({ log }: BenchOptions): Promise<BenchRow[]> {
  const rows = cases.map(({ what, numpy, repeats, make, steps }) => {
    const times: number[] = [];
    let megabytes = 0;
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      const dynamics = make();
      for (let t = 0; t < steps; t++) dynamics.step();
      times.push(performance.now() - start);
      megabytes = 8 * dynamics.size / 1e6;
    }
    log(`${what}: ${median(times).toFixed(1)} ms, ${megabytes.toFixed(2)} MB of state`);
    const peer = numpy === undefined ? "no peer" : `NumPy, one core: ${numpy} (quoted, not rerun)`;
    const note = `${peer}; best ${Math.min(...times).toFixed(1)}; ${megabytes.toFixed(2)} MB of state`;
    return timed({ bench: name, case: what, note }, median(times), null);
  });
  return Promise.resolve(rows);
}
