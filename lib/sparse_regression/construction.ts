/**
 * @module The algorithms as weights of the linear-attention transformer of `forward.ts` (derived for arXiv 2408.04532): one
 * d-head layer that re-weights the inputs by their correlation with the label, then one-head layers that each make one step
 * of gradient descent. Exact for every prompt, whatever n: the 1/n sits in the score.
 */
export * from "./construction/mod.ts";
