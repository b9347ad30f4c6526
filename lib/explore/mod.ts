/**
 * Explorers: a paper's own theory behind sliders, as one HTML page that needs no network and no kernel.
 *
 * The kernel cannot answer a slider, and need not: the theory is pure TypeScript and runs in the page.
 * ```ts ignore
 * import { showExplorer } from "@trained/proved/explore";
 * await showExplorer("lazy_to_rich");
 * ```
 *
 * @module
 */
export type { Figure, FigureSource, LegendItem, Panel, PlotOptions, Ramp } from "../figure/mod.ts";
export { explorerHtml, hasExplorer, type PageOptions, showExplorer, viewFigure } from "./build.ts";
export type {
  Choice,
  Control,
  Explorer,
  Job,
  Live,
  Reading,
  Slider,
  State,
  TextField,
  View,
} from "./types.ts";
