/**
 * Infinite Limits of Multi-head Transformer Dynamics (arXiv 2405.15712): scales, limits of training, finite networks,
 * experiments, figures, claims.
 *
 * @module
 */
export * from "./parametrisation.ts";
export * from "./data.ts";
export * from "./theory.ts";
export * from "./forward.ts";
export * from "./descent.ts";
export * from "./construction.ts";
export * from "./records.ts";
export * from "./experiments.ts";
export * from "./figures.ts";
export * from "./claims.ts";
