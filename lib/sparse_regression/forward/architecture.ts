/**
 * @module The layout of the attention-only transformer's parameters, shared by the float64 forward pass, the explicit
 * constructions and the trainable network (which adds a leading run axis to every array).
 *
 * Tokens are rows [x | y] (queries have y = 0). Row vectors, y = x W, so every weight is [in, out]:
 *
 * | name | shape | what |
 * |---|---|---|
 * | `embedding.weight`, `embedding.bias` | [d + 1, D], [D] | token -> residual stream |
 * | `layer1.query`, `layer1.key` | [H, D, Dk] | score = <z_t W_Q, z_i W_K> |
 * | `layer1.value`, `layer1.output` | [H, D, Dv], [H, Dv, D] | W_V and W_O |
 * | `readout` | [D, 1] | prediction = query token's stream times this |
 *
 * Every token, query or context, attends to the n context tokens and to nothing else:
 * Z <- Z + sum_h P_h Z W_V W_O with P = (1/n) score on the context (linear) or softmax over the context of
 * score / sqrt(Dk) (softmax). There is no positional encoding, layer norm or MLP (setting of arXiv 2408.04532).
 */

/** `linear`: scores divided by n. `softmax`: softmax over the context of the scores divided by sqrt(Dk). */
export type AttentionKind = "linear" | "softmax";

/** One attention layer. */
export interface LayerShape {
  /** Number of heads H. */
  readonly heads: number;
  /** Width Dk of queries and keys. */
  readonly keyWidth: number;
  /** Width Dv of values. */
  readonly valueWidth: number;
  /**
   * Which coordinates of the stream the skip connection keeps, [D], as factors; default all ones. Only a construction
   * that works in place needs it; trained networks have the plain skip connection.
   */
  readonly skip?: readonly number[];
}

/** Everything that fixes the shapes. */
export interface Architecture {
  /** Dimension d of the inputs; tokens have d + 1 numbers. */
  readonly d: number;
  /** Width D of the residual stream. */
  readonly width: number;
  /** Which attention, in every layer. */
  readonly attention: AttentionKind;
  /** The layers, in order. */
  readonly layers: readonly LayerShape[];
}

/** A row-major array; float32 is accepted so that trained parameters can be read as they are. */
export interface NamedArray {
  /** Row-major numbers. */
  readonly data: Float64Array | Float32Array;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
}

/** Parameters by name; the names are in this module's table. */
export type TransformerParameters = Record<string, NamedArray>;

/** The parameter names of an architecture and their shapes, in a fixed order. */
export function parameterShapes(architecture: Architecture): Record<string, number[]> {
  const { d, width: D, layers } = architecture;
  const shapes: Record<string, number[]> = { "embedding.weight": [d + 1, D], "embedding.bias": [D] };
  layers.forEach(({ heads: H, keyWidth, valueWidth }, index) => {
    const name = `layer${index + 1}`;
    shapes[`${name}.query`] = [H, D, keyWidth];
    shapes[`${name}.key`] = [H, D, keyWidth];
    shapes[`${name}.value`] = [H, D, valueWidth];
    shapes[`${name}.output`] = [H, valueWidth, D];
  });
  shapes["readout"] = [D, 1];
  return shapes;
}

/** All parameters zero, float64. */
export function zeroParameters(
  architecture: Architecture,
): Record<string, { data: Float64Array; shape: number[] }> {
  return Object.fromEntries(
    Object.entries(parameterShapes(architecture)).map(([name, shape]) => [name, {
      data: new Float64Array(shape.reduce((a, b) => a * b, 1)),
      shape,
    }]),
  );
}

/**
 * Refuses parameters that do not fit the architecture.
 * @throws {RangeError} naming the array, the shape it has and the shape it must have
 */
export function checkParameters(architecture: Architecture, parameters: TransformerParameters): void {
  architecture.layers.forEach(({ skip }, index) => {
    if (skip && skip.length !== architecture.width) {
      throw new RangeError(
        `layer ${index + 1}: skip must have D = ${architecture.width} factors, got ${skip.length}`,
      );
    }
  });
  for (const [name, shape] of Object.entries(parameterShapes(architecture))) {
    const array = parameters[name];
    if (array === undefined) {
      throw new RangeError(`parameter ${name} is missing; it must have shape [${shape}]`);
    }
    const length = shape.reduce((a, b) => a * b, 1);
    if (array.shape.join() !== shape.join() || array.data.length !== length) {
      throw new RangeError(
        `parameter ${name} must have shape [${shape}], got [${array.shape}] with ${array.data.length} numbers`,
      );
    }
  }
}

/** The same parameters with one head of one layer (both from 0) removed: its W_O is zero. */
export function withoutHead(
  parameters: TransformerParameters,
  layer: number,
  head: number,
): TransformerParameters {
  const name = `layer${layer + 1}.output`, array = parameters[name];
  if (array === undefined) throw new RangeError(`there is no layer ${layer}`);
  const [H, Dv, D] = array.shape;
  if (!Number.isInteger(head) || head < 0 || head >= H) {
    throw new RangeError(`layer ${layer} has heads 0..${H - 1}, got ${head}`);
  }
  const data = array.data.slice();
  data.fill(0, head * Dv * D, (head + 1) * Dv * D);
  return { ...parameters, [name]: { data, shape: array.shape } };
}
