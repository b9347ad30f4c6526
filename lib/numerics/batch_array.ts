/** @module Arrays as minibatches have them: float32, row-major, with their shape beside them. */

/** A row-major float32 array. */
export interface BatchArray {
  /** Row-major numbers. */
  readonly data: Float32Array;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
}

/**
 * Puts arrays of one shape behind each other, along a new first axis: one array a run becomes [run, ...].
 * @param parts at least one
 */
export function stacked(parts: readonly BatchArray[]): BatchArray {
  const [{ data: { length }, shape }] = parts, data = new Float32Array(parts.length * length);
  parts.forEach((part, i) => data.set(part.data, i * length));
  return { data, shape: [parts.length, ...shape] };
}
