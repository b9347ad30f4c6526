/**
 * How Transformers Utilize Multi-Head Attention in In-Context Learning, sparse linear regression (arXiv 2408.04532): prompts,
 * estimators and their risks, explicit weights, experiments, figures, claims.
 *
 * @module
 */
export * from "./data.ts";
export * from "./theory/mod.ts";
export * from "./forward.ts";
export * from "./construction.ts";
export { estimatorTable } from "./reader.ts";
export { experiments } from "./experiments.ts";
export { figures } from "./figures.ts";
export { claims } from "./claims.ts";
