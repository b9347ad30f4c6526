/**
 * @module What a run needs of memory, and how many runs fit side by side.
 *
 * A step keeps about two hundred arrays of the size of the residual stream for every block (the initial network passes too,
 * for centring), so what a card holds is decided by samples and tokens long before it is by weights.
 */

/** What memory depends on. */
export interface Footprint {
  /** Stored sizes. */
  readonly N: number;
  readonly H: number;
  readonly L: number;
  /** Samples that pass at once. */
  readonly samples: number;
  /** Tokens a sample. */
  readonly tokens: number;
}

/** Arrays alive at the peak of a step, for every block: of the residual stream's size, and of the attention's (measured). */
const residualArrays = 210, attentionArrays = 12;

/** Bytes that one run needs at the peak of a training step or a measurement, besides its weights. */
export function bytesOfRun({ N, H, L, samples, tokens }: Footprint): number {
  const residual = samples * tokens * N * H, attention = samples * H * tokens ** 2;
  return 4 * L * (residualArrays * residual + attentionArrays * attention);
}

/** Numbers in the largest array of one run: the weights of all blocks, which the optimiser joins, or an activation. */
export function largestArrayOfRun({ N, H, L, samples, tokens }: Footprint): number {
  return Math.max(6 * L * (N * H) ** 2, samples * tokens * N * H, samples * H * tokens ** 2);
}

/** What a program may take. */
export interface Budget {
  /** Numbers in one array, all runs together. */
  readonly array: number;
  /** Bytes at the peak of a step. */
  readonly bytes: number;
}

/** Cuts a list into parts that fit, each run stored at the largest sizes of its part; a run that fits nowhere is alone. */
export function fittingParts<T>(runs: readonly T[], of: (run: T) => Footprint, budget: Budget): T[][] {
  const fits = (part: readonly T[]) => {
    const all = part.map(of), most = (key: keyof Footprint) => Math.max(...all.map((each) => each[key]));
    const padded = {
      N: most("N"),
      H: most("H"),
      L: most("L"),
      samples: most("samples"),
      tokens: most("tokens"),
    };
    return part.length * largestArrayOfRun(padded) <= budget.array &&
      part.length * bytesOfRun(padded) <= budget.bytes;
  };
  const parts: T[][] = [];
  for (const run of runs) {
    const last = parts.at(-1);
    if (last && fits([...last, run])) last.push(run);
    else parts.push([run]);
  }
  return parts;
}
