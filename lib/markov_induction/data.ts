/**
 * @module Data of the paper (arXiv 2409.10559): mixtures of Markov chains with any parent set, their kernels, sequences and stationary
 * laws; the parts are in `data/`.
 */
export * from "./data/chain.ts";
export * from "./data/sequences.ts";
export * from "./data/stationary.ts";
export type { PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
