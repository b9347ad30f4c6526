/** @module Panel: Stage II, the odds e^Δ of the heads' own offsets over time, by flow and by law. */
import {
  type Estimate,
  label,
  type Panel,
  points,
  runColor,
  runDots,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { spread } from "./statistics.ts";

/** e^Δ of a head's row: its own logit against the mean of the others. */
export function oddsOf(row: ArrayLike<number>, own: number): number {
  let others = 0;
  for (let j = 0; j < row.length; j++) if (j !== own) others += row[j] / (row.length - 1);
  return Math.exp(row[own] - others);
}

/** One head of the selected set. */
export interface HeadOdds {
  /** Its number, from 1. */
  readonly head: number;
  /** e^Δ by the flow at its times. */
  readonly flow: ArrayLike<number>;
  /** e^Δ by the law at the panel's times; drawn for the heads that have it. */
  readonly law?: readonly number[];
  /** What runs measured: then the flow is dark and these are coloured dots. */
  readonly measured?: readonly Estimate[];
}

/** e^Δ over time, both logarithmic. */
export function oddsPanel(
  title: string,
  heads: readonly HeadOdds[],
  times: { readonly flow: ArrayLike<number>; readonly law: readonly number[] },
): Panel {
  const measured = heads.some((head) => head.measured);
  const color = (k: number) => runColor(heads[k].head - 1);
  const slope = heads.find((head) => head.law)?.law, at = Math.floor(0.69 * times.law.length);
  return {
    title,
    width: 345,
    height: 240,
    legend: [
      ...measured ? [{ label: "flow", color: theme.colors.theory }] : [],
      { label: "law", color: theme.colors.theory, mark: "dash" },
      ...heads.map(({ head }, k) => ({
        label: measured ? `head ${head}` : `flow, head ${head}`,
        color: color(k),
        mark: measured ? "dot" as const : "line" as const,
      })),
    ],
    plot: {
      x: { type: "log", label: "time t (step size × steps)" },
      y: { type: "log", label: "e^Δ" },
      marks: [
        ...heads.map(({ flow }, k) =>
          theoryLine(points(times.flow, flow), measured ? {} : { color: color(k) })
        ),
        ...heads.map(({ law }) =>
          law ? theoryLine(points(times.law, law), { dash: true, width: 1.2 }) : null
        ),
        ...heads.map((head, k) =>
          head.measured
            ? runDots(spread(head.measured, 16), { color: color(k), log: true, radius: k === 0 ? 4.2 : 2.2 })
            : null
        ),
        slope ? label("slope 1", { x: times.law[at], y: slope[at] }, { dx: 10, dy: 12 }) : null,
      ],
    },
  };
}
