/**
 * @module The main job, cold: `deno task figures` on one paper in a process of its own, from committed records to SVG, PNG and claims, into a
 * folder that is thrown away.
 */
import { median } from "../../lib/numerics/mod.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";

/** What `deno task bench figures` runs. */
export const name = "figures";

const ROUNDS = 3;
const paper = "lazy_to_rich";
const root = new URL("../../", import.meta.url).pathname;

/** Runs the task; the time in seconds and the number of figures. */
async function figures(): Promise<{ seconds: number; count: number }> {
  const out = await Deno.makeTempDir({ prefix: "bench-figures-" });
  try {
    const begun = performance.now();
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "lib/tasks/figures.ts", paper, "--out", out],
      cwd: root,
      stdout: "null",
      stderr: "piped",
    }).output();
    const seconds = (performance.now() - begun) / 1000;
    if (!success) {
      throw new Error(`deno task figures ${paper} failed: ${new TextDecoder().decode(stderr).trim()}`);
    }
    const count = [...Deno.readDirSync(`${out}/${paper}`)].filter(({ name }) => name.endsWith(".svg")).length;
    return { seconds, count };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

/** Measures it. */
export async function run({ log }: BenchOptions): Promise<BenchRow[]> {
  const times: number[] = [];
  let drawn = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    log(`${paper}, round ${round} of ${ROUNDS}`);
    const { seconds, count } = await figures();
    times.push(seconds);
    drawn = count;
  }
  const note = `no peer; ${drawn} figures as SVG and PNG, and the claims; median of ${ROUNDS}`;
  return [
    timed({ bench: name, case: `deno task figures ${paper}, cold`, unit: "s", note }, median(times), null),
  ];
}
