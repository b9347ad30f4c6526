/** @module View: three stages of training, one group of parameters each, from one start. */
import type { View } from "../../../explore/types.ts";
import { type Figure, formatNumber } from "../../../figure/mod.ts";
import { labelOf } from "../../subsets.ts";
import { settledTemperature } from "../../theory.ts";
import { type Part, partOf, partsOf, refined, type Stages, stagesOf } from "./model.ts";
import { panelsOf, verdict } from "./panels.ts";
import { chainOf, PARENTS, stageControls } from "./settings.ts";

/** Three digits. */
const short = (x: number) => formatNumber(Number(x.toPrecision(3)));

/** Stages I to III by closed forms and flows. */
export const stagesView: View<Stages> = {
  id: "stages",
  title: "Three stages",
  lead:
    "c, then w, then a: a set of heads wins, its heads become copiers, attention sharpens. Shrink the gap and the wrong set wins; " +
    "shrink ε and a settles near log(L/dα) instead of growing like log t.",
  controls: stageControls,
  compute: stagesOf,
  figure: (quick, parts) => draw(refined(quick, parts as readonly Part[])),
  readings: (quick, parts) => {
    const { settings, selection, copying, population, finite } = refined(
      quick,
      (parts ?? []) as readonly Part[],
    );
    const { critical, sufficient, winner, sets, J } = selection;
    return [
      { label: "Selected set", value: labelOf(winner) },
      { label: "Its drive J_S", value: short(J[sets.indexOf(winner)]) },
      { label: `Ahead of ${labelOf(selection.runnerUp)} by`, value: short(selection.margin) },
      { label: "Gap needed", value: Number.isFinite(critical) ? short(critical) : "more than 6" },
      { label: "Gap that is enough", value: sufficient === undefined ? "not known" : short(sufficient) },
      { label: "I: p = 0.99 at", value: short(selection.t99) },
      { label: "I: bound on that", value: short(selection.t99Bound) },
      { label: "II: curvature Γ", value: copying.heads.map(({ gamma }) => short(gamma)).join(", ") },
      { label: "II: σ = 0.99 at (law)", value: Number.isFinite(copying.t99) ? short(copying.t99) : "never" },
      { label: "III: K at L = ∞", value: short(population.K) },
      {
        label: `III: K at L = ${settings.L}`,
        value: finite === undefined ? "…" : finite.K > 0 ? short(finite.K) : "none",
      },
      {
        label: "III: log(L/dα)",
        value: winner === PARENTS
          ? short(settledTemperature(settings.L, chainOf(settings).d, settings.alpha))
          : "for the parents",
      },
      {
        label: `III: best a at L = ${settings.L}`,
        value: finite === undefined ? "…" : finite.interior ? short(finite.best) : "grows on",
      },
    ];
  },
  job: { label: "More kernels, and sequences of length L", total: partsOf, part: partOf },
};

function draw(stages: Stages): Figure {
  const { settings, selection, kernels, population, finite } = stages;
  const { alpha, a0, c0, gap, loss, D, L } = settings;
  return {
    name: "explorer_stages",
    title: verdict(selection),
    caption:
      `Theory’s network, d = 3, parents {1,2}, Dirichlet(${
        formatNumber(alpha)
      }) rows, M = H = 3, D = ${D}, a₀ = ${formatNumber(a0)}, c₀ = ${formatNumber(c0)}, ` +
      `w₊ − w₋ = ${formatNumber(gap)}, ${
        loss.kind === "cesoft"
          ? "softmax cross-entropy on y"
          : `−log(y + ε), ε = ${formatNumber(loss.epsilon)}`
      }; time is step size × steps. ` +
      `All laws derived here. I: p_S(t) with drives of infinite sequences over ${kernels} kernels, attention as soft as it starts; dashed: one-hot. ` +
      `II: from p = 1 on ${
        labelOf(selection.winner)
      }; Δ is the own logit minus the mean of the others; dashed: e^Δ⁽⁰⁾ + 2aMΓt. ` +
      `III: one-hot p and attention, a(0) = a₀, ${population.kernels} kernels; early: −log(e^−a₀ − Jt)` +
      (finite ? `; L = ${L}: ${finite.sequences} sequences.` : "."),
    columns: 2,
    panels: panelsOf(stages),
    sources: [],
  };
}
