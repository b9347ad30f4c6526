/**
 * @module The live training of this paper's explorer: the network over sequences with automatic differentiation, on the device of whoever
 * watches. Runs in a page's worker, where `nn` has the page's devices, and as well wherever the house runs.
 */
import type { LiveTraining, LiveTrainings } from "../explore/types.ts";
import { openDevice, PacedTraining, sgd } from "../nn/mod.ts";
import { dataOf, held, planOf } from "./live_plan.ts";
import { directModel } from "./model/direct.ts";

/** What a picture shows of a sample. */
export interface LiveSample {
  /** Updates made. */
  readonly step: number;
  /** Loss on the data. */
  readonly loss: number;
  /** Shares p_S = c_S^2 / C, [subsets]. */
  readonly shares: readonly number[];
}

/** Trainings by view. */
export const trainings: LiveTrainings = {
  training: async (state): Promise<LiveTraining> => {
    const plan = planOf(state), { architecture, loss, start, eta, steps, sampleAt } = plan;
    const device = await openDevice(plan.device);
    const model = directModel({ architecture, loss, runs: [{ data: dataOf(plan), start }] });
    const training = new PacedTraining({
      model,
      optimizer: sgd({ learningRate: eta, scale: held }),
      batch: () => model.batch,
      steps,
      sampleAt,
      device,
    });
    return {
      device: `${device.backend} (${device.name}; ${device.why})`,
      next: async (): Promise<LiveSample | undefined> => {
        const sample = await training.next();
        if (sample === undefined) return undefined;
        const squares = sample.metrics.c.map((c) => c * c),
          C = squares.reduce((sum, square) => sum + square, 0);
        return { step: sample.step, loss: sample.loss[0], shares: squares.map((square) => square / C) };
      },
      dispose: () => training.dispose(),
    };
  },
};
