/**
 * @module `deno task device [papers…]`: what the GPU of this machine is, and whether everything the papers train computes on it
 * what plain JavaScript computes. To be run before hours are spent on a machine that is not at hand.
 */
import type { BackendRequest } from "../runs/mod.ts";
import { choice, command, progressBar, runTask, UsageError } from "./cli.ts";
import {
  compute,
  type Deviations,
  deviations,
  programsOf,
  tooLarge,
  type Tried,
  tryProgram,
} from "./device_checks.ts";
import { findPapers, type PaperEntry } from "./papers.ts";

const BACKENDS: readonly BackendRequest[] = ["auto", "tensorflow", "webgpu", "wasm"];

/** The limits that decide how large a program may be. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupStorageSize",
  "maxStorageBuffersPerShaderStage",
] as const;

/** One program's verdict, as `device.json` holds it. */
interface Verdict {
  readonly paper: string;
  readonly program: string;
  /** Whether captured steps equal eager ones; null where steps cannot be captured. */
  readonly captured: boolean | null;
  readonly deviations: Deviations;
  readonly milliseconds: Tried["milliseconds"];
  /** What is wrong; empty when nothing is. */
  readonly problems: readonly string[];
}

/**
 * Runs the task.
 *
 * @returns 1 when a program computes something else on the device, or its captured step does, else 0.
 * @throws {UsageError} for an unknown paper or backend, or a number of steps that is none.
 * @throws {DeviceError} when the backend cannot start, with the reason and the cure.
 */
export async function device(
  args: readonly string[],
  find: (ids: string[]) => readonly PaperEntry[] = findPapers,
): Promise<number> {
  const program = command(
    "device",
    "Say what the GPU is, and check everything the papers train on it, at the size of a test.",
  )
    .argument("[papers...]", "folder names of papers; all unless given")
    .option("--backend <name>", `one of ${BACKENDS.join(", ")}`, "webgpu")
    .option("--steps <number>", "length of the captured and the eager training that are compared", "40")
    .option("--out <folder>", "also write device.json there")
    .addHelpText("after", "\nExit code 1 when something is computed wrongly.")
    .parse(args as string[], { from: "user" });
  const { backend: asked, steps: text, out } = program.opts<
    { backend: string; steps: string; out?: string }
  >();
  const backend = choice("--backend", asked as BackendRequest, BACKENDS);
  if (!/^[1-9]\d*$/.test(text)) {
    throw new UsageError(`--steps must be a whole number from 1 on; got "${text}".`);
  }
  const papers = find(program.args), steps = Number(text);
  const nn = await import("../nn/mod.ts");
  const found = await nn.openDevice(backend);
  const limits = limitsOf(nn.tf.backend());
  console.log(`${found.name} (${found.kind}), ${found.why}`);
  for (const [name, value] of Object.entries(limits)) console.log(`  ${name} ${value}`);

  const programs = await programsOf(papers), bar = progressBar(), tried: Tried[] = [];
  bar.start(2 * programs.length);
  for (const program of programs) {
    bar.update(tried.length, `${program.paper}: ${program.name}`);
    tried.push(await tryProgram(program, steps));
  }
  await nn.openDevice("cpu"); // one device at a time: the reference comes last
  const verdicts: Verdict[] = [];
  for (const [i, { paper, name, make }] of programs.entries()) {
    bar.update(programs.length + i, `${paper}: ${name}, reference`);
    const { captured = null, milliseconds } = tried[i];
    const found = deviations(tried[i], await compute(make(2)));
    const problems = tooLarge(found).map((what) => `${what} differ by ${found[what as keyof Deviations]}`);
    if (captured === false) problems.push("the captured training differs from the eager one");
    verdicts.push({ paper, program: name, captured, deviations: found, milliseconds, problems });
  }
  bar.stop();
  console.log(table(verdicts));
  const wrong = verdicts.filter(({ problems }) => problems.length > 0);
  for (const { paper, program, problems } of wrong) {
    console.error(`${paper}, ${program}: ${problems.join("; ")}`);
  }
  console.log(
    `${
      verdicts.length - wrong.length
    } of ${verdicts.length} programs compute on ${found.name} what plain JavaScript does.`,
  );
  if (out !== undefined) {
    await Deno.mkdir(out, { recursive: true });
    const report = { made: new Date().toISOString(), device: found, limits, steps, verdicts };
    await Deno.writeTextFile(`${out}/device.json`, JSON.stringify(report, null, 2) + "\n");
  }
  return wrong.length > 0 ? 1 : 0;
}

/** Limits of the GPU that TensorFlow.js asked for and got; none where there is no WebGPU. */
function limitsOf(backend: unknown): Record<string, number> {
  const { device } = backend as { device?: GPUDevice };
  return device === undefined ? {} : Object.fromEntries(LIMITS.map((name) => [name, device.limits[name]]));
}

function table(verdicts: readonly Verdict[]): string {
  const small = (x: number) => x.toExponential(0);
  const rows = verdicts.map(({ paper, program, captured, deviations, milliseconds }) => [
    `${paper}: ${program}`,
    captured === null ? "-" : captured ? "equal" : "DIFFERS",
    ...[deviations.losses, deviations.gradients, deviations.training].map(small),
    milliseconds.eager.toFixed(1),
    milliseconds.captured?.toFixed(1) ?? "-",
  ]);
  const all = [
    ["program", "captured", "losses", "gradients", "training", "ms eager", "ms captured"],
    ...rows,
  ];
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)));
  return all.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd()).join("\n");
}

if (import.meta.main) await runTask(() => device(Deno.args));
