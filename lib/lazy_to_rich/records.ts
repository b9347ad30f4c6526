/**
 * @module What the experiments of this paper leave behind: the shapes of their configs and metrics, and the checks of what is
 * read from files. Free of everything that trains, so that figures and claims may use it in a browser.
 */
export * from "./records/beyond.ts";
export * from "./records/constructions.ts";
export * from "./records/flow_grid.ts";
export * from "./records/training.ts";
