/**
 * @module One training step of each paper beside PyTorch: on WebAssembly against one thread of the processor, and on WebGPU, its steps
 * captured, against CUDA where there is such a device.
 *
 * Contenders take turns, and medians of several rounds are compared, so that a busy machine slows all of them alike.
 */
import { openDevice } from "../../lib/nn/mod.ts";
import { capturedStepper, eagerStepper } from "../../lib/nn/stepper.ts";
import { median } from "../../lib/numerics/mod.ts";
import { sampleSequences } from "../../lib/markov_induction/data.ts";
import { begin } from "./advance.ts";
import { gpuName, noAdapter, openGpu } from "./gpu.ts";
import { findTorch, type TorchDevice } from "./torch.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";
import { compressedSteps, uniformTokens, workloads } from "./workloads.ts";

/** What `deno task bench training` runs. */
export const name = "training";

const ROUNDS = 5;
/** Least milliseconds that a contender runs before it is timed. */
const WARM_UP = 1500;
/** Makes steps; the promise is kept when the last one is computed. */
type Steps = (count: number) => Promise<void> | void;

/** Measures every workload on every device there is. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const torch = await findTorch(options.peers);
  return [...await onWasm(options, torch.cpu), ...await onWebGpu(options, torch)];
}

async function onWasm({ log, wanted }: BenchOptions, torch: TorchDevice | string): Promise<BenchRow[]> {
  const device = `wasm: ${(await openDevice("wasm")).name}`, rows: BenchRow[] = [];
  for (const peer of new Set(workloads.map((workload) => workload.peer))) {
    const all = workloads.filter((workload) => workload.peer === peer && wanted(workload.name));
    const contenders = all.flatMap((workload) => {
      const training = workload.make();
      const alone = { ...workload, device, ...begin(training, eagerStepper, 0) };
      if (!training.batch.parts) return [alone];
      const note = "a second thread draws the batches; the peer has one";
      const helped = { ...workload, device, note, ...begin(training, eagerStepper, 1) };
      return [alone, { ...helped, name: `${workload.name}, batches drawn ahead` }];
    });
    const extra = peer === "markov_induction" ? compressed().filter(({ name }) => wanted(name)) : [];
    if (contenders.length + extra.length === 0) continue;
    rows.push(...await race([...contenders, ...extra], torch, log));
    for (const { dispose } of contenders) dispose();
  }
  return rows;
}

async function onWebGpu(
  { log, software, wanted }: BenchOptions,
  torch: Awaited<ReturnType<typeof findTorch>>,
): Promise<BenchRow[]> {
  const skipped = (note: string): BenchRow[] => [
    { bench: name, case: "all workloads, webgpu", ours: null, peer: null, unit: "ms", ratio: null, note },
  ];
  const device = await openGpu();
  if (!device) return skipped(`${noAdapter}; ${missing(torch.cuda)}`);
  if (device.kind !== "gpu" && !software) {
    return skipped(
      `only ${device.name} answers, a software adapter: measured with --software; ${missing(torch.cuda)}`,
    );
  }
  // A software adapter is a processor, and is compared with one.
  const peer = device.kind === "gpu" ? torch.cuda : torch.cpu;
  const rows: BenchRow[] = [];
  for (const workload of workloads.filter(({ name }) => wanted(name))) {
    const begun = begin(workload.make(), capturedStepper, device.kind === "gpu" ? undefined : 0);
    const steps = device.kind === "gpu" ? workload.steps : Math.min(workload.steps, 6);
    const contender = {
      ...workload,
      name: `${workload.name}, captured`,
      device: gpuName(device),
      steps,
      ...begun,
    };
    rows.push(...await race([contender], peer, log));
    begun.dispose();
  }
  return rows;
}

function missing(peer: TorchDevice | string): string {
  return typeof peer === "string" ? peer : `peer: ${peer.name}`;
}

/** The engine that trains the paper's full batches: on counts, in float64. */
function compressed(): Contender[] {
  const device = "processor, TypeScript, one thread", peer = "markov_induction", steps = 40;
  const published = sampleSequences({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.1 } }, {
    L: 100,
    count: 9000,
    seed: 1,
  });
  return [
    {
      name: "markov_induction, compressed",
      note: "float64, on window counts",
      advance: compressedSteps(uniformTokens(4000)),
    },
    {
      name: "markov_induction, compressed, 9000 published sequences",
      note: "the peer has 4000 uniform ones",
      advance: compressedSteps(published),
    },
  ].map((contender) => ({ ...contender, peer, device, steps }));
}

interface Contender {
  readonly name: string;
  readonly peer: string;
  readonly device: string;
  readonly note: string;
  readonly steps: number;
  readonly advance: Steps;
}

/** Rounds of the contenders and their common peer in turns. */
async function race(
  contenders: readonly Contender[],
  torch: TorchDevice | string,
  log: (line: string) => void,
): Promise<BenchRow[]> {
  const times = contenders.map((): number[] => []), theirs: number[] = [], [{ peer }] = contenders;
  for (const { advance, steps } of contenders) {
    // Compilers, caches and the allocator settle: trainings make thousands of steps, of which the first hundreds are slow.
    const start = performance.now();
    do await advance(steps); while (performance.now() - start < WARM_UP);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    log(`${peer}, round ${round} of ${ROUNDS}`);
    for (const [i, { advance, steps }] of contenders.entries()) {
      const start = performance.now();
      await advance(steps);
      times[i].push((performance.now() - start) / steps);
    }
    if (typeof torch !== "string") theirs.push(await torch.ms(peer, contenders[0].steps));
  }
  return contenders.map(({ name: label, device, note }, i) =>
    timed(
      {
        bench: name,
        case: label,
        device,
        note: [missing(torch), note].filter(Boolean).join("; "),
        unit: "ms/step",
      },
      median(times[i]),
      theirs.length ? median(theirs) : null,
    )
  );
}
