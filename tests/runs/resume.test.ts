/** Real processes, killed: what is left on the disk must carry a run to the same bits as if nothing had happened. */
import { describe, expect, test } from "vitest";
import { openDevice } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { type Experiment, openStore, runExperiment } from "../../lib/runs/mod.ts";
import { runUntil } from "./support/children.ts";
import { filesUnder, temporaryFolder, temporaryStore } from "./support/folder.ts";
import { network, networkConfig } from "./support/network.ts";
import { longWalkConfig, walkExperiment } from "./support/walk.ts";

const script = new URL("./support/run_child.ts", import.meta.url);
const walk = walkExperiment({ configs: [longWalkConfig] });

async function uninterrupted(experiment: Experiment) {
  const store = await temporaryStore();
  const [record] = await runExperiment(experiment, { store, profile: "quick", backend: "wasm", openDevice });
  return record.metrics;
}

/** The step a child's run really began with: one more than none, or than its checkpoint. */
function firstStep(lines: readonly string[]): number {
  const steps = lines.filter((line) => line.startsWith("step ")).map((line) => Number(line.slice(5)));
  return steps[1]; // the first is the announcement, step 0
}

describe.each([
  { which: "walk", experiment: walk as unknown as Experiment, config: longWalkConfig, lines: 90 },
  { which: "network", experiment: network as unknown as Experiment, config: networkConfig, lines: 24 },
])("$which", ({ which, experiment, config, lines }) => {
  test(
    "killed at random moments and restarted equals uninterrupted, bit for bit",
    { timeout: 120_000 },
    async () => {
      const root = await temporaryFolder();
      const moment = stream(20, which);
      const begun: number[] = [];
      let kills = 0;
      for (;;) {
        const ended = await runUntil(script, [root, which], {
          signal: "SIGKILL",
          lines: 4 + moment.integer(lines),
          milliseconds: moment.uniform() * 5,
        });
        begun.push(firstStep(ended.lines));
        if (ended.signal !== "SIGKILL") {
          expect(ended.errors).toBe(""); // no checkpoint was found damaged
          expect(ended.code).toBe(0);
          break;
        }
        kills++;
        // Only finished records may be visible, and this run is not finished.
        expect(await openStore(root).list()).toEqual([]);
      }
      expect(kills).toBeGreaterThanOrEqual(2);
      expect(begun[0]).toBeLessThan(10);
      // Each life began where the one before had come to: the run was resumed, not repeated.
      expect(begun).toEqual([...begun].sort((a, b) => a - b));
      expect(begun.at(-1)).toBeGreaterThan(100);
      const record = await openStore(root).load(experiment, config);
      expect(record!.metrics).toEqual(await uninterrupted(experiment));
    },
  );

  test("stopped by SIGINT and resumed equals uninterrupted, bit for bit", { timeout: 60_000 }, async () => {
    const root = await temporaryFolder();
    const stopped = await runUntil(script, [root, which], { signal: "SIGINT", lines: 10 });
    expect(stopped.code).toBe(130);
    expect(stopped.errors).toMatch(/stopped/i);
    expect(await filesUnder(root)).toEqual([expect.stringMatching(/^\.checkpoints\/toy\/.*\.ckpt$/)]);
    const resumed = await runUntil(script, [root, which]);
    expect(resumed.code).toBe(0);
    expect(firstStep(resumed.lines)).toBeGreaterThan(5);
    const record = await openStore(root).load(experiment, config);
    expect(record!.metrics).toEqual(await uninterrupted(experiment));
  });
});

test(
  "two processes that run the same config at once both succeed and leave one record",
  { timeout: 60_000 },
  async () => {
    const root = await temporaryFolder();
    const both = await Promise.all([runUntil(script, [root, "walk"]), runUntil(script, [root, "walk"])]);
    expect(both.map(({ code, errors }) => `${code}${errors}`)).toEqual(["0", "0"]);
    const record = await openStore(root).load(walk, longWalkConfig);
    expect(record!.metrics).toEqual(await uninterrupted(walk as unknown as Experiment));
    expect((await filesUnder(root)).filter((name) => !name.startsWith("."))).toHaveLength(1);
  },
);
