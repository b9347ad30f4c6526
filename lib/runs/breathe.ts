/** @module Letting the event loop turn during long computations. */

let lastTurn = 0;

/**
 * Lets timers and signals be handled, at most once every `everyMs`. A loop that only awaits resolved promises never
 * returns to the event loop, so Ctrl-C and a time budget would go unheard until it ends: call this once per iteration.
 */
export async function breathe(everyMs = 50): Promise<void> {
  const now = performance.now();
  if (now - lastTurn < everyMs) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  lastTurn = performance.now();
}
