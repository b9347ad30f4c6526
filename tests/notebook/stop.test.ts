/** @module Stop, while a cell trains: the run saves itself, the kernel lives on, and the next try resumes. */
import { expect, test } from "vitest";
import { startKernel } from "../../lib/notebook/kernel.ts";
import { temporaryFolders } from "./support.ts";

const folder = temporaryFolders();
const lib = (path: string) => JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href);

const opening = `import { openNotebook } from ${lib("notebook/mod.ts")};
import { Stopped } from ${lib("runs/mod.ts")};
const notebook = await openNotebook("tiny");
const slow = {
  paper: "tiny", name: "slow", title: "Counting slowly", version: 1,
  configs: () => [{ steps: 40 }],
  checkMetrics: (metrics) => metrics,
  async run({ steps }, context) {
    const from = (await context.checkpoint.load())?.[0] ?? 0;
    for (let step = from; step < steps; step++) {
      if (context.signal.aborted) {
        await context.checkpoint.save(new Uint8Array([step]));
        throw new Stopped();
      }
      context.progress(step, steps);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { from };
  },
};`;

test(
  "SIGINT during training stops it after a checkpoint, keeps every variable, and the next try resumes",
  async () => {
    const env = { TRAINED_PROVED_DATA: folder() };
    const kernel = await startKernel({ cwd: new URL("../..", import.meta.url).pathname, env });
    try {
      expect((await kernel.execute(opening)).evalue).toBeUndefined();
      let signalled = false;
      const stopped = await kernel.execute("await notebook.records(slow);", {
        onOutput: ({ content }) => {
          // Training is under way, and far from over. (Progress is shown now and then, not at every step.)
          const step = Number(String(content.data?.["text/plain"]).match(/ (\d+)\/40/)?.[1] ?? 0);
          if (signalled || step < 5) return;
          signalled = true;
          Deno.kill(kernel.pid, "SIGINT");
        },
      });
      expect(stopped.ename).toBe("Stopped");
      let from = "";
      await kernel.execute("(await notebook.records(slow))[0].metrics.from;", {
        onOutput: ({ header, content }) => {
          if (header.msg_type === "execute_result") from = content.data["text/plain"];
        },
      });
      expect(Number(from)).toBeGreaterThanOrEqual(5);
    } finally {
      await kernel.close();
    }
  },
  60_000,
);

test("an interrupt message ends a cell that computes without end, and keeps its variables", async () => {
  const kernel = await startKernel({ cwd: new URL("../..", import.meta.url).pathname });
  try {
    const endless = kernel.execute("var kept = 5; while (true) {}", { timeout: 30 });
    const pressed = setTimeout(() => kernel.interrupt(), 500);
    expect((await endless).status).toBe("error");
    clearTimeout(pressed);
    let kept = "";
    await kernel.execute("kept;", {
      onOutput: ({ header, content }) => {
        if (header.msg_type === "execute_result") kept = content.data["text/plain"];
      },
    });
    expect(kept).toBe("5");
  } finally {
    await kernel.close();
  }
}, 60_000);
