/**
 * @module A benchmark in a process of its own: what others left on the heap and on the device does not slow it down, so that it measures
 * the same alone as among all. As a program it is the child: `own_process.ts NAME OPTIONS`, which prints `Outcome` as JSON.
 */
import type { Runnable } from "./run_all.ts";
import type { Bench, BenchOptions, BenchRow } from "./types.ts";

/** Options that fit on a command line. */
export interface ProcessOptions extends Pick<BenchOptions, "peers" | "software"> {
  /** Only cases whose name contains this. */
  readonly only: string;
}

/** What a child says of itself. */
type Outcome = { readonly rows: BenchRow[] } | { readonly error: string };

/** The benchmark of that name, to be run in a new process; its log goes to this one's error stream. */
export function inOwnProcess(name: string, options: ProcessOptions): Runnable {
  return {
    name,
    async run() {
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", import.meta.filename!, name, JSON.stringify(options)],
        stderr: "inherit",
      }).output();
      const said = new TextDecoder().decode(stdout).trim();
      if (!said) throw new Error(`its process ended with code ${code} and said nothing`);
      const outcome: Outcome = JSON.parse(said);
      if ("error" in outcome) throw new Error(outcome.error);
      return outcome.rows;
    },
  };
}

async function outcome(name: string, { only, ...options }: ProcessOptions): Promise<Outcome> {
  try {
    const { run }: Bench = await import(new URL(`${name}.bench.ts`, import.meta.url).href);
    const log = (line: string) => console.error(`${name}: ${line}`);
    return { rows: await run({ ...options, log, wanted: (label) => label.includes(only) }) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

if (import.meta.main) {
  const [name, options] = Deno.args;
  console.log(JSON.stringify(await outcome(name, JSON.parse(options))));
  Deno.exit(0); // a device that is open would keep the process alive
}
