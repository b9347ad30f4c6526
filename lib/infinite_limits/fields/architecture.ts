/** @module Which network: the choices that change the equations, as opposed to the scales. */

/** No normalisation, division by the root mean square, or subtraction of the mean as well; never gains or biases. */
export type LayerNorm = "none" | "rms" | "full";

/** The reference model RM-1 is all defaults with one block; RM-L adds blocks, rms normalisation and a causal mask. */
export interface Architecture {
  /** Before each branch; default "none". */
  readonly layerNorm?: LayerNorm;
  /** The same normalisation before pooling; default false. */
  readonly finalNorm?: boolean;
  /** An MLP with GELU after each attention; default false. */
  readonly mlp?: boolean;
  /** Token s attends to s' <= s only; default false. */
  readonly causal?: boolean;
  /** A trained vector for each position, unit variance at the start; default false. */
  readonly positional?: boolean;
}

/** Fills the defaults in. */
export function completeArchitecture(architecture: Architecture = {}): Required<Architecture> {
  return {
    layerNorm: "none",
    finalNorm: false,
    mlp: false,
    causal: false,
    positional: false,
    ...architecture,
  };
}
