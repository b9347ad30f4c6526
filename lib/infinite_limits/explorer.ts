/**
 * @module The explorer of this paper: its own theory, exact sampler and figures behind sliders. Pure: it runs in a page, and its
 * views draw figures for a notebook as well. `deno task explore infinite_limits` opens it.
 */
import type { Explorer } from "../explore/types.ts";
import { depth } from "./explorer/depth.ts";
import { finiteSize } from "./explorer/finite_size.ts";
import { spread } from "./explorer/spread.ts";
import { receiveSweeps, transfer } from "./explorer/transfer.ts";

/** Four views: heads before and after training, depth, learning rates from records, errors of finite size. */
export const explorer: Explorer = {
  paper: "infinite_limits",
  title: "Infinite Limits of Multi-head Transformer Dynamics",
  arxiv: "2405.15712",
  views: [spread, depth, transfer, finiteSize],
  receive: receiveSweeps,
};
