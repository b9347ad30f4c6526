/** @module The same trainings on the direct engine: TensorFlow.js over sequences, on a device, seeds on the run axis. */
import { rounded } from "../../numerics/mod.ts";
import { checkpointParts, type RunContext, Stopped } from "../../runs/mod.ts";
import { architectureOf, type StageSamples, type TrainingConfig, type TrainingMetrics } from "../records.ts";
import type { Weights } from "../model/weights.ts";
import { sampleSteps } from "./sampling.ts";
import { dataOf, engineOf, samplesOf, startOf } from "./training.ts";

/** Trains all seeds of a config side by side on the device. */
export async function runOnDevice(config: TrainingConfig, context: RunContext): Promise<TrainingMetrics> {
  await context.device();
  // TensorFlow.js is loaded when something is trained, not when records are read.
  const [nn, { directModel }, { weightsOfRun }, { fullModel }] = await Promise.all([
    import("../../nn/mod.ts"),
    import("../model/direct.ts"),
    import("../model/direct_arrays.ts"),
    import("../model/direct_full.ts"),
  ]);
  const { loss, seeds, stages, start } = config, architecture = architectureOf(config);
  const data = seeds.map((seed) => dataOf(config, seed)), parts = checkpointParts(context.checkpoint);
  let weights: Weights[] = seeds.map(() => startOf(config, start)), done = 0;
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  const recorded: StageSamples[][] = seeds.map(() => []);
  for (const [k, stage] of stages.entries()) {
    const program = {
      loss,
      runs: data.map((sequences, r) => ({ data: sequences, start: { weights: weights[r] } })),
    };
    const model = config.variant === "full"
      ? fullModel({ architecture, ...program })
      : directModel({ architecture, ...program });
    const held = Object.keys(weights[0]).filter((name) => !stage.train.includes(name));
    const before = done,
      result = await nn.train({
        model,
        optimizer: nn.sgd({
          learningRate: stage.rate,
          scale: Object.fromEntries(held.map((name) => [name, 0])),
        }),
        batch: () => model.batch,
        steps: stage.steps,
        sampleAt: sampleSteps(stage.steps, 24, stage.sampleAt),
        signal: context.signal,
        checkpoint: parts(`stage ${k + 1}`),
        onProgress: (step, _steps, losses) =>
          context.progress(before + step, total, `stage ${k + 1}, loss ${losses[0].toPrecision(4)}`),
      });
    if (result.status === "stopped") throw new Stopped(result.message);
    if (result.status !== "done") throw new Error(result.message);
    const { steps, loss: losses, metrics } = result.history;
    seeds.forEach((_, r) => {
      const samples = steps.map((step, i) => ({
        step,
        time: step * stage.rate,
        loss: losses[i][r],
        accuracy: metrics.accuracy[i][r],
        weights: Object.fromEntries(
          Object.keys(weights[r]).map((name) => {
            const size = weights[r][name].length;
            return [name, Float64Array.from(metrics[name][i].slice(r * size, (r + 1) * size))];
          }),
        ),
      }));
      recorded[r].push(samplesOf(samples, stage.train, []));
    });
    weights = seeds.map((_, r) => weightsOfRun(result.parameters, r));
    done += stage.steps;
  }
  return {
    runs: seeds.map((seed, r) => {
      const { loss, accuracy } = engineOf(config, dataOf(config, seed, "validation")).fit(weights[r]);
      return {
        seed,
        stages: recorded[r],
        final: Object.fromEntries(
          Object.entries(weights[r]).map(([name, values]) => [name, Array.from(values, rounded)]),
        ),
        validation: { loss: rounded(loss), accuracy: rounded(accuracy) },
      };
    }),
  };
}
