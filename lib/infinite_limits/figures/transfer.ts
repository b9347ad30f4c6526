/** @module Figure: learning rates transfer over N and H, nearly over L, and not without the scaling. */
import {
  type Figure,
  type Panel,
  runDots,
  runLine,
  sequence,
  sourceOf,
  verticalTime,
} from "../../figure/mod.ts";
import { driftEstimate, learned, type RateCurve, rateCurves } from "../analysis.ts";
import { gratingShape } from "../data.ts";
import type { Sizes, SweepRecord } from "../records.ts";
import { slopeText } from "./write.ts";

/** What a panel of losses over rates says besides its curves. */
export interface RatePanelOptions {
  /** Above the panel. */
  readonly title: string;
  /** What the key calls a curve. */
  label(size: Sizes): string;
  /** Classes of the task, where known: what learned nothing has no optimum, and what diverged is left out. */
  readonly classes?: number;
  /** Measure the rate without its factor N H. */
  readonly raw?: boolean;
  /** A rate to mark. */
  readonly at?: number;
}

/** Loss over the rate, one curve a size, and the optimum of each. */
export function ratePanel(
  curves: readonly RateCurve[],
  { title, label, classes, raw = false, at }: RatePanelOptions,
): Panel {
  const colors = sequence(curves.length);
  const known = classes === undefined ? curves.filter(({ inside }) => inside) : learned(curves, classes);
  const ceiling = classes === undefined ? Infinity : Math.log(classes) + 0.2;
  const factor = ({ size }: RateCurve) => raw ? size.N * size.H : 1;
  const points = (curve: RateCurve) =>
    curve.rates.flatMap((rate, i) => {
      const y = curve.loss[i];
      return y === null || y > ceiling ? [] : [{ x: rate * factor(curve), y, se: curve.error[i] }];
    });
  return {
    title,
    legend: curves.map(({ size }, i) => ({ label: label(size), color: colors[i] })),
    plot: {
      x: { type: "log", label: raw ? "rate η₀NH (no unit)" : "rate constant η₀ (no unit)" },
      y: { label: "held-out loss (nats)" },
      marks: [
        curves.map((curve, i) =>
          known.includes(curve) ? verticalTime(curve.best * factor(curve), "", { color: colors[i] }) : null
        ),
        at === undefined ? null : verticalTime(at, "η₀"),
        curves.map((curve, i) => [
          runLine(points(curve), { color: colors[i] }),
          runDots(points(curve), { color: colors[i] }),
        ]),
      ],
    },
  };
}

/** Curves along one axis on the gratings. */
export function transferPanel(
  curves: readonly RateCurve[],
  axis: "N" | "H" | "L",
  title: string,
  raw = false,
  at?: number,
): Panel {
  const label = (size: Sizes) => `${axis} = ${size[axis]}`;
  return ratePanel(curves, { title, label, classes: gratingShape.classes, raw, at });
}

/**
 * Loss over learning rate for N, H and L.
 * @param records of the experiment `transfer`
 */
export function transferFigure(records: readonly SweepRecord[]): Figure {
  const { base, steps, batch, seeds, gamma0, beta0 } = records[0].config;
  const half = { alphaA: 0.5 }, brownian = { alphaL: 0.5 };
  const rows = [
    { axis: "N", title: "Head width, α_A = 1" },
    { axis: "H", title: "Heads, α_A = 1" },
    { axis: "L", title: "Depth, α_L = 1" },
    { axis: "N", title: "Head width, α_A = ½", exponents: half },
    { axis: "H", title: "Heads, α_A = ½", exponents: half },
    { axis: "L", title: "Depth, α_L = ½", exponents: brownian },
    { axis: "N", title: "Control: head width, unscaled", raw: true },
    { axis: "H", title: "Control: heads, unscaled", raw: true },
  ] as const;
  const moved = rows.map((row) => {
    const estimate = driftEstimate(records, { classes: gratingShape.classes, ...row });
    return estimate === undefined ? "unknown" : slopeText(estimate);
  });
  return {
    name: "transfer",
    title: "One learning rate for all widths, if it is measured in the right unit",
    caption:
      `Held-out loss after ${steps} steps of gradient descent on gratings (batch ${batch}, mean of ${seeds} seeds ± s.e.; chance ln 4 = 1.39) around N = ${base.N}, H = ${base.H}, L = ${base.L}, ` +
      `β₀ = ${beta0}, γ₀ = ${gamma0}. Dashed: optimum of each curve (parabola) that got below chance. Their drift in decades (± s.e. over seeds): ${
        moved[0]
      } over N, ${moved[1]} over H and ${moved[2]} over L; at ½, ${moved[3]}, ${moved[4]} and ${moved[5]}. ` +
      `(g), (h) The runs of (a) and (b) over the rate without the factor 1/NH, the control: ${moved[6]} and ${
        moved[7]
      }.`,
    columns: 3,
    panels: rows.map(({ axis, title, ...rest }) =>
      transferPanel(
        rateCurves(records, axis, "exponents" in rest ? rest.exponents : {}),
        axis,
        title,
        "raw" in rest,
      )
    ),
    sources: records.map(sourceOf),
  };
}
