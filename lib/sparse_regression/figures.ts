/** @module The figures of this paper, each a pure function of records and theory. */
import { depth } from "./figures/depth.ts";
import { headAssessment } from "./figures/head_assessment.ts";
import { residualStream } from "./figures/residual_stream.ts";
import { riskVsExamples } from "./figures/risk_vs_examples.ts";
import { riskVsTime } from "./figures/risk_vs_time.ts";
import { scaling } from "./figures/scaling.ts";
import { trainedHeads } from "./figures/trained_heads.ts";
import { whyDHeads } from "./figures/why_d_heads.ts";

export type { ResidualStreamOptions } from "./figures/residual_stream.ts";
export type { RiskVsExamplesOptions } from "./figures/risk_vs_examples.ts";
export type { RiskVsTimeOptions } from "./figures/risk_vs_time.ts";

/** All figures. */
export const figures = {
  residualStream,
  whyDHeads,
  riskVsExamples,
  riskVsTime,
  scaling,
  depth,
  trainedHeads,
  headAssessment,
};
