/**
 * @module One training step, plain TensorFlow.js against this project's layers against PyTorch, interleaved in one run.
 *
 *     deno run -A tests/bench/nn.bench.ts [--backend wasm] [--rounds 7] [--runs 1] [--peers ../shared/peers] [--python python3]
 *
 * Prints one JSON line per contender and the ratios. Absolute times on a shared machine mean little; ratios do.
 */
import { Command } from "commander";
import { type BackendRequest, openDevice } from "../../lib/nn/mod.ts";
import { median } from "../../lib/numerics/mod.ts";
import { houseStepper, plainStepper, type Stepper } from "./nn_workload.ts";

const options = new Command()
  .option("--backend <name>", "device to measure on", "wasm")
  .option("--rounds <n>", "timed rounds of five steps", Number, 7)
  .option("--runs <n>", "also time so many runs side by side", Number, 1)
  .option("--peers <folder>", "folder of torch_steps.py", "../shared/peers")
  .option("--python <command>", "interpreter that has torch", "python3")
  .parse(Deno.args, { from: "user" })
  .opts<{ backend: BackendRequest; rounds: number; runs: number; peers: string; python: string }>();

const device = await openDevice(options.backend, { log: console.error });
const contenders: Record<string, { stepper: Stepper; times: number[]; loss: number }> = {
  plain: { stepper: plainStepper(), times: [], loss: NaN },
  house: { stepper: houseStepper(), times: [], loss: NaN },
};
if (options.runs > 1) {
  const seeds = Array.from({ length: options.runs }, (_, i) => i);
  contenders[`house x ${options.runs} runs`] = { stepper: houseStepper(seeds), times: [], loss: NaN };
}
const torch: number[] = [];
for (let round = -1; round < options.rounds; round++) { // round -1 warms up
  for (const contender of Object.values(contenders)) {
    const start = performance.now();
    for (let i = 0; i < 5; i++) {
      const loss = contender.stepper.step();
      contender.loss = (await loss.data())[0];
      loss.dispose();
    }
    if (round >= 0) contender.times.push((performance.now() - start) / 5);
  }
  if (round >= 0 && round < 3) torch.push(...await peer());
}
const torchMs = torch.length > 0 ? median(torch) : undefined;
for (const [name, { times, loss }] of Object.entries(contenders)) {
  const ms = median(times);
  console.log(JSON.stringify({
    workload: "infinite_limits",
    variant: name,
    device: `${device.backend} (${device.kind})`,
    msPerStep: Number(ms.toFixed(2)),
    fastest: Number(Math.min(...times).toFixed(2)),
    lossAfter: loss,
    plainOverThis: Number((median(contenders.plain.times) / ms).toFixed(2)),
    ...(torchMs ? { thisOverTorch: Number((ms / torchMs).toFixed(2)) } : {}),
  }));
}
console.log(
  torchMs ? JSON.stringify({ variant: "PyTorch, one thread", msPerStep: torchMs }) : "PyTorch: not at hand",
);
for (const { stepper } of Object.values(contenders)) stepper.dispose();

/** Milliseconds per step of PyTorch on one thread, or nothing when it is not installed. */
async function peer(): Promise<number[]> {
  const script = `${options.peers}/torch_steps.py`;
  try {
    const { stdout } = await new Deno.Command(options.python, {
      args: [script, "--steps", "20", "infinite_limits"],
    })
      .output();
    return [JSON.parse(new TextDecoder().decode(stdout)).ms_per_step];
  } catch {
    return [];
  }
}
