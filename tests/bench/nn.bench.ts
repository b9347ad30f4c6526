/**
 * @module Training steps of one transformer: this project's layers against plain TensorFlow.js on WebAssembly, the run axis, and
 * captured steps against eager ones on WebGPU, with what a replayed dispatch costs JavaScript; `training` has the steps of the papers
 * beside PyTorch. Contenders are interleaved and medians compared, so that a busy machine slows all of them alike; absolute times on a
 * shared machine mean little.
 */
import { CapturedStep } from "../../lib/nn/captured_step.ts";
import {
  adam,
  type Device,
  openDevice,
  type Rehearsal,
  tf,
  toTensors,
  trainingStep,
} from "../../lib/nn/mod.ts";
import { median } from "../../lib/numerics/mod.ts";
import { programsOf } from "../../lib/tasks/device_checks.ts";
import { gpuName, noAdapter, openGpu } from "./gpu.ts";
import { benchBatch, houseModel, houseStepper, plainStepper, type Stepper } from "./nn_workload.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";

export const name = "nn";

const ROUNDS = 5;
const STEPS = 4;

const PER_DISPATCH = "JavaScript per replayed dispatch", CAPTURED = "captured step";

/** Measures every case; times are milliseconds per step unless said. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const { wanted } = options, rows: BenchRow[] = [];
  if (wanted("transformer step") || wanted("runs side by side")) rows.push(...await onWasm(options));
  const onGpu = [CAPTURED, PER_DISPATCH].filter(wanted);
  if (onGpu.length === 0) return rows;
  const device = await openGpu();
  if (!device) {
    const nothing = { ours: null, peer: null, unit: "ms/step", ratio: null };
    return [...rows, ...onGpu.map((label) => ({ bench: name, case: label, ...nothing, note: noAdapter }))];
  }
  if (wanted(CAPTURED)) rows.push(await capturedRow(device, options));
  if (wanted(PER_DISPATCH)) rows.push(await dispatchRow(device, options));
  return rows;
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

async function capturedRow(device: Device, { log }: BenchOptions): Promise<BenchRow> {
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
  return timed(
    {
      bench: name,
      case: CAPTURED,
      device: gpuName(device),
      unit: "ms/step",
      note: `peer: eager; ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    },
    median(times.captured),
    median(times.eager),
  );
}

/** Replays between two looks at the losses, as a training makes them. */
const STEPS_IN_A_ROW = 10;

/**
 * Every program the papers train, at the size of a test: the dispatches cost JavaScript the same as large ones, and a software adapter
 * leaves it more of the processor and of its caches.
 */
async function dispatchRow(device: Device, { log }: BenchOptions): Promise<BenchRow> {
  const costs: { program: string; dispatches: number; microseconds: number }[] = [];
  for (const { paper, name, make } of await programsOf()) {
    log(`${PER_DISPATCH}: ${paper}, ${name}`);
    costs.push({ program: `${paper}, ${name}`, ...await dispatchCost(make(1)) });
  }
  const dear = costs.reduce((a, b) => b.microseconds > a.microseconds ? b : a);
  const sizes = costs.map(({ dispatches }) => dispatches);
  return {
    bench: name,
    case: PER_DISPATCH,
    device: gpuName(device),
    ours: median(costs.map(({ microseconds }) => microseconds)),
    peer: null,
    unit: "us",
    ratio: null,
    note: `no peer; median of ${costs.length} programs of ${Math.min(...sizes)} to ${
      Math.max(...sizes)
    } dispatches; most: ${dear.microseconds.toFixed(1)}, ${dear.program}`,
  };
}

/** Median microseconds of JavaScript a dispatch, over the replays of a training. */
async function dispatchCost({ model, optimizer, batch }: Rehearsal) {
  const parameters = toTensors(model.initial());
  const state = { parameters, optimizer: optimizer.initial(parameters) };
  const inputs = (step: number) => [batch(step), optimizer.scalars(step, model.runs)] as const;
  const captured = new CapturedStep(trainingStep(model, optimizer), state, ...inputs(0));
  const { dispatches } = captured.cost, times: number[] = [];
  let step = 1;
  for (let row = -3; row < ROUNDS; row++) { // the first three warm up
    for (let i = 0; i < STEPS_IN_A_ROW; i++) {
      const spent = captured.update(...inputs(step++));
      if (row >= 0) times.push(1e3 * spent / dispatches);
    }
    const { losses, state } = captured.snapshot();
    await losses.data();
    tf.dispose([losses, state.parameters, state.optimizer]);
  }
  captured.dispose();
  return { dispatches, microseconds: median(times) };
}

const seeds = (runs: number) => Array.from({ length: runs }, (_, i) => i);
