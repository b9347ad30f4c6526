/** @module The panels of the three stages: the notebook's, and the drives over the initial gap. */
import {
  formatNumber,
  type Panel,
  type Point,
  points,
  runColor,
  runDots,
  theme,
  theoryLine,
  verticalTimes,
} from "../../../figure/mod.ts";
import { oddsPanel } from "../../figures/odds_panel.ts";
import { sharesPanel } from "../../figures/shares_panel.ts";
import { setColor } from "../../figures/statistics.ts";
import { scaledDrivePanel, temperaturePanel } from "../../figures/temperature_panels.ts";
import { labelOf } from "../../subsets.ts";
import { earlyTemperature, lateTemperature, settledTemperature } from "../../theory.ts";
import { remembered } from "../remembered.ts";
import type { Stages } from "./model.ts";
import { GAPS, type Selection, sharesAt } from "./selection.ts";
import { chainOf, PARENTS } from "./settings.ts";
import { SCALES } from "./temperature.ts";

const timeLabel = "time t (step size × steps)";

/** Everything but what Stage III alone depends on. */
const early = ({ settings: { L: _, ...rest }, kernels }: Stages) => [rest, kernels];
const late = (
  { settings: { alpha, a0, loss, L }, selection, population, finite }: Stages,
) => [alpha, a0, loss, L, selection.winner, population.kernels, finite?.sequences];

/** Panels in reading order; those that a slider leaves as they are are not drawn again. */
export const panelsOf: (stages: Stages) => Panel[] = (() => {
  const makers = [
    remembered(stageOnePanel, early),
    remembered(gapPanel, ({ settings: { alpha, loss, D, gap }, kernels }) => [alpha, loss, D, gap, kernels]),
    remembered(stageTwoPanel, (stages) => [early({ ...stages, settings: { ...stages.settings, c0: 0 } })]),
    remembered(stageThreePanel, late),
    remembered(drivePanel, (stages) => late({ ...stages, settings: { ...stages.settings, a0: 0 } })),
  ];
  return (stages) => makers.map((make) => make(stages));
})();

/** Stage I: shares until the winner has nearly all, beside those under one-hot attention. */
function stageOnePanel({ selection }: Stages): Panel {
  const { sets, J, hard, rate, t99 } = selection, count = 70;
  const times = Array.from({ length: count }, (_, i) => 1.15 * t99 * i / (count - 1));
  const panel = sharesPanel({
    sets,
    times,
    theory: sharesAt(J, rate, times),
    other: { label: "one-hot attention", theory: sharesAt(hard, rate, times) },
  });
  const { plot } = panel;
  return {
    ...panel,
    title: "Stage I: shares p_S by the replicator equation",
    plot: { ...plot, x: { ...plot.x, domain: [0, times[count - 1]] } },
  };
}

/** Stage I: who would win at other gaps. */
function gapPanel({ selection, settings }: Stages): Panel {
  const { sets, along, sufficient, critical } = selection;
  const shown = sets.map((mask, s) => ({ mask, s })).filter(({ mask }) => mask !== 0);
  const top = (row: readonly number[]) => Math.max(...row);
  const curve = (s: number): Point[] => GAPS.map((x, i) => ({ x, y: along[i][s] / top(along[i]) }));
  const low = Math.max(
    0,
    Math.floor(10 * Math.min(...shown.flatMap(({ s }) => curve(s).map(({ y }) => y)))) / 10,
  );
  const inside = (x: number | undefined): x is number =>
    x !== undefined && x > GAPS[0] && x <= GAPS[GAPS.length - 1];
  return {
    title: "Stage I: drives against the initial gap",
    width: 345,
    height: 250,
    legend: shown.map(({ mask }) => ({ label: labelOf(mask), color: setColor(mask) })),
    plot: {
      x: { label: "initial gap w₊ − w₋", domain: [0, GAPS[GAPS.length - 1]] },
      y: { label: "J_S / largest", domain: [low, 1 + 0.16 * (1 - low)], ticks: 5 },
      marks: [
        verticalTimes([
          ...inside(settings.gap) ? [{ at: settings.gap, label: "start" }] : [],
          ...inside(critical) ? [{ at: critical, label: "needed" }] : [],
          ...inside(sufficient) ? [{ at: sufficient, label: "enough" }] : [],
        ]),
        ...shown.map(({ mask, s }) => theoryLine(curve(s), { color: setColor(mask) })),
      ],
    },
  };
}

