/**
 * @module The layout of a transformer's parameters: named row-major arrays, shared by the float64 forward pass, the explicit
 * constructions and the trainable network (which adds a leading run axis to every array).
 *
 * Row vectors, y = x W + b, so every weight is [in, out]:
 *
 * | name | shape | what |
 * |---|---|---|
 * | `embedding.weight`, `embedding.bias` | [d, D], [D] | token -> residual stream |
 * | `bos` | [D] | residual stream of position 0 (only with `bos: true`) |
 * | `layer1.query`, `layer1.key` | [H, D, Dk] | logit = <x_t W_Q, x_s W_K>, no 1/sqrt(Dk) |
 * | `layer1.value`, `layer1.output` | [H, D, Dv], [H, Dv, D] | W_V and W_O |
 * | `layer1.position` | [H], or [H, buckets] for T5 | slope p, or bias per distance |
 * | `layer1.ffn.in`, `layer1.ffn.in.bias` | [D, M], [M] | ReLU network (only with `hidden > 0`) |
 * | `layer1.ffn.out`, `layer1.ffn.out.bias` | [M, D], [D] | |
 * | `readout` | [D, o] | output = last position's stream times this |
 */

/**
 * How positions enter the logit of query t and key s < t, at distance j = t - s >= 1 (arXiv 2410.11474 uses Alibi):
 * `none` 0; `alibi` -p (j - 1); `log` -p ln j; `t5` a free bias per distance, the last bucket for all larger ones.
 * With `sink` the key at position 0 (the BOS token) carries no positional bias.
 */
export interface Encoding {
  /** Which bias. */
  readonly kind: "none" | "alibi" | "log" | "t5";
  /** Whether the key at position 0 is exempt. */
  readonly sink?: boolean;
  /** Number of distances with their own bias; `t5` only. */
  readonly buckets?: number;
}

/** One residual block: strictly causal attention (s < t), then a ReLU network when `hidden > 0`. */
export interface LayerShape {
  /** Number of heads H. */
  readonly heads: number;
  /** Width Dk of queries and keys. */
  readonly keyWidth: number;
  /** Width Dv of values. */
  readonly valueWidth: number;
  /** Positional encoding, one parameter (or table) a head. */
  readonly encoding: Encoding;
  /** Width M of the ReLU network, 0 for none. */
  readonly hidden: number;
}

/** Everything that fixes the shapes. */
export interface Architecture {
  /** Token width d. */
  readonly d: number;
  /** Width D of the residual stream. */
  readonly width: number;
  /** Width o of the output. */
  readonly outputs: number;
  /** Whether a BOS token stands at position 0, before the L tokens. */
  readonly bos: boolean;
  /** The blocks, in order. */
  readonly layers: readonly LayerShape[];
}

/** A row-major float64 array; float32 is accepted so that trained parameters can be read as they are. */
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
  const { d, width: D, outputs, bos, layers } = architecture;
  const shapes: Record<string, number[]> = { "embedding.weight": [d, D], "embedding.bias": [D] };
  if (bos) shapes["bos"] = [D];
  layers.forEach((layer, index) => {
    const name = `layer${index + 1}`, { heads: H, keyWidth, valueWidth, hidden: M, encoding } = layer;
    shapes[`${name}.query`] = [H, D, keyWidth];
    shapes[`${name}.key`] = [H, D, keyWidth];
    shapes[`${name}.value`] = [H, D, valueWidth];
    shapes[`${name}.output`] = [H, valueWidth, D];
    if (encoding.kind === "t5") shapes[`${name}.position`] = [H, encoding.buckets ?? 0];
    else if (encoding.kind !== "none") shapes[`${name}.position`] = [H];
    if (M > 0) {
      shapes[`${name}.ffn.in`] = [D, M];
      shapes[`${name}.ffn.in.bias`] = [M];
      shapes[`${name}.ffn.out`] = [M, D];
      shapes[`${name}.ffn.out.bias`] = [D];
    }
  });
  shapes["readout"] = [D, outputs];
  return shapes;
}

/** All parameters zero, float64. */
export function zeroParameters(
  architecture: Architecture,
): Record<string, { data: Float64Array; shape: number[] }> {
  const entries = Object.entries(parameterShapes(architecture));
  return Object.fromEntries(entries.map(([name, shape]) => [name, {
    data: new Float64Array(shape.reduce((a, b) => a * b, 1)),
    shape,
  }]));
}

/**
 * Refuses parameters that do not fit the architecture.
 * @throws {RangeError} naming the array, the shape it has and the shape it must have
 */
export function checkParameters(architecture: Architecture, parameters: TransformerParameters): void {
  for (const [index, layer] of architecture.layers.entries()) {
    if (layer.encoding.kind === "t5" && !((layer.encoding.buckets ?? 0) >= 1)) {
      throw new RangeError(
        `layer ${index + 1}: a t5 encoding needs buckets >= 1, got ${layer.encoding.buckets}`,
      );
    }
  }
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

/**
 * The parameters of one run, out of arrays with a leading run axis (as the trainable network keeps them).
 * @throws {RangeError} when an array has no such run
 */
export function selectRun(parameters: TransformerParameters, run: number): TransformerParameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { data, shape }]) => {
      const [runs, ...rest] = shape;
      if (!Number.isInteger(run) || run < 0 || !(run < runs)) {
        throw new RangeError(`parameter ${name} has ${runs} runs, so there is no run ${run}`);
      }
      const length = data.length / runs;
      return [name, { data: data.subarray(run * length, (run + 1) * length), shape: rest }];
    }),
  );
}
