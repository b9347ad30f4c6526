/** @module Constructed induction heads measured in float64: error over n and H, slope, length, with and without the guard. */
import { rounded, stream } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import {
  constructInductionHead,
  type CopyHeads,
  entrywiseNorm,
  inductionHeadBound,
  searchCopyDistance,
  singleHeadBound,
  supremumError,
} from "../construction.ts";
import { inductionHead } from "../data.ts";
import { type HeadsConfig, type HeadsMetrics, headsMetrics } from "../records.ts";

const quick: HeadsConfig = {
  seed: 1,
  d: 2,
  norm: 4,
  a: 1,
  sequences: 10,
  n: [2, 3, 4, 5],
  H: [1, 2, 3, 4, 5, 6, 7, 8],
  slopes: [1, 2, 3, 4, 6, 8, 10, 12],
  lengths: [8, 16, 32, 64, 128, 256],
  groups: { n: 4, a: 0.5, H: [3, 6, 9, 12, 18, 24, 30] },
};
const full: HeadsConfig = { ...quick, sequences: 40, n: [2, 3, 4, 5, 6] };
const profiles = frozen({ quick: [quick], full: [full] });

/** A random score matrix of the wanted norm. */
function scores(config: HeadsConfig, size: number): number[][] {
  const random = stream(config.seed, "lazy_to_rich", "scores", size);
  const W = Array.from({ length: size }, () => Array.from({ length: size }, () => random.normal()));
  const scale = config.norm / entrywiseNorm(W);
  return W.map((row) => row.map((w) => w * scale));
}

/** Largest error of one head over random bounded sequences, and its bound. */
function measure(
  config: HeadsConfig,
  head: { n: number; copy: CopyHeads; guard?: number; lengths: number[]; fine?: boolean },
): { error: number; bound: number } {
  const { n, copy, guard, lengths, fine } = head, { d, seed, sequences } = config;
  const W = scores(config, (n - 1) * d);
  const built = constructInductionHead({ n, d, W, copy, guard });
  const error = supremumError(
    (x) => built.run(x, { precision: fine ? "double-double" : "float64" }),
    (x) => inductionHead(x, W, n, d),
    { d, lengths, sequences, random: stream(seed, "lazy_to_rich", "sequences", n) },
  );
  const bound = copy.kind === "single"
    ? singleHeadBound(W, copy.slope, built.guard)
    : inductionHeadBound(W, built.copy.errors, built.guard);
  return { error: rounded(error), bound: rounded(bound) };
}

async function run(config: HeadsConfig, context: RunContext): Promise<HeadsMetrics> {
  const { seed, n: ns, H: Hs, a, slopes, lengths, groups } = config;
  const total = ns.length * Hs.length + slopes.length + lengths.length + groups.H.length;
  let done = 0;
  const advance = async () => {
    context.progress(++done, total);
    await breathe();
    context.signal.throwIfAborted();
  };
  const grid = [], single = [], guard = [], grouped = [];
  for (const n of ns) {
    for (const H of Hs) {
      const near = [n + 1, n + 2, n + 3, n + 5, 24, 48];
      // double-double arithmetic where float64 would show its own round-off instead of the copy error
      const head = {
        n,
        copy: { kind: "shared", H, a, partial: H < n - 1 } as const,
        lengths: near,
        fine: H > 6,
      };
      const random = stream(seed, "lazy_to_rich", "slopes", n, H);
      const { distance } = searchCopyDistance({ n, H, trials: 3000, random });
      grid.push({ n, H, ...measure(config, head), distance: rounded(distance) });
      await advance();
    }
  }
  for (const p of slopes) {
    const copy = { kind: "single", slope: p } as const;
    for (const L of lengths) single.push({ p, L, ...measure(config, { n: 2, copy, lengths: [L] }) });
    await advance();
  }
  for (const L of lengths) {
    const head = { n: 2, copy: { kind: "single", slope: 20 } as const, lengths: [L] };
    guard.push({ L, on: measure(config, head).error, off: measure(config, { ...head, guard: 0 }).error });
    await advance();
  }
  for (const H of groups.H) {
    const { n, a } = groups, sizes = new Array<number>(n - 1).fill(H / (n - 1));
    const at = (copy: CopyHeads) => measure(config, { n, copy, lengths: [32], fine: true }).error;
    const ready = sizes.every((size, i) => size >= i + 1); // slot i needs i heads
    grouped.push({
      H,
      shared: H <= 12 ? at({ kind: "shared", H, a }) : null,
      grouped: ready ? at({ kind: "grouped", sizes, a }) : 2,
    });
    await advance();
  }
  return { grid, single, guard, groups: grouped };
}

/** IH_2 and IH_n as real transformers against their targets. */
export const constructedHeads: Experiment<HeadsConfig, HeadsMetrics> = {
  paper: "lazy_to_rich",
  name: "constructed_heads",
  title: "Errors of constructed induction heads over n, H, slope and length",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => headsMetrics.parse(metrics),
  run,
};
