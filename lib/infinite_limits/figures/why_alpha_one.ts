/** @module Figure: why N to infinity needs alphaA = 1. */
import { type Figure, points, referenceLine, runDots, sequence, sourceOf, theme } from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import type { ScalingMetrics, ScalingRecord } from "../records.ts";
import { exponent } from "./write.ts";

const cases = [
  { alphaA: 1, embedding: true, title: "α_A = 1" },
  { alphaA: 0.5, embedding: true, title: "α_A = ½" },
  { alphaA: 0.5, embedding: false, title: "α_A = ½, W⁰ frozen" },
] as const;
type Quantity = Exclude<keyof ScalingMetrics, "alignment">;
const guides: Readonly<Record<Quantity, (alphaA: number) => number>> = {
  keyPath: (alphaA) => 2 * (1 - alphaA),
  logitMove: () => 0,
  headVariance: (alphaA) => 1 - 2 * alphaA,
};
const rows: readonly { quantity: Quantity; name: string; label: string }[] = [
  { quantity: "keyPath", name: "Through keys", label: "mean square (no unit)" },
  { quantity: "logitMove", name: "Logits moved", label: "(A(t) − A(0))² (no unit)" },
  { quantity: "headVariance", name: "Head variance", label: "variance of A (no unit)" },
];

/**
 * Backward key path, logit movement and head variance over N at several times, one column an exponent.
 * @param records of the experiment `scaling`
 */
export function whyAlphaOne(records: readonly ScalingRecord[]): Figure {
  const { times, seeds, H } = records[0].config, colors = sequence(times.length);
  const of = (alphaA: number, embedding: boolean) =>
    records.find(({ config }) => config.alphaA === alphaA && config.embedding === embedding)!;
  return {
    name: "why_alpha_one",
    title: "At α_A = ½ the gradient through keys grows with N",
    caption:
      `Networks of H = ${H} heads on the tiny data (β₀ = γ₀ = 2, η₀ = 0.1), mean of ${seeds} ± s.e. at t = ${
        times.join(", ")
      }. (a–c) Mean square of the gradient that reaches the residual ` +
      "stream through keys, γ₀d ∂f/∂h. (d–f) Mean square by which logits have moved. (g–i) Variance of a logit over the heads of a network. " +
      "Grey: slopes 2(1 − α_A), 0 and 1 − 2α_A. At α_A = 1 the key path stays finite, logits move by order one and heads collapse; at α_A = ½ the key path " +
      "grows with N until it saturates (b, t = 12), and logits and the differences of heads grow with it unless the embedding is frozen.",
    columns: 3,
    panels: rows.flatMap(({ quantity, name, label }) =>
      cases.map(({ alphaA, embedding, title }) => {
        const { config: { N }, metrics } = of(alphaA, embedding);
        const guide = guides[quantity](alphaA), first = cases[0].alphaA === alphaA;
        // Nothing has moved at t = 0, and a logarithmic axis has no place for it.
        const shown = times.flatMap((t, i) => quantity === "logitMove" && t === 0 ? [] : [i]);
        const last = metrics[quantity].map((sweep) => mean(sweep[times.length - 1]));
        return {
          title: `${name}, ${title}`,
          legend: [
            ...first
              ? shown.map((i) => ({ label: `t = ${times[i]}`, color: colors[i], mark: "dot" as const }))
              : [],
            {
              label: `slope ${exponent(guide).replace("-", "−")}`,
              color: theme.colors.reference,
              mark: "dash" as const,
            },
          ],
          plot: {
            x: { type: "log" as const, base: 2, label: "head width N" },
            y: { type: "log" as const, label },
            marks: [
              referenceLine(points(N, N.map((n) => last[0] * 1.6 * (n / N[0]) ** guide))),
              shown.map((t) =>
                runDots(
                  N.map((n, i) => {
                    const values = metrics[quantity][i][t];
                    return { x: n, y: mean(values), se: standardError(values) };
                  }),
                  { color: colors[t], log: true },
                )
              ),
            ],
          },
        };
      })
    ),
    sources: records.map(sourceOf),
  };
}
