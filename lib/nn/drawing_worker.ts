/**
 * @module What a thread that draws batches runs. The first message says which draws; every other one names a block of steps, and may
 * bring arrays of earlier batches, into whose memory the next ones go.
 */
import { buffersOf, type Draws } from "./batches.ts";
import type { HostArrays } from "./types.ts";

/** The first message. */
export interface Opening {
  readonly module: string;
  readonly name: string;
  readonly parameters: unknown;
}

/** Every other message. */
export interface Asked {
  /** What the answer is called. */
  readonly block: number;
  /** The first step, and how many. */
  readonly first: number;
  readonly count: number;
  /** Batches that nobody needs any more. */
  readonly spare: readonly HostArrays[];
}

/** The answer to it; without batches, why there are none. */
export interface Answer {
  readonly block: number;
  readonly batches?: readonly HostArrays[];
  readonly error?: string;
}

/** The scope of a worker, which the types of a page leave out. */
const scope = globalThis as unknown as {
  postMessage(message: Answer, transfer: ArrayBuffer[]): void;
  onmessage: (event: MessageEvent<Opening | Asked>) => void;
};
let draws: Promise<Draws> | undefined;

async function open({ module, name, parameters }: Opening): Promise<Draws> {
  return (await import(module))[name](parameters);
}

/** Copies: who drew the arrays may use their memory again. They go into spare ones of their size and type. */
function copied(arrays: HostArrays, spare: HostArrays = {}): HostArrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => {
      const old = spare[name]?.data;
      if (old?.constructor !== data.constructor || old.length !== data.length) {
        return [name, { data: data.slice(), shape }];
      }
      old.set(data);
      return [name, { data: old, shape }];
    }),
  );
}

scope.onmessage = async ({ data }) => {
  if ("module" in data) return void (draws = open(data));
  const { block, first, count, spare } = data;
  try {
    const draw = await draws!;
    const batches = Array.from({ length: count }, (_, i) => copied(draw(first + i), spare[i]));
    scope.postMessage({ block, batches }, batches.flatMap(buffersOf));
  } catch (error) {
    scope.postMessage({ block, error: error instanceof Error ? error.message : String(error) }, []);
  }
};
