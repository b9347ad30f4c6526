/** @module Config and metrics of gradient flows over a grid of tasks. */
import { z } from "zod";
import type { RunRecord } from "../../runs/types.ts";
import { finite } from "./numbers.ts";

/** A grid of tasks for the gradient flow. */
export type FlowGridConfig = {
  /** Values of alpha*. */
  readonly alphaStar: readonly number[];
  /** Values of w*. */
  readonly wStar: readonly number[];
  /** Values of L. */
  readonly L: readonly number[];
  /** Values of sigma. */
  readonly sigma: readonly number[];
};

/** Times of the leading-order flow and their closed-form predictions, one row a task. */
export type FlowGridMetrics = {
  /** Task, ODE times, and the predicted T_I and T_50 (by quadrature) with the small-w* simplification. */
  readonly rows: readonly {
    readonly alphaStar: number;
    readonly wStar: number;
    readonly L: number;
    readonly sigma: number;
    readonly firstPhase: number;
    readonly t10: number;
    readonly t50: number;
    readonly t90: number;
    readonly predicted: number;
    readonly simple: number;
  }[];
};

/** Check of `FlowGridMetrics`. */
export const flowGridMetrics: z.ZodType<FlowGridMetrics> = z.strictObject({
  rows: z.array(z.strictObject({
    alphaStar: finite,
    wStar: finite,
    L: finite,
    sigma: finite,
    firstPhase: finite,
    t10: finite,
    t50: finite,
    t90: finite,
    predicted: finite,
    simple: finite,
  })).min(1),
});

/** A record of the grid of flows. */
export type FlowGridRecord = RunRecord<FlowGridConfig, FlowGridMetrics>;
