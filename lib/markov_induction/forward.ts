/**
 * @module The network in plain float64, one sequence at a time (arXiv 2409.10559): the yardstick of the trainable one and what the
 * construction and the explorers evaluate; the parts are in `forward/`.
 */
export * from "./forward/architecture.ts";
export * from "./forward/full.ts";
export * from "./forward/network.ts";
