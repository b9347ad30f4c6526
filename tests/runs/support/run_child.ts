/**
 * @module A process that runs an experiment, to be killed: `run_child.ts <root> walk|network`. It prints `from <step>`
 * when its run starts, `step <step>` as it goes and `done` at the end; SIGINT stops it the way a task does.
 */
import { openDevice } from "../../../lib/nn/mod.ts";
import { type Experiment, openStore, runExperiment, Stopped } from "../../../lib/runs/mod.ts";
import { network } from "./network.ts";
import { longWalkConfig, walkExperiment } from "./walk.ts";

const [root, which] = Deno.args;
const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort());

const walk = walkExperiment({
  configs: [longWalkConfig],
  checkpointEvery: 3,
  onStart: (step) => console.log(`from ${step}`),
  beforeStep: () => new Promise((resolve) => setTimeout(resolve, 1)),
});

try {
  await runExperiment((which === "walk" ? walk : network) as Experiment, {
    store: openStore(root),
    profile: "quick",
    backend: "wasm",
    openDevice,
    signal: stop.signal,
    onProgress: ({ done, state }) => {
      if (state === "running") console.log(`step ${done}`);
    },
  });
  console.log("done");
  Deno.exit(0);
} catch (error) {
  console.error((error as Error).message);
  Deno.exit(error instanceof Stopped ? 130 : 1);
}
