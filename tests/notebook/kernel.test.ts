/** @module The kernel client against a real Deno kernel. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CellHung, type Kernel, KernelDied, startKernel } from "../../lib/notebook/kernel.ts";
import type { Message } from "../../lib/notebook/wire.ts";

const cwd = new URL(".", import.meta.url).pathname;

/** Runs a cell and returns its reply and what was broadcast for it, without the state messages. */
async function run(kernel: Kernel, code: string, timeout?: number) {
  const heard: Message[] = [];
  const onOutput = (message: Message) => {
    if (!["status", "execute_input"].includes(message.header.msg_type)) heard.push(message);
  };
  const reply = await kernel.execute(code, { timeout, onOutput });
  const stdout = heard.filter((m) => m.content.name === "stdout").map((m) => m.content.text).join("");
  return { reply, heard, stdout };
}

/** Whether a process of this id runs; one that ended and waits to be collected by its parent does not. */
async function exists(pid: number): Promise<boolean> {
  const state = Deno.build.os === "linux" ? stateFromProc(pid) : await stateFromPs(pid);
  return state !== "" && !state.startsWith("Z");
}

/** A bare Debian has no ps(1). */
function stateFromProc(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!;
  } catch {
    return "";
  }
}

async function stateFromPs(pid: number): Promise<string> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}

const leftovers = () =>
  [...Deno.readDirSync(tempRoot())].filter((f) => f.name.startsWith("trained-proved-kernel-"));

/** The folder temporary files go to. */
function tempRoot(): string {
  const probe = Deno.makeTempDirSync();
  Deno.removeSync(probe);
  return probe.slice(0, probe.lastIndexOf("/"));
}

describe("one kernel, many cells", () => {
  let kernel: Kernel;
  beforeAll(async () => void (kernel = await startKernel({ cwd })), 60_000);
  afterAll(() => kernel?.close());

  test("an expression gives one result and later cells see earlier ones", async () => {
    await run(kernel, "const answer = 6 * 7");
    const { reply, heard } = await run(kernel, "answer");
    expect(reply.status).toBe("ok");
    expect(heard.map((m) => m.content.data["text/plain"])).toEqual(["42"]);
  });

  test("a cell that throws is an error with name, message and trace", async () => {
    const { reply } = await run(kernel, "throw new RangeError('w* must be < 0.84')");
    expect(reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "w* must be < 0.84" });
    expect(reply.traceback!.length).toBeGreaterThan(1);
  });

  test("a rejected await and a syntax error are errors too", async () => {
    expect((await run(kernel, "await Promise.reject(new Error('later'))")).reply.status).toBe("error");
    expect((await run(kernel, "const = 3")).reply.status).toBe("error");
  });

  test("no output of 30 cells in a row is lost or lands in another cell", async () => {
    for (let i = 0; i < 30; i++) {
      const { stdout, heard } = await run(kernel, `console.log("out ${i}"); ${i}`);
      expect(stdout).toBe(`out ${i}\n`);
      expect(heard.at(-1)!.content.data["text/plain"]).toBe(`${i}`);
    }
  });

  test("output of a timer shortly after the cell's end still belongs to the cell", async () => {
    const { stdout } = await run(kernel, "setTimeout(() => console.log('late'), 40); undefined");
    expect(stdout).toBe("late\n");
  });

  test("Unicode, stderr and two megabytes of output arrive whole", async () => {
    const { heard, stdout } = await run(kernel, "console.error('ä ✓ 𝛼'); console.log('x'.repeat(2_000_000))");
    expect(heard.find((m) => m.content.name === "stderr")!.content.text).toBe("ä ✓ 𝛼\n");
    expect(stdout.length).toBe(2_000_001);
  });

  test("long work that reports now and then is not taken for hung", async () => {
    const code =
      "for (let i = 0; i < 4; i++) { await new Promise((r) => setTimeout(r, 600)); console.log(i); }";
    const { stdout } = await run(kernel, code, 1.5);
    expect(stdout).toBe("0\n1\n2\n3\n");
  });
});

test("a hung cell is given up, its kernel is gone, and nothing is left behind", async () => {
  const before = leftovers().length;
  const kernel = await startKernel({ cwd });
  expect(await exists(kernel.pid)).toBe(true);
  await expect(kernel.execute("while (true) {}", { timeout: 1 })).rejects.toThrow(CellHung);
  expect(await exists(kernel.pid)).toBe(false);
  await expect(kernel.execute("1")).rejects.toThrow(KernelDied);
  await kernel.close();
  // Other test files may run kernels at this moment, so only growth by this test's own folder is excluded.
  expect(leftovers().length).toBeLessThanOrEqual(before + 1);
});

test("a cell that ends the process is reported as the kernel's death with its exit code", async () => {
  const kernel = await startKernel({ cwd });
  await expect(kernel.execute("Deno.exit(3)")).rejects.toThrow(/died \(exit code 3\)/);
  await kernel.close();
});

test("a kernel that cannot start is an error with the kernel's own words, not a hang", async () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/deno.json`, "{ broken");
  await expect(startKernel({ cwd: folder })).rejects.toThrow(/died \(exit code 1\)[^]*deno\.json/);
  Deno.removeSync(folder, { recursive: true });
});

test.each(
  [
    ["Ctrl-C leaves neither a kernel nor its files", "SIGINT", 130, []],
    ["a polite kill leaves neither a kernel nor its files", "SIGTERM", 143, []],
    // Nobody is left to remove the files; the system's temporary folder is emptied by the system.
    ["a hard kill leaves no kernel", "SIGKILL", 137, ["trained-proved-kernel-"]],
  ] as const,
)("during a cell, %s", async (_, signal, code, left) => {
  const script = `
    import { startKernel } from ${
    JSON.stringify(new URL("../../lib/notebook/kernel.ts", import.meta.url).href)
  };
    import { killOnSignal } from ${
    JSON.stringify(new URL("../../lib/notebook/process.ts", import.meta.url).href)
  };
    killOnSignal();
    const kernel = await startKernel({ cwd: ${JSON.stringify(cwd)} });
    console.log(kernel.pid);
    await kernel.execute("await new Promise((r) => setTimeout(r, 60_000))");`;
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/hold.ts`, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, `${folder}/hold.ts`],
    env: { TMPDIR: folder },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  expect(await exists(pid)).toBe(true);
  child.kill(signal);
  expect((await child.status).code).toBe(code);
  await reader.cancel();
  // The kernel looks for its parent once a second; ten seconds are for a loaded machine.
  for (let i = 0; i < 100 && await exists(pid); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await exists(pid)).toBe(false);
  const names = [...Deno.readDirSync(folder)].map((f) => f.name).filter((name) => name !== "hold.ts");
  expect(names.map((name) => name.match(/^[a-z-]*-/)?.[0] ?? name)).toEqual(left);
  Deno.removeSync(folder, { recursive: true });
});
