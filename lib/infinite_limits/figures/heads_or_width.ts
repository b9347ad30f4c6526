/** @module Figure: what the same width buys, as more heads or as wider heads. */
import { type Figure, type Panel, runColor, runDots, runLine, sourceOf } from "../../figure/mod.ts";
import { rateCurves } from "../analysis.ts";
import type { SweepRecord } from "../records.ts";
import { exponent } from "./write.ts";

function panel(records: readonly SweepRecord[], title: string): Panel {
  const series = (["N", "H"] as const).flatMap((axis) =>
    [1, 0.5].map((alphaA) => ({ axis, alphaA, curves: rateCurves(records, axis, { alphaA }) }))
  );
  return {
    title,
    legend: series.map(({ axis, alphaA }, i) => ({
      label: `${axis === "N" ? "wider heads" : "more heads"}, α_A = ${exponent(alphaA)}`,
      color: runColor(i),
      mark: "dot" as const,
    })),
    plot: {
      x: { type: "log", base: 2, label: "width d = NH" },
      y: { label: "held-out loss at the best rate (nats)" },
      marks: series.map(({ curves }, i) => {
        const at = curves.map((curve) => {
          const best = curve.loss.indexOf(Math.min(...curve.loss.map((l) => l ?? Infinity)));
          return { x: curve.size.N * curve.size.H, y: curve.loss[best]!, se: curve.error[best] };
        });
        return [runLine(at, { color: runColor(i), width: 1.2 }), runDots(at, { color: runColor(i) })];
      }),
    },
  };
}

/**
 * Loss over width on images and text.
 * @param images of the experiment `transfer`
 * @param text of the experiment `language`
 */
export function headsOrWidth(images: readonly SweepRecord[], text: readonly SweepRecord[]): Figure {
  const [a, b] = [images[0].config, text[0].config];
  return {
    name: "heads_or_width",
    title: "More heads or wider heads?",
    caption:
      `Loss at the best rate of the grid, mean over seeds ± s.e., over the width d = NH: along N at H = ${a.base.H} (${b.base.H} for text), and along H at N = ${a.base.N} (${b.base.N}). (a) Gratings, gradient descent, ` +
      `${a.steps} steps. (b) Characters of a generated corpus, Adam, η₀ = ${
        b.rates.join(", ")
      }, ${b.steps} steps. Small networks and short trainings: what is compared is the exponents, not the paper’s curves.`,
    panels: [panel(images, "Gratings"), panel(text, "Characters")],
    sources: [...images, ...text].map(sourceOf),
  };
}
