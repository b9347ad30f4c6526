/** @module Batches put together of what never changes and what is drawn for every step, so that other threads can draw ahead. */
import type { HostArrays } from "./types.ts";

/** The arrays that a step draws, a function of the step alone; the memory may be the same at every call. */
export type Draws = (step: number) => HostArrays;

/** Where another thread finds the same draws: a module that exports `name`, which makes them of plain data. */
export interface DrawsAddress {
  /** Address of the module; it should load quickly, and needs no device. */
  module(): string;
  /** Its function. */
  readonly name: string;
  /** What the function is called with. */
  readonly parameters: unknown;
}

/** The batch of a step, a pure function of it; how it is put together, if that is known. */
export interface BatchSource {
  (step: number): HostArrays;
  /** Its constants, and where what it adds to them is drawn. */
  readonly parts?: { readonly constants: HostArrays; readonly draws: DrawsAddress };
}

/**
 * Batches of constants and of what `make(parameters)` draws.
 * @param make an exported function of `module`, under its own name
 * @param parameters plain data, as another thread gets a copy
 * @param module its address, asked for when a thread is started
 */
export function batchesOf<Parameters>(
  constants: HostArrays,
  make: (parameters: Parameters) => Draws,
  parameters: Parameters,
  module: () => string,
): BatchSource {
  const draw = make(parameters);
  return Object.assign((step: number) => ({ ...constants, ...draw(step) }), {
    parts: { constants, draws: { module, name: make.name, parameters } },
  });
}

/** The memory of arrays, to be handed to another thread. */
export function buffersOf(arrays: HostArrays): ArrayBuffer[] {
  return Object.values(arrays).map(({ data }) => data.buffer as ArrayBuffer);
}
