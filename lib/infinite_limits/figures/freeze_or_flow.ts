/** @module Figure: L to infinity, attention that freezes or flows. */
import {
  type Figure,
  type Point,
  points,
  referenceLine,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import { slopeOf } from "../analysis.ts";
import type { DepthRecord, MovementRecord } from "../records.ts";
import { slopeText } from "./write.ts";

/** Movement of all weights of a kind-average, [L][seed]. */
export function movementOf({ metrics }: MovementRecord): number[][] {
  return metrics.movement[0].map((seeds, l) =>
    seeds.map((_, seed) => mean(metrics.movement.map((kind) => kind[l][seed])))
  );
}

/**
 * Exact logits over depth, and weight movement of finite networks.
 * @param exact of the experiment `depth`
 * @param networks of the experiment `movement`
 */
export function freezeOrFlow(exact: readonly DepthRecord[], networks: readonly MovementRecord[]): Figure {
  const by = <R extends { readonly config: { readonly alphaL: number } }>(
    records: readonly R[],
    alphaL: number,
  ) => records.find(({ config }) => config.alphaL === alphaL)!;
  const exponents = [1, 0.5] as const, { L } = exact[0].config, names = ["α_L = 1", "α_L = ½"];
  const deep = by(exact, 0.5).metrics.logits;
  const slopes = exponents.map((alphaL) =>
    slopeOf(by(networks, alphaL).config.L, movementOf(by(networks, alphaL)))
  );
  const trained = names.map((label, i) => ({ label, color: runColor(i), mark: "dot" as const }));
  // Exact theory is dark like all theory: the exponents differ in their dashes, and dots say which depths were solved.
  const { theory } = theme.colors;
  const solved = names.map((label, i) => ({
    label,
    color: theory,
    mark: i === 0 ? "line" as const : "dash" as const,
  }));
  const exactly = (i: number, at: readonly Point[]) => [
    theoryLine(at, { width: 1.25, dash: i === 1 }),
    runDots(at, { color: theory }),
  ];
  return {
    name: "freeze_or_flow",
    title: "Deep networks: attention freezes at α_L = ½ and learns at α_L = 1",
    caption:
      `(a), (b) Exact theory at N = ∞ on the tiny data (P = S = 2, β₀ = γ₀ = 1, η₀ = ${
        exact[0].config.eta0
      }), every dot one depth: root mean square of all logits and the outputs of both samples after ` +
      `t = ${
        exact[0].config.steps
      } steps. Grey: slope −1. (c) Colour: relative movement |W(t) − W(0)|/|W(0)| of trained networks with normalisation and MLP (N = ${
        networks[0].config.N
      }, ` +
      `H = ${networks[0].config.H}, t = ${networks[0].config.steps}, ${
        networks[0].config.seeds
      } seeds ± s.e.), root mean square over blocks, one line a kind of weight. ` +
      `Slopes ${slopeText(slopes[0])} at α_L = 1 and ${slopeText(slopes[1])} at ½ (theory 0 and −½).`,
    columns: 3,
    panels: [
      {
        title: "Logits, exact",
        legend: [...solved, { label: "slope −1", color: theme.colors.reference, mark: "dash" }],
        plot: {
          x: { type: "log", base: 2, label: "blocks L" },
          y: { type: "log", label: "rms logit (no unit)" },
          marks: [
            referenceLine(points(L, L.map((l) => deep[deep.length - 1] * L[L.length - 1] / l))),
            exponents.map((alphaL, i) => exactly(i, points(L, by(exact, alphaL).metrics.logits))),
          ],
        },
      },
      {
        title: "Outputs, exact",
        legend: solved,
        plot: {
          x: { type: "log", base: 2, label: "blocks L" },
          y: { label: "output f (no unit)" },
          marks: exponents.map((alphaL, i) =>
            [0, 1].map((p) =>
              exactly(i, points(L, by(exact, alphaL).metrics.outputs.map((f) => f[f.length - 2 + p])))
            )
          ),
        },
      },
      {
        title: "Weights of finite networks",
        legend: [...trained, { label: "slope −½", color: theme.colors.reference, mark: "dash" }],
        plot: {
          x: { type: "log", base: 2, label: "blocks L" },
          y: { type: "log", label: "relative movement (no unit)" },
          marks: exponents.map((alphaL, i) => {
            const { config, metrics } = by(networks, alphaL), first = config.L[0];
            return [
              alphaL === 0.5
                ? referenceLine(
                  points(
                    config.L,
                    config.L.map((l) => mean(metrics.movement[3][0]) * 1.15 * (l / first) ** -0.5),
                  ),
                )
                : null,
              metrics.movement.map((sweep) => [
                runLine(points(config.L, sweep.map((values) => mean(values))), {
                  color: runColor(i),
                  width: 0.8,
                  opacity: 0.6,
                }),
                runDots(
                  sweep.map((values, l) => ({ x: config.L[l], y: mean(values), se: standardError(values) })),
                  {
                    color: runColor(i),
                    log: true,
                    radius: 2.2,
                  },
                ),
              ]),
            ];
          }),
        },
      },
    ],
    sources: [...exact, ...networks].map(sourceOf),
  };
}
