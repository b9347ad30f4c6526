/** @module Panels: Stage III, the inverse temperature over time and the drive behind it. */
import {
  type LegendItem,
  type Panel,
  type PlotOptions,
  type Point,
  referenceValue,
  theoryLine,
} from "../../figure/mod.ts";

/** What a panel of a(t) holds. */
export interface TemperatureOver {
  readonly title: string;
  readonly xLabel: string;
  /** Where a settles close to the log loss, log(L / dα); none where there is no such law. */
  readonly settled?: number;
  readonly legend: readonly LegendItem[];
  readonly marks: PlotOptions["marks"];
  /** Further options of the axes. */
  readonly y?: PlotOptions["y"];
  readonly x?: PlotOptions["x"];
  readonly height?: number;
}

/** a over time on a logarithmic axis. */
export function temperaturePanel(of: TemperatureOver): Panel {
  return {
    title: of.title,
    width: 345,
    height: of.height ?? 270,
    legend: of.legend,
    plot: {
      x: { type: "log", label: of.xLabel, ...of.x },
      y: { label: "a", ...of.y },
      marks: [
        ...of.settled === undefined ? [] : [referenceValue(of.settled, "log(L / dα)")],
        ...of.marks ?? [],
      ],
    },
  };
}

/** One drive, drawn as e^a da/dt. */
export interface ScaledDrive {
  readonly label: string;
  readonly color: string;
  readonly dash?: boolean;
  /** da/dt at a. */
  readonly drive: readonly Point[];
}

/** The drive times e^a: constant where a grows like log t, through 0 where a settles. */
export function scaledDrivePanel(title: string, drives: readonly ScaledDrive[]): Panel {
  return {
    title,
    width: 345,
    height: 230,
    legend: drives.map(({ label, color, dash }) => ({ label, color, mark: dash ? "dash" : "line" })),
    plot: {
      x: { label: "a", domain: [0, 14] },
      y: { label: "e^a · da/dt", zero: true },
      marks: drives.map(({ drive, color, dash }) =>
        theoryLine(drive.map(({ x, y }) => ({ x, y: Math.exp(x) * y })), { color, ...dash ? { dash } : {} })
      ),
    },
  };
}
