/** @module Estimators, their risks and what can be proved about them; the parts are in `theory/`. */
export * from "./theory/mod.ts";
