/** @module What a generalised induction head attends to: sixty earlier tokens, weighed by a typed similarity. */
import { softmax, stream } from "../numerics/mod.ts";
import { similarity } from "./construction.ts";

/** An earlier token and the attention that its successor gets. */
export interface Attended {
  /** x_{s-1}, uniform in [-1, 1]. */
  readonly token: number;
  /** Weight of x_s. */
  readonly weight: number;
}

/**
 * Attention of a query token over sixty earlier ones (always the same), in order of their values.
 * @param formula similarity g(u, v): u is the query, v an earlier token
 * @throws {FormulaError} for a formula that cannot be read, naming what is wrong
 */
export function attendBy(formula: string, query: number): Attended[] {
  const g = similarity(formula);
  const tokens = stream(3, "lazy_to_rich", "retrieval").fillUniform(new Float64Array(60), -1, 1).sort();
  const weights = softmax(tokens.map((token) => g.value([query], [token])));
  return Array.from(tokens, (token, s) => ({ token, weight: weights[s] }));
}
