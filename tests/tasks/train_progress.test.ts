import { expect, test } from "vitest";
import type { RunProgress } from "../../lib/runs/mod.ts";
import { lineProgress } from "../../lib/tasks/cli.ts";
import { duration, showProgress } from "../../lib/tasks/train_progress.ts";

const event = (index: number, state: RunProgress["state"], done: number, total = 40): RunProgress => ({
  paper: "toy",
  experiment: "walk",
  profile: "quick",
  index,
  count: 3,
  state,
  done,
  total,
});

/** What a log shows of runs whose steps take a second each. */
function logOf(runs: readonly { index: number; from: number }[]): string[] {
  const lines: string[] = [];
  let time = 0;
  const now = () => time;
  const show = showProgress(lineProgress((line) => lines.push(line), now), { terminal: false, now });
  show(event(0, "loaded", 1, 1));
  for (const { index, from } of runs) {
    show(event(index, "running", 0, 1));
    for (let done = from; done <= 40; done++) {
      show(event(index, "running", done));
      if (done < 40) time += 1000;
    }
    show(event(index, "saved", 40));
  }
  return lines;
}

test("a log gets a line a run, and one every fifteen seconds with the time left for all of them", () => {
  expect(logOf([{ index: 1, from: 0 }, { index: 2, from: 0 }])).toEqual([
    "[0/40] toy/walk run 2 of 3",
    "[15/40] toy/walk run 2 of 3, 65 s left", // of 80 s
    "[30/40] toy/walk run 2 of 3, 50 s left",
    "toy/walk run 2 of 3: saved",
    "[0/40] toy/walk run 3 of 3",
    "[15/40] toy/walk run 3 of 3, 25 s left",
    "[30/40] toy/walk run 3 of 3, 10 s left",
    "toy/walk run 3 of 3: saved",
  ]);
});

test("what was done before a run was resumed does not make it look faster", () => {
  expect(logOf([{ index: 1, from: 20 }, { index: 2, from: 0 }])).toContain(
    "[35/40] toy/walk run 2 of 3, 45 s left", // 5 s of this one, 40 s of the next
  );
});

test("durations are as exact as a guess deserves", () => {
  expect([3.4, 89, 91, 3600, 5400, 12_345].map(duration)).toEqual([
    "3 s",
    "89 s",
    "2 min",
    "60 min",
    "1 h 30 min",
    "3 h 26 min",
  ]);
});
