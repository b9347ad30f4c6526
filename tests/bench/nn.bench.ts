/**
 * @module Training steps of one transformer: this project's layers against plain TensorFlow.js on WebAssembly, the run axis, and
 * captured steps against eager ones on WebGPU; `training` has the steps of the papers beside PyTorch. Contenders are interleaved and medians compared, so that a busy machine
 * slows all of them alike; absolute times on a shared machine mean little.
 */
import { CapturedStep } from "../../lib/nn/captured_step.ts";
import { adam, openDevice, toTensors, trainingStep } from "../../lib/nn/mod.ts";
import { median } from "../../lib/numerics/mod.ts";
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
    log(`nn: wasm, round ${round + 1} of ${ROUNDS}`);
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
  if (!await navigator.gpu?.requestAdapter()) {
    log(
      "nn: no WebGPU adapter, captured steps not measured (a software one: apt-get install mesa-vulkan-drivers)",
    );
    return [];
  }
  const device = await openDevice("webgpu");
  const gpu = await navigator.gpu.requestAdapter();
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
  const times = { eager: [] as number[], captured: [] as number[], encode: [] as number[] };
  for (let round = -1; round < ROUNDS; round++) {
    log(`nn: ${device.name}, round ${round + 1} of ${ROUNDS}`);
    const start = performance.now();
    for (let i = 0; i < STEPS; i++) {
      const loss = eager.step();
      await loss.data();
      loss.dispose();
    }
    const middle = performance.now();
    let encode = 0;
    for (let i = 0; i < STEPS; i++) {
      encode += captured.update(batch, optimizer.scalars(i, 1));
      const { losses, state } = captured.snapshot();
      await losses.data();
      for (const t of [losses, ...Object.values(state.parameters), ...Object.values(state.optimizer)]) {
        t.dispose();
      }
    }
    if (round < 0) continue;
    times.eager.push((middle - start) / STEPS);
    times.captured.push((performance.now() - middle) / STEPS);
    times.encode.push(1e3 * encode / STEPS / captured.cost.dispatches);
  }
  const { dispatches, bytes } = captured.cost;
  captured.dispose();
  eager.dispose();
  const where = `${gpu?.info.description || device.name} (${device.kind})`;
  const ours = median(times.captured), peer = median(times.eager);
  return [
    timed(
      {
        bench: name,
        case: "captured step",
        device: `webgpu: ${where}`,
        unit: "ms/step",
        note: "peer: eager",
      },
      ours,
      peer,
    ),
    {
      bench: name,
      case: "JavaScript per replayed dispatch",
      device: `webgpu: ${where}`,
      ours: median(times.encode),
      peer: null,
      unit: "us",
      ratio: null,
      note: `${dispatches} dispatches, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    },
  ];
}

const seeds = (runs: number) => Array.from({ length: runs }, (_, i) => i);
