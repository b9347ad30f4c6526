/** @module PyTorch's steps beside ours: one timing of one workload on one thread. */
import { ask, findPython } from "./scipy.ts";

/** A way to time the peer, or why there is none. */
export type Torch = { ms(workload: string): Promise<number> } | { missing: string };

/** Finds PyTorch and the script that times its steps. */
export async function findTorch(peers: string, steps = 20): Promise<Torch> {
  const script = `${peers}/torch_steps.py`;
  if (!await Deno.stat(script).then(() => true, () => false)) {
    return { missing: `no torch_steps.py in ${peers}: give its folder with --peers` };
  }
  const python = await findPython("torch");
  if (!python) return { missing: "PyTorch not found: apt-get install python3-torch" };
  return {
    ms: async (workload) =>
      JSON.parse(await ask(python, script, "--steps", `${steps}`, workload)).ms_per_step,
  };
}
