/**
 * @module Theory of the paper (arXiv 2409.10559): information, the three stages as flows with their laws, estimators; the parts are in
 * `theory/`.
 */
export * from "./theory/best_temperature.ts";
export * from "./theory/context_sample.ts";
export * from "./theory/copying.ts";
export * from "./theory/estimators.ts";
export * from "./theory/information.ts";
export * from "./theory/match_counts.ts";
export * from "./theory/prior_information.ts";
export * from "./theory/scores.ts";
export * from "./theory/selection.ts";
export * from "./theory/closed_forms.ts";
export * from "./theory/soft_drives.ts";
export * from "./theory/temperature.ts";
