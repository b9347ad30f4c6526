/**
 * @module What a trained network does with its heads: which ones it needs (masking), what a pruned network keeps (with and
 * without refitting a scalar a layer), what layer 1 makes linearly readable (probe P1), and how much it helps descent (P2).
 */
export { bestHeads, maskedRatios, ones, prunedGains } from "./assessment/heads.ts";
export { LARGEST_ARRAY, promptsAtOnce, type TestOptions, testRisk } from "./assessment/risk.ts";
export { refitGains, type RefitOptions, refitting, selectRuns } from "./assessment/refit.ts";
export {
  type DescentProbe,
  descentProbe,
  type DescentProbeOptions,
  descentProbing,
  productProbe,
} from "./assessment/probes.ts";
