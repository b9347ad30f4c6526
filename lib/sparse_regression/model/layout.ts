/**
 * @module How the weights of `forward.ts` lie in a program of many runs: a leading run axis, and the heads of a layer side
 * by side, [H, D, Dk] -> [run, D, H Dk] (values likewise, outputs [run, H Dv, D]). One head of width 40 and eight of
 * width 5 then have the same shapes, and train in one program; what tells them apart is a block mask.
 */
import { hostArray, type HostArrays } from "../../nn/mod.ts";
import { type Architecture, parameterShapes, type TransformerParameters } from "../forward.ts";

const sideBySide = /\.(query|key|value)$/;

/** Shapes of a run's parameters in a program, without the run axis. */
export function programShapes(architecture: Architecture): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(parameterShapes(architecture)).map(([name, shape]) => {
      if (sideBySide.test(name)) return [name, [shape[1], shape[0] * shape[2]]];
      return [name, name.endsWith(".output") ? [shape[0] * shape[1], shape[2]] : shape];
    }),
  );
}

/** Entry `at` of the array of `forward.ts` lies at this place of the program's. */
function placeOf(name: string, shape: readonly number[], at: number): number {
  if (!sideBySide.test(name)) return at;
  const [H, D, width] = shape, column = at % width, row = Math.floor(at / width) % D;
  return row * H * width + Math.floor(at / (D * width)) * width + column;
}

/**
 * Joins the weights of several networks into a program's arrays, float32.
 * @param architectures one a run; their program shapes must agree
 */
export function packParameters(
  architectures: readonly Architecture[],
  parameters: readonly TransformerParameters[],
): HostArrays {
  const runs = architectures.length;
  return Object.fromEntries(
    Object.entries(programShapes(architectures[0])).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1), data = new Float32Array(runs * size);
      architectures.forEach((architecture, run) => {
        const own = parameterShapes(architecture)[name], { data: source } = parameters[run][name];
        for (let at = 0; at < size; at++) data[run * size + placeOf(name, own, at)] = source[at];
      });
      return [name, hostArray(data, [runs, ...shape])];
    }),
  );
}

/** The weights of one run, in the layout of `forward.ts`. */
export function unpackParameters(
  architecture: Architecture,
  arrays: HostArrays,
  run: number,
): TransformerParameters {
  return Object.fromEntries(
    Object.entries(parameterShapes(architecture)).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1),
        source = arrays[name].data,
        data = new Float64Array(size);
      for (let at = 0; at < size; at++) data[at] = source[run * size + placeOf(name, shape, at)];
      return [name, { data, shape }];
    }),
  );
}
