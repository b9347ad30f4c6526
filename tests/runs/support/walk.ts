/**
 * @module A small experiment whose result remembers every bit of its past: a ring of coupled chaotic maps, where one
 * changed bit grows to order one within some eighty steps. Pure float64, so it is exact on every machine.
 */
import { breathe, type Experiment, Stopped } from "../../../lib/runs/mod.ts";

export type WalkConfig = { readonly seed: number; readonly steps: number; readonly width: number };
export type WalkMetrics = { readonly samples: readonly number[]; readonly last: readonly number[] };

/** Habits that do not belong to the config: they must not change the result. */
export interface WalkHabits {
  readonly configs?: readonly WalkConfig[];
  readonly fullConfigs?: readonly WalkConfig[];
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number;
  /** Called before each step. */
  readonly beforeStep?: (step: number, config: WalkConfig) => void | Promise<void>;
  /** Called once per session with the step it starts from. */
  readonly onStart?: (step: number, config: WalkConfig) => void;
  readonly version?: number;
}

export const walkConfig: WalkConfig = { seed: 7, steps: 60, width: 5 };
/** Long enough to be killed in the middle of, with a state large enough to be killed in the middle of writing. */
export const longWalkConfig: WalkConfig = { seed: 7, steps: 300, width: 40_000 };

export function walkExperiment(habits: WalkHabits = {}): Experiment<WalkConfig, WalkMetrics> {
  const { checkpointEvery = 10, configs = [walkConfig], fullConfigs = [] } = habits;
  return {
    paper: "toy",
    name: "walk",
    title: "Coupled chaotic maps",
    version: habits.version ?? 1,
    configs: (profile) => profile === "quick" ? configs : fullConfigs,
    checkMetrics: (metrics) => {
      const { samples, last } = metrics as Partial<WalkMetrics>;
      if (!Array.isArray(samples) || !Array.isArray(last)) throw new Error("samples and last must be arrays");
      return metrics as WalkMetrics;
    },
    run: async (config, { signal, checkpoint, progress }) => {
      const { steps, width } = config;
      // state = [step, samples (one every tenth step) ..., ring ...]
      const sampleCount = Math.ceil(steps / 10);
      let state = new Float64Array(1 + sampleCount + width);
      const saved = await checkpoint.load();
      if (saved) state = new Float64Array(saved.slice().buffer);
      else {state.set(
          Array.from({ length: width }, (_, i) => fraction((i + 1) * 0.618 + config.seed * 0.1)),
          1 + sampleCount,
        );}
      const samples = state.subarray(1, 1 + sampleCount);
      const ring = state.subarray(1 + sampleCount);
      habits.onStart?.(state[0], config);
      while (state[0] < steps) {
        const step = state[0];
        if (signal.aborted) {
          await checkpoint.save(bytesOf(state));
          throw new Stopped(`Stopped at step ${step} of ${steps}.`);
        }
        await habits.beforeStep?.(step, config);
        if (step % 10 === 0) samples[step / 10] = ring[0];
        advance(ring);
        state[0]++;
        if (state[0] % checkpointEvery === 0) await checkpoint.save(bytesOf(state));
        progress(state[0], steps);
        await breathe();
      }
      return { samples: Array.from(samples), last: Array.from(ring.subarray(0, 50)) };
    },
  };
}

/** Logistic maps at r = 3.99, each mixed a little with its left neighbour. */
function advance(ring: Float64Array): void {
  let left = ring[ring.length - 1];
  for (let i = 0; i < ring.length; i++) {
    const x = ring[i];
    const mixed = 0.95 * x + 0.05 * left;
    ring[i] = 3.99 * mixed * (1 - mixed);
    left = x;
  }
}

function bytesOf(state: Float64Array): Uint8Array {
  return new Uint8Array(state.slice().buffer);
}

function fraction(x: number): number {
  return x - Math.floor(x);
}
