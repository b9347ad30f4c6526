import { expect, test } from "vitest";
import { breathe } from "../../lib/runs/mod.ts";

/** Awaits resolved promises for a while, with something else in between; says whether a timer came through. */
async function timerHeardDuring(between: () => Promise<void>): Promise<boolean> {
  let heard = false;
  const timer = setTimeout(() => heard = true, 0);
  const end = performance.now() + 60;
  while (performance.now() < end) await between();
  clearTimeout(timer);
  return heard;
}

test("a loop that breathes hears a timer; one that only awaits resolved promises does not", async () => {
  expect(await timerHeardDuring(() => breathe(10))).toBe(true);
  expect(await timerHeardDuring(() => Promise.resolve())).toBe(false);
});

test("breathing is free until it is due", async () => {
  await breathe(0);
  const begun = performance.now();
  for (let i = 0; i < 1000; i++) await breathe(10_000);
  // A thousand turns of the event loop would take a second; checking the clock takes microseconds.
  expect(performance.now() - begun).toBeLessThan(300);
});
