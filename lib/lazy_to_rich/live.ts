/**
 * @module The live training of this paper's explorer: the six-scalar model itself, on the device of whoever watches. Runs in a page's
 * worker, where `nn` has the page's devices, and as well wherever the house runs.
 */
import type { LiveTraining, LiveTrainings } from "../explore/types.ts";
import { openDevice, PacedTraining, sgd } from "../nn/mod.ts";
import { evaluation, planOf } from "./live_plan.ts";
import { sixScalarModel } from "./model/six_scalars.ts";

/** What a picture shows of a sample. */
export interface LiveSample {
  /** Updates made. */
  readonly step: number;
  /** L_G4. */
  readonly fourGram: number;
  /** L_IH. */
  readonly induction: number;
  /** beta = w_Q w_K. */
  readonly beta: number;
}

/** Trainings by view. */
export const trainings: LiveTrainings = {
  training: async (state): Promise<LiveTraining> => {
    const { task, sigma, values, eta, batch, steps, sampleAt, seed, device: wanted } = planOf(state);
    const device = await openDevice(wanted);
    const model = sixScalarModel({
      L: task.L,
      batch,
      stage: "two",
      runs: [{ alphaStar: task.alphaStar, wStar: task.wStar, sigma, values, seed }],
    });
    const training = new PacedTraining({
      model,
      optimizer: sgd({ learningRate: eta }),
      batch: model.batchAt,
      steps,
      sampleAt,
      evaluationBatch: model.evaluation(evaluation),
      device,
    });
    return {
      device: `${device.backend} (${device.name}; ${device.why})`,
      next: async (): Promise<LiveSample | undefined> => {
        const sample = await training.next();
        if (sample === undefined) return undefined;
        const { fourGram: [fourGram], induction: [induction], wQ: [wQ], wK: [wK] } = sample.metrics;
        return { step: sample.step, fourGram, induction, beta: wQ * wK };
      },
      dispose: () => training.dispose(),
    };
  },
};
