/**
 * @module Training steps of one transformer: this project's layers against plain TensorFlow.js on WebAssembly, the run axis, and
 * captured steps against eager ones on WebGPU; `training` has the steps of the papers beside PyTorch. Contenders are interleaved and medians compared, so that a busy machine
 * slows all of them alike; absolute times on a shared machine mean little.
 */
import { CapturedStep } from "../../lib/nn/captured_step.ts";
import { adam, openDevice, tf, toTensors, trainingStep } from "../../lib/nn/mod.ts";
import { median } from "../../lib/numerics/mod.ts";
import { gpuName, noAdapter, openGpu } from "./gpu.ts";
import { benchBatch, houseModel, houseStepper, plainStepper, type Stepper } from "./nn_workload.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";

export const name = "nn";

const ROUNDS = 5;
const STEPS = 4;

/** Measures every case; times are milliseconds per step unless said. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  return [...await onWasm(options), ...await onWebGpu(options)];
}

async function onWasm({ log }: BenchOptions): Promise<BenchRow[]> {
  const device = `wasm: ${(await openDevice("wasm")).name}`;
  const sideBySide = [4, 16];
  const contenders: Record<string, Stepper> = {
    house: houseStepper(),
    plain: plainStepper(),
    ...Object.fromEntries(sideBySide.map((runs) => [`${runs} runs`, houseStepper(seeds(runs))])),
  };
  const times: Record<string, number[]> = {};
  for (let round = -1; round < ROUNDS; round++) { // round -1 warms up
    log(`wasm, round ${round + 1} of ${ROUNDS}`);
    for (const [label, stepper] of Object.entries(contenders)) {
      const start = performance.now();
      for (let i = 0; i < STEPS; i++) {
        const loss = stepper.step();
        await loss.data();
        loss.dispose();
      }
      if (round >= 0) (times[label] ??= []).push((performance.now() - start) / STEPS);
    }
  }
  for (const stepper of Object.values(contenders)) stepper.dispose();
  const ours = median(times.house);
  const unit = "ms/step";
  return [
    timed(
      { bench: name, case: "transformer step", device, unit, note: "peer: plain TensorFlow.js on wasm" },
      ours,
      median(times.plain),
    ),
    ...sideBySide.map((runs) =>
      timed(
        {
          bench: name,
          case: `${runs} runs side by side`,
          device,
          unit,
          note: `peer: ${runs} steps of one run`,
        },
        median(times[`${runs} runs`]),
        runs * ours,
      )
    ),
  ];
}

async function onWebGpu({ log }: BenchOptions): Promise<BenchRow[]> {
  const device = await openGpu();
  if (!device) {
    const nothing = { ours: null, peer: null, unit: "ms/step", ratio: null };
    return [{ bench: name, case: "captured step", ...nothing, note: noAdapter }];
  }
  const model = houseModel(), optimizer = adam({ learningRate: 1e-3 });
  const parameters = toTensors(model.initial());
  const batch = benchBatch();
  const eager = houseStepper();
  const captured = new CapturedStep(
    trainingStep(model, optimizer),
    { parameters, optimizer: optimizer.initial(parameters) },
    batch,
    optimizer.scalars(0, 1),
  );
  const times = { eager: [] as number[], captured: [] as number[] };
  for (let round = -1; round < ROUNDS; round++) {
    log(`${device.name}, round ${round + 1} of ${ROUNDS}`);
    const start = performance.now();
    for (let i = 0; i < STEPS; i++) {
      const loss = eager.step();
      await loss.data();
      loss.dispose();
    }
    const middle = performance.now();
    for (let i = 0; i < STEPS; i++) {
      captured.update(batch, optimizer.scalars(i, 1));
      const { losses, state } = captured.snapshot();
      await losses.data();
      for (const t of [losses, ...Object.values(state.parameters), ...Object.values(state.optimizer)]) {
        t.dispose();
      }
    }
    if (round < 0) continue;
    times.eager.push((middle - start) / STEPS);
    times.captured.push((performance.now() - middle) / STEPS);
  }
  const { bytes } = captured.cost;
  captured.dispose();
  eager.dispose();
  const encoding = await encodingTimes();
  const ours = median(times.captured), peer = median(times.eager);
  return [
    timed(
      {
        bench: name,
        case: "captured step",
        device: gpuName(device),
        unit: "ms/step",
        note: `peer: eager; ${(bytes / 2 ** 20).toFixed(1)} MiB`,
      },
      ours,
      peer,
    ),
    {
      bench: name,
      case: "JavaScript per replayed dispatch",
      device: gpuName(device),
      ours: median(encoding.microseconds),
      peer: null,
      unit: "us",
      ratio: null,
      note:
        `${encoding.dispatches} dispatches a step, ${encoding.microseconds.length} steps in rows of ${STEPS_IN_A_ROW}`,
    },
  ];
}

/** Replays between two looks at the losses, as a training makes them. */
const STEPS_IN_A_ROW = 10;

/**
 * Microseconds of JavaScript a dispatch, one number a replay. On one sequence: the dispatches cost JavaScript the same, and a software
 * adapter leaves it the processor.
 */
async function encodingTimes(): Promise<{ microseconds: number[]; dispatches: number }> {
  const model = houseModel(), optimizer = adam({ learningRate: 1e-3 }), batch = benchBatch(1);
  const parameters = toTensors(model.initial());
  const state = { parameters, optimizer: optimizer.initial(parameters) };
  const captured = new CapturedStep(trainingStep(model, optimizer), state, batch, optimizer.scalars(0, 1));
  const { dispatches } = captured.cost, microseconds: number[] = [];
  for (let row = -1; row < ROUNDS; row++) {
    for (let i = 0; i < STEPS_IN_A_ROW; i++) {
      const spent = 1e3 * captured.update(batch, optimizer.scalars(i, 1)) / dispatches;
      if (row >= 0) microseconds.push(spent);
    }
    const { losses, state } = captured.snapshot();
    await losses.data();
    tf.dispose([losses, state.parameters, state.optimizer]);
  }
  captured.dispose();
  return { microseconds, dispatches };
}

const seeds = (runs: number) => Array.from({ length: runs }, (_, i) => i);
