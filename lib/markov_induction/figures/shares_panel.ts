/** @module Panel: Stage I, the shares of the sets of heads over time. */
import { type Estimate, type Panel, points, runDots, theme, theoryLine } from "../../figure/mod.ts";
import { labelOf, type Mask } from "../subsets.ts";
import { setColor, spread } from "./statistics.ts";

/** Shares by closed form or flow, and those measured. */
export interface Shares {
  /** Sets of heads. */
  readonly sets: readonly Mask[];
  /** Times of `theory`. */
  readonly times: ArrayLike<number>;
  /** Shares at these times, [times][sets]. */
  readonly theory: readonly ArrayLike<number>[];
  /** Measured shares of each set: then theory is dark and these are coloured dots; without them theory has the colours. */
  readonly measured?: readonly (readonly Estimate[])[];
  /** Shares in another case, for comparison: thin and dashed, in the colours of the sets, [times][sets]. */
  readonly other?: { readonly label: string; readonly theory: readonly ArrayLike<number>[] };
}

/** Shares p_S over time. */
export function sharesPanel({ sets, times, theory, measured, other }: Shares): Panel {
  const names = sets.map((mask, s) => ({ label: labelOf(mask), color: setColor(mask), s }));
  const curve = (shares: readonly ArrayLike<number>[], s: number) => points(times, shares.map((p) => p[s]));
  return {
    title: "Shares p_S = c_S²/C",
    width: 345,
    height: 250,
    legend: [
      ...measured ? [{ label: "replicator", color: theme.colors.theory }] : [],
      ...names.map(({ label, color }) => ({
        label,
        color,
        mark: measured ? "dot" as const : "line" as const,
      })),
      ...other ? [{ label: other.label, color: theme.colors.reference, mark: "dash" as const }] : [],
    ],
    plot: {
      x: { label: "time t (step size × steps)" },
      y: { label: "share p_S", domain: [0, 1] },
      marks: [
        ...other
          ? names.map(({ s, color }) =>
            theoryLine(curve(other.theory, s), { color, dash: true, width: 1.1, opacity: 0.75 })
          )
          : [],
        ...names.map(({ s, color }) => theoryLine(curve(theory, s), measured ? { width: 1.25 } : { color })),
        ...measured ? names.map(({ s, color }) => runDots(spread(measured[s], 18, false), { color })) : [],
      ],
    },
  };
}
