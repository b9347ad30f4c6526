/** @module Figure: learning rates transfer over N and H, nearly over L, and not without the scaling. */
import {
  type Figure,
  type Panel,
  runDots,
  runLine,
  sequence,
  sourceOf,
  verticalTime,
  verticalTimes,
} from "../../figure/mod.ts";
import { drift, learned, type RateCurve, rateCurves } from "../analysis.ts";
import { gratingShape } from "../data.ts";
import type { SweepRecord } from "../records.ts";
import { written } from "./write.ts";

/** Loss over the rate, one curve a size; `raw` measures the rate without the factor N H, `at` marks a rate. */
export function transferPanel(
  curves: readonly RateCurve[],
  axis: "N" | "H" | "L",
  title: string,
  raw = false,
  at?: number,
): Panel {
  const colors = sequence(curves.length);
  const factor = ({ size }: RateCurve) => raw ? size.N * size.H : 1;
  const points = (curve: RateCurve) =>
    curve.rates.flatMap((rate, i) => {
      const y = curve.loss[i];
      return y === null || y > ceiling ? [] : [{ x: rate * factor(curve), y, se: curve.error[i] }];
    });
  return {
    title,
    legend: curves.map(({ size }, i) => ({ label: `${axis} = ${size[axis]}`, color: colors[i] })),
    plot: {
      x: { type: "log", label: raw ? "rate η₀NH (no unit)" : "rate constant η₀ (no unit)" },
      y: { label: "held-out loss (nats)" },
      marks: [
        verticalTimes(
          learned(curves, gratingShape.classes).map((curve) => ({
            at: curve.best * factor(curve),
            label: "",
          })),
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

/** A little above ln 4, chance on the gratings: what diverges is left out. */
const ceiling = 1.6;

/**
 * Loss over learning rate for N, H and L.
 * @param records of the experiment `transfer`
 */
export function transferFigure(records: readonly SweepRecord[]): Figure {
  const [N, H, L] = (["N", "H", "L"] as const).map((axis) => rateCurves(records, axis));
  const half = rateCurves(records, "N", { alphaA: 0.5 }),
    brownian = rateCurves(records, "L", { alphaL: 0.5 });
  const { base, steps, batch, seeds, gamma0, beta0 } = records[0].config;
  const moved = (curves: readonly RateCurve[], raw = false) =>
    written(drift(learned(curves, gratingShape.classes), raw));
  return {
    name: "transfer",
    title: "One learning rate for all widths, if it is measured in the right unit",
    caption:
      `Held-out loss after ${steps} steps of gradient descent on gratings (batch ${batch}, mean of ${seeds} seeds ± s.e.; chance ln 4 = 1.39) around N = ${base.N}, H = ${base.H}, L = ${base.L}, ` +
      `β₀ = ${beta0}, γ₀ = ${gamma0}. Grey: optimum of each curve (parabola) that got below chance. Their drift in decades: ${
        moved(N)
      } over N (α_A = 1), ${moved(half)} (½), ${moved(H)} over H, ` +
      `${moved(L)} over L (α_L = 1), ${
        moved(brownian)
      } (½). (d), (e) The same runs over the rate without the factor 1/NH, the control: ${
        moved(N, true)
      } and ` +
      `${moved(H, true)} decades.`,
    columns: 3,
    panels: [
      transferPanel(N, "N", "Head width, α_A = 1"),
      transferPanel(H, "H", "Heads"),
      transferPanel(L, "L", "Depth, α_L = 1"),
      transferPanel(N, "N", "Control: head width, unscaled", true),
      transferPanel(H, "H", "Control: heads, unscaled", true),
      transferPanel(brownian, "L", "Depth, α_L = ½"),
    ],
    sources: records.map(sourceOf),
  };
}
