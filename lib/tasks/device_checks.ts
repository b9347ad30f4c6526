/**
 * @module What `deno task device` checks of every program a paper trains: losses and gradients on the device are those of plain
 * JavaScript, trainings stay together for some steps, and on WebGPU a captured training is the eager one, bit for bit.
 */
import type { HostArrays, Rehearsal } from "../nn/mod.ts";
import { type PaperEntry, papers as allPapers, rehearsalsOf } from "./papers.ts";

/** One program to try. */
export interface Program {
  /** Folder name of its paper. */
  readonly paper: string;
  /** What people call it. */
  readonly name: string;
  /** Makes it anew, with so many runs. */
  make(runs: number): Rehearsal;
}

/** What a program computed on one device. */
export interface Computed {
  /** Losses [run] of the first batch at the start. */
  readonly losses: readonly number[];
  /** Gradients there. */
  readonly gradients: HostArrays;
  /** Losses `[sample][run]` of a training. */
  readonly history: readonly (readonly number[])[];
}

/** What was computed, and how the two ways to take a step compare; WebGPU only. */
export interface Tried extends Computed {
  /** Whether the captured training equals the eager one in every bit. */
  readonly captured?: boolean;
  /** Milliseconds a step, eager and captured, batches included. */
  readonly milliseconds: { readonly eager: number; readonly captured?: number };
}

/** Every program of these papers. */
export async function programsOf(papers: readonly PaperEntry[] = allPapers): Promise<Program[]> {
  const lists = await Promise.all(papers.map(async (paper) => ({ paper, ...await rehearsalsOf(paper) })));
  return lists.flatMap(({ paper, programs }) =>
    Object.entries(programs).map(([name, { make }]) => ({ paper: paper.id, name, make }))
  );
}

/** Two runs side by side, so that the run axis is there. */
const RUNS = 2;
/** How many updates both devices make for the comparison; round-off grows with every one. */
const TOGETHER = 10;

/** Computes a program on the current device; `steps` is the length of the captured training. */
export async function tryProgram({ make }: Program, steps: number): Promise<Tried> {
  const nn = await import("../nn/mod.ts");
  const { losses, gradients, history } = await compute(make(RUNS));
  const training = (capture: boolean) =>
    nn.train({ ...make(RUNS), steps, every: Math.max(1, Math.floor(steps / 4)), capture });
  const timed = async (capture: boolean) => {
    const start = performance.now(), result = await training(capture);
    return { result, milliseconds: (performance.now() - start) / steps };
  };
  const eager = await timed(false);
  const computed = { losses, gradients, history };
  if (nn.currentDevice().backend !== "webgpu") {
    return { ...computed, milliseconds: { eager: eager.milliseconds } };
  }
  const captured = await timed(true);
  return {
    ...computed,
    captured: sameBits(eager.result, captured.result),
    milliseconds: { eager: eager.milliseconds, captured: captured.milliseconds },
  };
}

/** The part of it that is compared with another device. */
export async function compute({ model, optimizer, batch }: Rehearsal): Promise<Computed> {
  const nn = await import("../nn/mod.ts");
  const parameters = nn.toTensors(model.initial()), x = nn.toTensors(batch(0));
  const { losses, gradients } = nn.tf.tidy(() => {
    const both = nn.lossesAndGradients(model, parameters, x);
    return both as typeof both & Parameters<typeof nn.disposeTensors>[0];
  });
  const host = await nn.toHost({ ...gradients, "": losses });
  for (const tensors of [parameters, x, gradients, { losses }]) nn.disposeTensors(tensors);
  const { "": first, ...rest } = host;
  const { history } = await nn.train({ model, optimizer, batch, steps: TOGETHER, every: 1, capture: false });
  return { losses: Array.from(first.data), gradients: rest, history: history.loss };
}

/** Largest deviations of a device from the reference, each relative to the largest number of its kind. */
export interface Deviations {
  /** Of the losses at the start. */
  readonly losses: number;
  /** Of a gradient at the start: the worst of the parameters. */
  readonly gradients: number;
  /** Of the losses along the training. */
  readonly training: number;
}

/** Compares what two devices computed; not a number anywhere counts as infinite. */
export function deviations(device: Computed, reference: Computed): Deviations {
  // A gradient is small against the largest one when it is zero up to round-off: an absolute floor of the whole.
  const largest = Math.max(...Object.values(reference.gradients).map(({ data }) => size(data)));
  return {
    losses: distance(device.losses, reference.losses),
    gradients: Math.max(
      ...Object.entries(reference.gradients).map(([name, { data }]) =>
        distance(device.gradients[name]?.data ?? [], data, 1e-3 * largest)
      ),
    ),
    training: distance(device.history.flat(), reference.history.flat()),
  };
}

/**
 * What is allowed. Float32 keeps 6e-8 of every number, sums over a few hundred terms lose two digits, and WGSL lets
 * exponentials and hyperbolic tangents err by several units in the last place; ten updates of Adam amplify that where a
 * gradient is nearly zero and its sign decides.
 */
export const allowed: Deviations = { losses: 1e-5, gradients: 2e-4, training: 2e-3 };

/** The names of the deviations that are too large. */
export function tooLarge(found: Deviations): string[] {
  return (Object.keys(allowed) as (keyof Deviations)[]).filter((key) => !(found[key] <= allowed[key]));
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>, floor = Number.MIN_VALUE): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (!Number.isFinite(d)) return Infinity;
    most = Math.max(most, d);
  }
  return most / Math.max(size(b), floor);
}

function size(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

function sameBits(a: { parameters: HostArrays; history: unknown }, b: typeof a): boolean {
  const text = ({ parameters, history }: typeof a) =>
    JSON.stringify([
      history,
      Object.entries(parameters).map(([name, { data }]) => [name, [...new Uint32Array(data.buffer)]]),
    ]);
  return text(a) === text(b);
}
