/** @module Figure: what H attention heads with fixed slopes copy together, and how fast their error falls with H. */
import {
  bars,
  type Figure,
  formatPower,
  label,
  referenceLine,
  runColor,
  runDots,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { copyError, copyKernel, softmaxKernel } from "../construction.ts";

/** What to draw. */
export interface CopyKernelsOptions {
  /** Number of heads; default 4. */
  readonly H?: number;
  /** Slope unit: head k has slope a k; default 1. */
  readonly a?: number;
  /** Slots, i.e. how many tokens back; default the first three. */
  readonly slots?: readonly number[];
}

/** Kernels K_i(j) as bars, and the copy error E_i(H) over H. Theory only. */
export function copyKernels(options: CopyKernelsOptions = {}): Figure {
  const { H = 4, a = 1, slots = [1, 2, 3].filter((i) => i <= H) } = options;
  const family = { encoding: "alibi", H, a } as const, reach = H + 5;
  const distances = Array.from({ length: reach }, (_, index) => index + 1);
  const most = 16, heads = Array.from({ length: most }, (_, index) => index + 1);
  const errors = (i: number) =>
    heads.filter((h) => h >= i).map((h) => ({ x: h, y: copyError({ ...family, H: h }, i) }))
      .filter(({ y }) => y > 1e-16);
  const anchor = slots[slots.length - 1];
  const near = (power: number) => [...heads].filter((h) => h >= 2).map((h) => ({ x: h, y: h ** -power }));
  const gauss = heads.filter((h) => h >= anchor).map((h) => ({
    x: h,
    y: copyError({ ...family, H: anchor }, anchor) * Math.exp(-a * (h - anchor) * (h - anchor + 1) / 2),
  })).filter(({ y }) => y > 1e-16);
  // The same weight by an ordinary softmax over m keys, as the transformer computes it.
  const keys = 2 * reach;
  const slot = slots[0];
  const periodised = distances.map((j) => ({
    x: j,
    y: Math.abs(softmaxKernel(family, slot, j, keys) - copyKernel(family, slot, j)),
  }));
  const largest = Math.max(...periodised.map(({ y }) => y));

  return {
    name: "copy_kernels",
    title: `Together, ${H} heads that never look at content read single tokens back`,
    caption:
      `Combined weight K_i(j) that ${H} Alibi heads of slopes ${a}, …, ${
        H * a
      } put on the token j steps back when their values ` +
      "are combined for slot i (Lagrange interpolation in e^(−a(j−1)); derived here). Its ℓ₁ error E_i(H) = Σ_{j>H} |K_i(j)| falls " +
      "faster than any power of H, so any bound C/H^q holds (a bound in n, q and H is reported for the paper); the dashed curve is " +
      `exp(−a(H − i)(H − i + 1)/2) from H = i = ${anchor}. An ordinary softmax over ${keys} keys gives the same kernel up to its ` +
      `periodisation, here ${
        formatPower(Number(largest.toPrecision(1)))
      } at most for slot ${slot}. Fewer heads than slots ` +
      "cannot work: slot i needs H ≥ i.",
    panels: [
      {
        title: "Weight on the token j steps back",
        legend: slots.map((i, k) => ({
          label: `slot i = ${i}`,
          color: runColor(k),
          mark: "square" as const,
        })),
        plot: bars(
          distances.flatMap((j) =>
            slots.map((i) => ({ label: String(j), group: `slot ${i}`, value: copyKernel(family, i, j) }))
          ),
          { xLabel: "distance j (tokens)", yLabel: "weight Kᵢ(j) (no unit)" },
        ),
      },
      {
        title: "Copy error falls super-exponentially",
        legend: [
          ...slots.map((i, k) => ({
            label: `E${"₁₂₃₄₅₆₇₈₉"[i - 1]}(H)`,
            color: runColor(k),
            mark: "dot" as const,
          })),
          { label: "Gaussian law", color: theme.colors.theory, mark: "dash" },
          { label: "H⁻², H⁻⁴", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { label: "number of heads H", domain: [1, Math.min(most, errors(anchor).length + anchor - 1)] },
          y: { type: "log", label: "ℓ₁ copy error Eᵢ(H)", domain: [1e-16, 10] },
          marks: [
            referenceLine(near(2)),
            referenceLine(near(4)),
            label("H⁻²", { x: 7.6, y: 7.6 ** -2 }, { dy: -9, color: theme.colors.faint }),
            label("H⁻⁴", { x: 7.6, y: 7.6 ** -4 }, { dy: -9, color: theme.colors.faint }),
            theoryLine(gauss, { dash: true }),
            slots.map((i, k) => [
              theoryLine(errors(i), { color: runColor(k), width: 1.1 }),
              runDots(errors(i), { color: runColor(k) }),
            ]),
          ],
        },
      },
    ],
    sources: [],
  };
}
