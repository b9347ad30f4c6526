/** @module Figure: three stages of any one training, with the replicator equation over Stage I. */
import {
  type Figure,
  points,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, softmax } from "../../numerics/mod.ts";
import type { TrainingRecord } from "../records.ts";
import { labelOf, subsets } from "../subsets.ts";
import { replicatorAt, selectionRate } from "../theory.ts";
import { overSeeds, setColor, spread } from "./statistics.ts";

/**
 * Shares, copying and scale of a three-stage training.
 * @param records of `ownRun`, or one of `threeStages` with three stages
 */
export function threeStageRun([record]: readonly TrainingRecord[]): Figure {
  const { config } = record, { H, M, D, variant, start, prior } = config, sets = subsets(H, D);
  const shares = sets.map((_, s) => overSeeds(record, 0, ({ series }, i) => series.p[s][i]));
  const J = sets.map((_, s) => mean(record.metrics.runs.map(({ stages }) => stages[0].drives[s])));
  const last = shares[0][shares[0].length - 1].x, rate = selectionRate(start.a0, sets.length * start.c0 ** 2);
  const grid = Array.from({ length: 150 }, (_, i) => last * i / 149);
  const theory = grid.map((t) => replicatorAt(sets.map(() => 1 / sets.length), J, rate, t));
  const names = sets.map((mask, s) => ({ s, label: labelOf(mask), color: setColor(mask) }));
  const own = (h: number) => variant === "paper" ? h : 0;
  const off = Array.from(
    { length: H },
    (_, h) =>
      overSeeds(
        record,
        1,
        ({ series }, i) => 1 - softmax(Array.from({ length: M }, (_, j) => series.w[h * M + j][i]))[own(h)],
      ).filter(({ x }) => x > 0),
  );
  const scale = overSeeds(record, 2, ({ series }, i) => series.a[0][i]);
  const winner = sets[
    shares.reduce(
      (best, curve, s) => curve[curve.length - 1].y > shares[best][curve.length - 1].y ? s : best,
      0,
    )
  ];
  const { accuracy, loss } = record.metrics.runs[0].validation;
  const { kind, ...settings } = prior;
  const law = [kind, ...Object.entries(settings).map(([key, value]) => `${key} ${value}`)].join(", ");
  return {
    name: "own_run",
    title: `Three stages: ${labelOf(winner)} is selected, fresh accuracy ${accuracy.toFixed(3)}`,
    caption:
      `${
        variant === "paper" ? "Theory’s network, −log(y + 0.1)" : "Published code’s network and loss"
      }; prior: ${law}; parents at offsets ` +
      `${config.parents.join(", ")}; initial gap ${
        (start.plus - start.minus).toFixed(2)
      }, D = ${D}, L = ${config.L}, N = ${config.N}, ${config.seeds.length} data ` +
      `sets (mean ± one standard error). Dark lines: replicator equation with the drives of the first step. Loss on fresh sequences ${
        loss.toFixed(3)
      } (first run).`,
    columns: 3,
    panels: [
      {
        title: "I: shares",
        width: 300,
        height: 220,
        legend: names.map(({ label, color }) => ({ label, color, mark: "dot" as const })),
        plot: {
          x: { label: "time t" },
          y: { label: "share p_S", domain: [0, 1] },
          marks: [
            ...names.map(({ s }) => theoryLine(points(grid, theory.map((p) => p[s])), { width: 1.1 })),
            ...names.map(({ s, color }) => runDots(spread(shares[s], 14, false), { color })),
          ],
        },
      },
      {
        title: "II: weight off the own offset",
        width: 300,
        height: 220,
        legend: off.map((_, h) => ({ label: `head ${h + 1}`, color: runColor(h), mark: "line" as const })),
        plot: {
          x: { type: "log", label: "time t" },
          y: { type: "log", label: "1 − σ" },
          marks: off.map((curve, h) => runLine(curve, { color: runColor(h) })),
        },
      },
      {
        title: "III: inverse temperature",
        width: 300,
        height: 220,
        legend: [{ label: "a", color: theme.colors.runs[3], mark: "line" }],
        plot: {
          x: { type: "log", label: "time t" },
          y: { label: "a", zero: true },
          marks: [
            referenceValue(0),
            runLine(scale.filter(({ x }) => x > 0), { color: runColor(3) }),
          ],
        },
      },
    ],
    sources: [sourceOf(record)],
  };
}
