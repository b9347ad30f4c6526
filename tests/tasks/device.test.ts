/** @module `deno task device`: what it reports, what it finds, and what it refuses. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../lib/tasks/cli.ts";
import { device } from "../../lib/tasks/device.ts";
import { type Computed, deviations, programsOf, tooLarge } from "../../lib/tasks/device_checks.ts";
import { temporaryFolder } from "../runs/support/folder.ts";

describe("the task", () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => void vi.restoreAllMocks());

  test("says what the device is and that every program of a paper is right on it; the same as JSON", async () => {
    const out = await temporaryFolder();
    const code = await device(["lazy_to_rich", "--backend", "wasm", "--steps", "2", "--out", out]);
    expect(code).toBe(0);
    const programs = (await programsOf()).filter(({ paper }) => paper === "lazy_to_rich");
    expect(lines[0]).toMatch(/asked for by name/);
    expect(lines.at(-1)).toContain(`${programs.length} of ${programs.length} programs compute on`);
    const report = JSON.parse(await Deno.readTextFile(`${out}/device.json`));
    expect(report.device).toMatchObject({ backend: "wasm", kind: "cpu" });
    expect(report.verdicts.map(({ program }: { program: string }) => program)).toEqual(
      programs.map(({ name }) => name),
    );
    for (const { captured, problems } of report.verdicts) {
      expect(captured).toBeNull(); // only WebGPU captures
      expect(problems).toEqual([]);
    }
  });

  test.each([
    [["--backend", "cuda"], "--backend must be one of auto, tensorflow, webgpu, wasm; got"],
    [["--steps", "0"], '--steps must be a whole number from 1 on; got "0".'],
    [["nobody"], 'There is no paper "nobody"'],
  ])("refuses %s in one sentence", async (args, sentence) => {
    await expect(device(args)).rejects.toThrow(UsageError);
    await expect(device(args)).rejects.toThrow(sentence);
  });
});

describe("the comparison", () => {
  const gradient = (numbers: number[]) => ({ data: Float32Array.from(numbers), shape: [1, numbers.length] });
  const reference: Computed = {
    losses: [1, 2],
    gradients: { w: gradient([1, -4]), b: gradient([1e-9, 0]) },
    history: [[1, 2], [0.5, 1]],
  };
  const changed = (change: Partial<Computed>) => tooLarge(deviations({ ...reference, ...change }, reference));

  test("equal numbers pass, and so does round-off, also that of a gradient which is zero", () => {
    expect(changed({})).toEqual([]);
    expect(changed({ losses: [1 + 1e-7, 2] })).toEqual([]);
    expect(changed({ gradients: { ...reference.gradients, b: gradient([0, 1e-8]) } })).toEqual([]);
  });

  test.each<[string, Partial<Computed>, string[]]>([
    ["a wrong loss", { losses: [1, 2.001] }, ["losses"]],
    ["a wrong gradient", { gradients: { ...reference.gradients, w: gradient([1.01, -4]) } }, ["gradients"]],
    ["a gradient of the wrong size", { gradients: { ...reference.gradients, w: gradient([1]) } }, [
      "gradients",
    ]],
    ["a missing gradient", { gradients: { w: reference.gradients.w } }, ["gradients"]],
    ["not a number", { history: [[1, 2], [NaN, 1]] }, ["training"]],
    ["a training that goes elsewhere", { history: [[1, 2], [0.6, 1]] }, ["training"]],
  ])("%s is found", (_what, change, found) => expect(changed(change)).toEqual(found));
});