/** Stage II. */
function stageTwoPanel({ copying }: Stages): Panel {
  const { times, heads } = copying;
  return oddsPanel("Stage II: e^Δ of the selected heads", heads, { flow: times, law: times });
}

/** Stage III: a(t). */
function stageThreePanel({ settings, population, finite, selection }: Stages): Panel {
  const { a0, L, alpha } = settings, { times, a, J, K } = population, last = times[times.length - 1];
  const settled = selection.winner === PARENTS
    ? settledTemperature(L, chainOf(settings).d, alpha)
    : undefined;
  const start = times.map((t) => ({ x: t, y: earlyTemperature(a0, J * Math.exp(-a0), t) }));
  const tail = times.map((t) => ({ x: t, y: K > 0 ? lateTemperature(K, t) : NaN }));
  const top = Math.ceil(Math.max(a[a.length - 1], settled ?? 0, finite?.a.at(-1) ?? 0) + 0.6);
  const drawn = (curve: Point[]) => curve.filter(({ y }) => y >= a0 && y <= top + 1);
  return temperaturePanel({
    title: "Stage III: the inverse temperature",
    xLabel: timeLabel,
    settled: settled !== undefined && settled > 0 ? settled : undefined,
    legend: [
      { label: "flow, L = ∞", color: theme.colors.theory },
      { label: `flow, L = ${L}`, color: runColor(1) },
      { label: "early", color: runColor(2), mark: "dash" },
      { label: "log(Kt)", color: theme.colors.theory, mark: "dash" },
    ],
    x: { domain: [times[0], last] },
    y: { domain: [0, top] },
    marks: [
      theoryLine(drawn(tail), { dash: true, width: 1.2 }),
      theoryLine(drawn(start), { dash: true, width: 1.2, color: runColor(2) }),
      theoryLine(points(times, a)),
      finite
        ? theoryLine(points(finite.times, finite.a).filter(({ x }) => x >= times[0] && x <= last), {
          color: runColor(1),
        })
        : null,
    ],
  });
}

/** Stage III: the drive, where its three regimes are seen. */
function drivePanel({ settings, population, finite }: Stages): Panel {
  const along = (drives: readonly number[]) => points(SCALES, drives);
  const panel = scaledDrivePanel("Stage III: drive × e^a, flat where a grows like log t, 0 where a settles", [
    { label: "L = ∞", color: theme.colors.theory, drive: along(population.drives) },
    ...finite ? [{ label: `L = ${settings.L}`, color: runColor(1), drive: along(finite.drives) }] : [],
    {
      label: `K = ${formatNumber(population.K)}`,
      color: theme.colors.reference,
      dash: true,
      drive: SCALES.map((x) => ({ x, y: population.K * Math.exp(-x) })),
    },
  ]);
  // What settles falls far below 0 soon after; what matters is where it crosses.
  const top = 1.08 * Math.max(population.K, ...SCALES.map((a, i) => Math.exp(a) * population.drives[i]));
  const { marks = [], y } = panel.plot;
  const best = finite?.interior ? [{ x: finite.best, y: 0 }] : [];
  return {
    ...panel,
    legend: [
      ...panel.legend!,
      ...best.length > 0 ? [{ label: "best a", color: runColor(1), mark: "dot" as const }] : [],
    ],
    plot: {
      ...panel.plot,
      y: { ...y, domain: [best.length > 0 ? -top / 3 : 0, top] },
      marks: [...marks, runDots(best, { color: runColor(1), radius: 4 })],
    },
  };
}

/** Which set is selected, in words. */
export function verdict({ winner, wanted, t99 }: Selection): string {
  const set = labelOf(winner);
  if (winner !== wanted) {
    return `The gap is too small: Stage I selects ${set}, though ${labelOf(wanted)} has the most information`;
  }
  return `Stage I selects ${set}${winner === PARENTS ? ", the parents" : ""}: 99 % by t = ${
    formatNumber(t99)
  }`;
}
