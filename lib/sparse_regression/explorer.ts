/**
 * @module The explorer of this paper: its own construction, estimators and figures behind sliders. Pure: it runs in a page, and
 * its views draw figures for a notebook as well. `deno task explore sparse_regression` opens it.
 */
import type { Explorer } from "../explore/types.ts";
import { layers } from "./explorer/layers.ts";
import { risk } from "./explorer/risk.ts";
import { stability } from "./explorer/stability.ts";

/** Three views: the algorithm as a network, its risk beside that of other estimators, its step size. */
export const explorer: Explorer = {
  paper: "sparse_regression",
  title: "Multi-Head Attention in In-Context Learning: Sparse Linear Regression",
  arxiv: "2408.04532",
  views: [layers, risk, stability],
};
