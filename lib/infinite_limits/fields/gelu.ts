/** @module GELU in its tanh form, the nonlinearity of every MLP here, with its derivative. */

const c = Math.sqrt(2 / Math.PI), cubic = 0.044715;

/** $\phi(x) = \tfrac12 x\,(1 + \tanh(\sqrt{2/\pi}\,(x + 0.044715 x^3)))$. */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(c * (x + cubic * x * x * x)));
}

/** $\phi'(x)$. */
export function geluDerivative(x: number): number {
  const t = Math.tanh(c * (x + cubic * x * x * x));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * cubic * x * x);
}
