/** @module PyTorch's steps beside ours: timings of one workload on one thread of the processor, or on a CUDA device. */
import { ask, findPython } from "./scipy.ts";

/** A device PyTorch can be timed on. */
export interface TorchDevice {
  /** As a note calls it: "PyTorch 1.13, one thread". */
  readonly name: string;
  /** Mean milliseconds of so many steps of a workload, after five to warm up. */
  ms(workload: string, steps?: number): Promise<number>;
}

/** What was found of the peer; a string says why it is missing and how to get it. */
export interface Torch {
  readonly cpu: TorchDevice | string;
  readonly cuda: TorchDevice | string;
}

const probe = "import torch; c = torch.cuda.is_available(); " +
  "print(torch.__version__); print(torch.cuda.get_device_name(0) if c else '')";

/** Finds PyTorch and the script that times its steps. */
export async function findTorch(peers: string): Promise<Torch> {
  const script = `${peers}/torch_steps.py`;
  if (!await Deno.stat(script).then(() => true, () => false)) {
    const missing = `no torch_steps.py in ${peers}: give its folder with --peers`;
    return { cpu: missing, cuda: missing };
  }
  const python = await findPython("torch");
  if (!python) {
    const missing = "PyTorch not found: apt-get install python3-torch";
    return { cpu: missing, cuda: "PyTorch not found: pip install torch, in a build with CUDA" };
  }
  const [version, gpu] = (await ask(python, "-c", probe)).split("\n");
  const on = (device: string, name: string): TorchDevice => ({
    name: `PyTorch ${version}, ${name}`,
    ms: async (workload, steps = 20) => {
      const line = await ask(python, script, "--device", device, "--steps", `${steps}`, workload);
      return JSON.parse(line).ms_per_step;
    },
  });
  return {
    cpu: on("cpu", "one thread"),
    cuda: gpu
      ? on("cuda", gpu)
      : `PyTorch ${version} sees no CUDA device: needs an NVIDIA GPU and a build with CUDA (pip install torch)`,
  };
}
