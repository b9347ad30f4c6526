/** @module Finds a Python with SciPy, and asks it for timings. */
import type { Point } from "./work_precision.ts";

/** How to get the peer. */
export const install = "SciPy not found: apt-get install python3-scipy";

/** A Python that imports a module: the first in the path, or the system's. */
export async function findPython(module = "scipy"): Promise<string | null> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const { success } = await new Deno.Command(python, {
        args: ["-c", `import ${module}`],
        stdout: "null",
        stderr: "null",
      })
        .output();
      if (success) return python;
    } catch {
      // Not there at all: try the next.
    }
  }
  return null;
}

/** Runs Python and returns what it prints. @throws When it fails, with its own last words. */
export async function ask(python: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python, { args }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`${python} ${args[0]} failed: ${decoder.decode(stderr).trim().split("\n").at(-1)}`);
  }
  return decoder.decode(stdout);
}

/** SciPy's runs by problem; of several rounds the fastest time counts, so noise never works for us. */
export async function scipyPoints(
  python: string,
  script: string,
  rounds: number,
): Promise<Map<string, Point[]>> {
  const best = new Map<string, Point & { problem: string }>();
  for (let round = 0; round < rounds; round++) {
    for (const line of (await ask(python, script)).trim().split("\n")) {
      const { problem, method, rtol, ms, error } = JSON.parse(line);
      const key = `${problem} ${method} ${rtol}`;
      if (!best.has(key) || ms < best.get(key)!.ms) best.set(key, { problem, method, ms, error });
    }
  }
  return Map.groupBy(best.values(), ({ problem }) => problem);
}
