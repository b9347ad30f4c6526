/** @module A live training in the browser: started, paused, reset, and read off at its end. */
import { expect } from "vitest";
import type { Tab } from "./explorer_page.ts";

const button = (tab: Tab, name: string) => tab.page().getByRole("button", { name, exact: true });

/** What the page says of the training. */
export const said = (tab: Tab): Promise<string | null> => tab.page().locator("#live").textContent();

/** Starts, pauses once on the way, goes on, and waits for the end. @returns the loss at the pause */
export async function trainToTheEnd(tab: Tab): Promise<{ lossAtPause: number }> {
  await button(tab, "Start training").click();
  await expect.poll(async () => Number(await tab.page().locator(".live progress").getAttribute("value")), {
    timeout: 90_000,
  }).toBeGreaterThan(1);
  await button(tab, "Pause").click();
  expect(await said(tab)).toBe("Paused");
  // One sample may have been on its way.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await tab.settled();
  const count = () => tab.page().locator(".live progress").getAttribute("value");
  const [held, lossAtPause] = [await count(), await tab.number("Loss")];
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await count()).toBe(held);
  await button(tab, "Continue").click();
  await expect.poll(() => said(tab), { timeout: 150_000, interval: 200 }).toMatch(/^Done: .+ on \w+ \(.+\)$/);
  await tab.settled();
  return { lossAtPause };
}

/** Takes the training back. */
export async function reset(tab: Tab): Promise<void> {
  await button(tab, "Reset").click();
  await tab.reads("Loss", "–");
  expect(await button(tab, "Start training").isEnabled()).toBe(true);
}
