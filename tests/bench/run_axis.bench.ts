/**
 * @module What runs side by side cost: every program that the papers train, at the size of a test, with 1 to 16 runs in it, on WebAssembly
 * and with captured steps on WebGPU; and one training each at the size of the quick profile, where arithmetic counts and no longer
 * the calls.
 *
 * The law: sixteen small runs in one program cost at most four times one run of the same shapes.
 */
import { adam, currentDevice, openDevice, type Rehearsal, sgd } from "../../lib/nn/mod.ts";
import { capturedStepper, eagerStepper } from "../../lib/nn/stepper.ts";
import { median } from "../../lib/numerics/mod.ts";
import { sixScalarModel } from "../../lib/lazy_to_rich/model/six_scalars.ts";
import { transformerModel } from "../../lib/sparse_regression/model.ts";
import { programsOf } from "../../lib/tasks/device_checks.ts";
import { begin } from "./advance.ts";
import { gpuName, noAdapter, openGpu } from "./gpu.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";

/** What `deno task bench run_axis` runs. */
export const name = "run_axis";

const RUNS = [1, 2, 4, 8, 16];
const ROUNDS = 5;

/** A training that can be made with any number of runs; the law is for small ones. */
interface Case {
  readonly label: string;
  readonly small: boolean;
  make(runs: number): Rehearsal;
}

/** The programs of the papers at the size of a test that can be a single run, and two at the size of the quick profile. */
async function cases(): Promise<Case[]> {
  const small = (await programsOf()).filter(({ make }) => make(1).model.runs === 1)
    .map(({ paper, name, make }) => ({ label: `${paper}: ${name}`, small: true, make }));
  return [
    ...small,
    { label: "lazy_to_rich: quick profile, four phases", small: false, make: phases },
    { label: "sparse_regression: quick profile, 4 heads", small: false, make: heads },
  ];
}

function phases(runs: number): Rehearsal {
  const task = { alphaStar: 1, wStar: 0.5, sigma: 0.01 };
  const model = sixScalarModel({
    ...{ L: 50, batch: 256, stage: "two" },
    runs: seeds(runs).map((seed) => ({ ...task, seed })),
  });
  return { model, optimizer: sgd({ learningRate: 1 }), batch: model.batchAt };
}

function heads(runs: number): Rehearsal {
  const layer = { heads: 4, keyWidth: 8, valueWidth: 8 };
  const architecture = { d: 8, width: 32, attention: "linear", layers: [layer, layer, layer] } as const;
  const model = transformerModel({
    ...{ task: { d: 8, s: 1, sigma: 1, prior: "rad" }, n: { min: 16, max: 32 }, batch: 32, q: 4 },
    runs: seeds(runs).map((seed) => ({ architecture, seed })),
  });
  return { model, optimizer: adam({ learningRate: 6e-3, clipNorm: 1 }), batch: model.batchAt };
}

const seeds = (runs: number) => Array.from({ length: runs }, (_, i) => i + 1);

/** Measures every case on WebAssembly and, where an adapter answers, on WebGPU. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const rows = await onDevice(`wasm: ${(await openDevice("wasm")).name}`, options);
  const gpu = await openGpu();
  if (gpu) return [...rows, ...await onDevice(gpuName(gpu), options, true)];
  const nothing = { ours: null, peer: null, unit: "ms/step", ratio: null };
  return [...rows, { bench: name, case: "on webgpu", ...nothing, note: noAdapter }];
}

/** All cases on the device that is open, eagerly or with captured steps. */
async function onDevice(
  device: string,
  { log, wanted }: BenchOptions,
  captured = false,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { label, small, make } of (await cases()).filter(({ label }) => wanted(label))) {
    log(`${device.split(":")[0]}, ${label}`);
    const times = await cost(make, captured), sixteen = times.at(-1)!;
    const base = firstOfItsShapes(make), ratio = sixteen / times[base];
    rows.push(timed(
      {
        bench: name,
        case: `${label}, ${RUNS.at(-1)} runs`,
        device,
        unit: "ms/step",
        note: [
          `peer: one run ${RUNS.at(-1)} times`,
          `${RUNS.join(", ")} runs: ${times.map((time) => time.toPrecision(3)).join(", ")}`,
          `${ratio.toFixed(1)} times ${base === 0 ? "one run" : `${RUNS[base]} runs, one alone is smaller`}${
            small ? ratio <= 4 ? ", at most 4" : ", OVER 4" : ""
          }`,
        ].join("; "),
      },
      sixteen,
      RUNS.at(-1)! * times[0],
    ));
  }
  return rows;
}

/**
 * The first number of runs with networks of the sizes that all of them have: where sizes take turns along the runs, one run alone has the
 * smallest, and is another program.
 */
function firstOfItsShapes(make: Case["make"]): number {
  const shapes = RUNS.map((runs) =>
    JSON.stringify(
      Object.entries(make(runs).model.initial()).map(([name, { shape }]) => [name, shape.slice(1)]),
    )
  );
  return shapes.indexOf(shapes.at(-1)!);
}

/** Median milliseconds a step for each number of runs; the contenders take turns. */
async function cost(make: Case["make"], captured: boolean): Promise<number[]> {
  const steps = captured ? 3 : 6, onGpu = currentDevice().kind === "gpu";
  // A processor has its hands full; on a GPU threads draw where it pays, as in a training.
  const threads = onGpu ? undefined : 0;
  const contenders = RUNS.map((runs) =>
    begin(make(runs), captured ? capturedStepper : eagerStepper, threads)
  );
  // One after the other, since it is seen from the time of the first steps whether threads pay; captured steps need little else.
  for (const { advance } of contenders) await advance(captured && !onGpu ? steps : 24);
  const times = RUNS.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { advance }] of contenders.entries()) {
      const start = performance.now();
      await advance(steps);
      times[i].push((performance.now() - start) / steps);
    }
  }
  for (const { dispose } of contenders) dispose();
  return times.map(median);
}
