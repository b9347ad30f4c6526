/**
 * @module What a thread that draws batches runs. The first message says which draws; every other one names a step, and may bring arrays
 * of an earlier batch, into whose memory the next one goes.
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
  readonly step: number;
  /** Arrays that nobody needs any more. */
  readonly spare: HostArrays;
}

/** The answer to it; without arrays, why there are none. */
export interface Answer {
  readonly step: number;
  readonly arrays?: HostArrays;
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
function copied(arrays: HostArrays, spare: HostArrays): HostArrays {
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
  try {
    const arrays = copied((await draws!)(data.step), data.spare);
    scope.postMessage({ step: data.step, arrays }, buffersOf(arrays));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ step: data.step, error: message }, []);
  }
};
