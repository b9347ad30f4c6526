/** @module View: loss over learning rate of trained networks, from the records that travel with the page. */
import type { View } from "../../explore/types.ts";
import { captionSources, type Figure, formatNumber, type RecordOrigin, sourceOf } from "../../figure/mod.ts";
import { drift, learned, type RateCurve, rateCurves, type SweepLosses } from "../analysis.ts";
import { gratingShape } from "../data.ts";
import { transferPanel } from "../figures/transfer.ts";
import { exponent, written } from "../figures/write.ts";
import { slider } from "./setting.ts";

/** What a page keeps of a record of the experiment `transfer`. */
export type KeptSweep = SweepLosses & RecordOrigin;

/** One kind of size grows, the others stay. */
type Axis = "N" | "H" | "L";

interface Knobs {
  readonly axis: typeof axes[number];
  readonly scaling: typeof scalings[number];
  readonly logRate: number;
}

interface Model extends Knobs {
  readonly records: readonly KeptSweep[];
  readonly key: Axis;
  readonly curves: readonly RateCurve[];
  readonly rate: number;
  readonly exponents: { readonly alphaA?: number; readonly alphaL?: number };
}

const axes = ["head width N", "heads H", "blocks L"] as const;
const scalings = ["α_A = 1, α_L = 1", "α_A = ½", "α_L = ½"] as const;
const exponentsOf = {
  "α_A = 1, α_L = 1": {},
  "α_A = ½": { alphaA: 0.5 },
  "α_L = ½": { alphaL: 0.5 },
} as const;

let kept: readonly KeptSweep[] = [];

/** Takes the records that came with the page. */
export function receiveSweeps(data: unknown): void {
  kept = (data ?? []) as readonly KeptSweep[];
}

/** Learning rates over sizes. */
export const transfer: View<Model> = {
  id: "transfer",
  title: "Learning rates",
  lead:
    "Trained networks, from the project's records: in the unit η₀ one learning rate fits all widths and nearly all depths; measured " +
    "without the factor 1/(NH) the optimum runs away. Move η₀ to read the losses.",
  controls: [
    { kind: "choice", name: "axis", label: "What grows", options: axes, value: "head width N" },
    { kind: "choice", name: "scaling", label: "Exponents", options: scalings, value: "α_A = 1, α_L = 1" },
    slider("logRate", "Learning rate log₁₀ η₀", [-0.5, 1, 0.05, 0.3]),
  ],
  compute: (state) => {
    const knobs = state as unknown as Knobs, key = knobs.axis.at(-1) as Axis;
    if (kept.length === 0) {
      throw new Error(
        "this page was built without records of trained networks; run `deno task train infinite_limits` and build it again",
      );
    }
    const curves = rateCurves(kept, key, exponentsOf[knobs.scaling]);
    if (curves.length < 2) {
      throw new RangeError(
        `the records hold ${
          curves.length === 0 ? "no" : "one"
        } size along ${knobs.axis} at ${knobs.scaling}: nothing to compare`,
      );
    }
    const { rates } = curves[0], [low, high] = [rates[0], rates[rates.length - 1]];
    const rate = 10 ** knobs.logRate;
    if (!(rate >= low / 1.01 && rate <= high * 1.01)) {
      throw new RangeError(
        `the networks were trained at rates η₀ from ${low} to ${high}, log₁₀ η₀ from ${
          written(Math.log10(low))
        } to ${written(Math.log10(high))}; got ${written(knobs.logRate)}`,
      );
    }
    return { ...knobs, records: kept, key, curves, rate, exponents: exponentsOf[knobs.scaling] };
  },
  figure: draw,
  readings: ({ curves, key, rate }) => {
    const { rates } = curves[0],
      nearest = nearestOf(rates, rate),
      best = learned(curves, gratingShape.classes);
    return [
      ...curves.map(({ size, loss }) => ({
        label: `Loss at η₀ = ${formatNumber(rates[nearest])}, ${key} = ${size[key]}`,
        value: loss[nearest] === null ? "diverged" : `${loss[nearest].toFixed(3)} nats`,
      })),
      ...curves.map((curve) => ({
        label: `Best η₀ at ${key} = ${curve.size[key]}`,
        value: best.includes(curve) ? formatNumber(curve.best) : "nothing learned",
      })),
      ...best.length > 1
        ? [
          { label: "Drift of the best η₀", value: `${written(drift(best))} decades` },
          { label: "… of η₀NH (control)", value: `${written(drift(best, true))} decades` },
        ]
        : [],
    ];
  },
};

/** Index of the nearest trained rate. */
function nearestOf(rates: readonly number[], rate: number): number {
  const distance = (r: number) => Math.abs(Math.log(r / rate));
  return rates.reduce((best, r, i) => distance(r) < distance(rates[best]) ? i : best, 0);
}

function draw({ curves, key, rate, records, axis, exponents }: Model): Figure {
  const { base, steps, batch, seeds, gamma0, beta0 } = records[0].config, sources = records.map(sourceOf);
  const best = learned(curves, gratingShape.classes), alphas = { alphaA: 1, alphaL: 1, ...exponents };
  const control = key === "L"
    ? "The control changes nothing here, since N and H stay. "
    : "Right, the control: the same runs over the rate without the factor 1/(NH). ";
  return {
    name: "explorer_transfer",
    title: best.length > 1
      ? `Along ${axis} the best η₀ drifts by ${written(drift(best))} decades`
      : `Along ${axis} too few sizes learned to compare their rates`,
    caption:
      `Held-out loss after ${steps} steps of gradient descent on gratings (batch ${batch}, mean of ${seeds} seeds ± s.e.; chance ln 4 = ` +
      `1.39) around N = ${base.N}, H = ${base.H}, L = ${base.L}, α_A = ${exponent(alphas.alphaA)}, α_L = ${
        exponent(alphas.alphaL)
      }, β₀ = ${beta0}, γ₀ = ${gamma0}. Dashed: optimum of each curve (parabola) that got below chance; grey: η₀ as set. ` +
      `${control}${captionSources(sources)}`,
    panels: [
      transferPanel(curves, key, "In the unit η₀", false, rate),
      ...key === "L" ? [] : [transferPanel(curves, key, "Without the factor 1/(NH)", true)],
    ],
    sources,
  };
}
