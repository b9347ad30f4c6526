/** @module What is trained: the regimes of both profiles, and the network that a config describes. */
import { frozen, type Profile } from "../../runs/mod.ts";
import type { Architecture } from "../forward.ts";
import type { TrainingConfig } from "../records.ts";

/** Small networks on short prompts: the smallest setting found in which the head effect is clear of the noise. */
const small: TrainingConfig = {
  regime: "2",
  task: { d: 8, s: 1, sigma: 1, prior: "rad" },
  n: { min: 16, max: 32 },
  lengths: [16, 20, 24, 28, 32],
  attention: "linear",
  layers: 3,
  width: 32,
  keyWidth: 32,
  heads: [1, 2, 4, 8],
  seeds: [1, 2, 3],
  batch: 32,
  q: 4,
  steps: 2500,
  rate: 6e-3,
  testing: 1024,
  probeSteps: 400, // five times as many lower every curve by 1 % and change no comparison
};

/** The size of the pilot that this project's acceptance numbers come from. */
const large: TrainingConfig = {
  ...small,
  layers: 4,
  width: 40,
  keyWidth: 40,
  batch: 256,
  steps: 30_000,
  rate: 2e-3,
  testing: 4096,
  probeSteps: 1000,
};

const softmax = { attention: "softmax", rate: 2e-3 } as const;
const regime1 = { regime: "1", task: { d: 8, s: 2, sigma: 0.5, prior: "rad" } } as const;
const regime1b = { regime: "1b", task: { d: 8, s: 2, sigma: 1, prior: "rad" } } as const;
const sixteen = {
  regime: "d = 16",
  task: { d: 16, s: 4, sigma: 0.5, prior: "rad" },
  n: { min: 16, max: 80 },
  lengths: [16, 20, 30, 40, 60, 80],
  width: 64,
  keyWidth: 64,
  heads: [1, 2, 4, 8, 16],
  steps: 100_000,
  rate: 1e-3,
} as const;

/** The trainings of both profiles. */
export const trainingConfigs: Readonly<Record<Profile, readonly TrainingConfig[]>> = frozen({
  quick: [
    small,
    { ...small, ...regime1, heads: [1, 8], probeSteps: 0 },
  ],
  full: [
    large,
    { ...large, ...softmax },
    { ...large, ...regime1 },
    { ...large, ...regime1, ...softmax },
    { ...large, ...regime1b },
    { ...large, ...regime1b, ...softmax },
    { ...large, ...sixteen },
    // 16 heads of scores [3 runs, 64 prompts, 16, 84, 80] are 80 MB: 128 MB are all that every WebGPU device binds at once
    { ...large, ...sixteen, ...softmax, rate: 3e-4, batch: 64 },
  ],
});

/** The network with this many heads. */
export function architectureOf(config: TrainingConfig, heads: number): Architecture {
  const { task: { d }, width, attention, layers, keyWidth } = config;
  if (keyWidth % heads !== 0) {
    throw new RangeError(`width ${keyWidth} cannot be shared out among ${heads} heads`);
  }
  const layer = { heads, keyWidth: keyWidth / heads, valueWidth: keyWidth / heads };
  return { d, width, attention, layers: new Array(layers).fill(layer) };
}
