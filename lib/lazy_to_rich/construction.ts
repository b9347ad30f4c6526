/** @module Explicit weights for IH_2, IH_n and GIH_n in the layout of `forward.ts`; the parts are in `construction/`. */
export * from "./construction/mod.ts";
