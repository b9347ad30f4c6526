/**
 * How Transformers Get Rich (arXiv 2410.11474): targets, explicit constructions, gradient flows, experiments, figures, claims.
 *
 * @module
 */
export * from "./data.ts";
export * from "./theory/mod.ts";
export * from "./forward.ts";
export * from "./construction.ts";
export { experiments } from "./experiments.ts";
export { figures } from "./figures.ts";
export { claims } from "./claims.ts";
