/** @module Panel: both chi-square informations of every set of offsets as bars, each relative to its largest. */
import { bars, type Panel, type PlotOptions, runColor } from "../../figure/mod.ts";
import { labelOf, type Mask } from "../subsets.ts";

/** What one set of offsets tells about the next token. */
export interface SetInformation {
  /** The set, not empty. */
  readonly mask: Mask;
  /** Modified chi-square information. */
  readonly modified: number;
  /** Its standard error over kernels. */
  readonly modifiedError: number;
  /** Ordinary chi-square information. */
  readonly chi2: number;
}

/** What a panel may add to its bars. */
export interface InformationPanelOptions {
  /** Marks over the bars; set i stands at x = i, the longest bar is 1. */
  readonly marks?: PlotOptions["marks"];
  /** Upper end of the axis; leave room for marks. */
  readonly top?: number;
}

/** Grey: what the theory does not maximise. */
const chi2Color = "#b9bec7";

/**
 * Bars of both informations. Where all of one kind are 0 (independent tokens), they stay 0.
 * @param sets in the order of the axis
 */
export function informationPanel(
  title: string,
  sets: readonly SetInformation[],
  options: InformationPanelOptions = {},
): Panel {
  const { marks, top = 1.08 } = options;
  const [modified, chi2] = (["modified", "chi2"] as const).map((kind) =>
    Math.max(...sets.map((set) => set[kind]))
  );
  const relative = (value: number, largest: number) => largest > 0 ? value / largest : 0;
  return {
    title,
    width: 345,
    height: 190,
    legend: [
      { label: `Ĩ, largest ${modified.toFixed(3)}`, color: runColor(0), mark: "square" },
      { label: `χ²-MI, largest ${chi2.toFixed(2)}`, color: chi2Color, mark: "square" },
    ],
    plot: bars(
      sets.flatMap((set) => [
        {
          label: labelOf(set.mask),
          group: "modified",
          value: relative(set.modified, modified),
          se: relative(set.modifiedError, modified),
        },
        { label: labelOf(set.mask), group: "chi2", value: relative(set.chi2, chi2) },
      ]),
      {
        xLabel: "set of offsets",
        yLabel: "information / largest",
        colors: [runColor(0), chi2Color],
        marks,
        yDomain: [0, top],
      },
    ),
  };
}
