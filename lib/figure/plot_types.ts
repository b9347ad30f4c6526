/**
 * @module The types of Observable Plot that appear in this room's public functions, derived from the package's own: what is
 * public here is then documented here.
 */
import type * as Plot from "@observablehq/plot";

/** What `Plot.plot` takes: scales, marks, sizes. */
export type PlotOptions = NonNullable<Parameters<(typeof Plot)["plot"]>[0]>;

/** Anything Plot can draw: a mark, a list of marks, or nothing. */
export type Markish = NonNullable<PlotOptions["marks"]>[number];

/** A named colour scheme. */
export type ColorScheme = NonNullable<NonNullable<PlotOptions["color"]>["scheme"]>;
