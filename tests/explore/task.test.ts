/** @module `deno task explore`: writes the page, serves it on this machine alone, refuses what is not there. */
import { expect, test } from "vitest";
import { temporaryFolders } from "../notebook/support.ts";

const folder = temporaryFolders();
const task = (...args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../../lib/tasks/explore.ts", import.meta.url).pathname, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { PATH: "/nowhere" }, // no browser is to open during tests
  });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("the page of a paper is written where it is asked for", async () => {
  const out = folder();
  const { code, stdout, stderr } = await task("lazy_to_rich", "--out", out).output();
  expect(text(stderr)).toBe("");
  expect([code, text(stdout)]).toEqual([0, expect.stringMatching(/lazy_to_rich\.html \(\d+ KB\)\n$/)]);
  expect(Deno.readTextFileSync(`${out}/lazy_to_rich.html`)).toMatch(/^<!doctype html>/);
}, 60_000);

test("a paper that is not there is one sentence and exit code 2", async () => {
  const { code, stderr } = await task("nowhere").output();
  expect([code, text(stderr)]).toEqual([2, expect.stringMatching(/^There is no paper "nowhere".*\n$/)]);
}, 30_000);

test("served pages come from this machine's own address, and Ctrl+C stops the server", async () => {
  const child = task("lazy_to_rich", "--serve", "--out", folder()).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  for (let part; !/http\S+/.test(said) && !(part = await reader.read()).done;) said += part.value;
  const address = /http:\/\/127\.0\.0\.1:\d+\/lazy_to_rich\.html/.exec(said)![0];
  const page = await fetch(address);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toMatch(/^<!doctype html>/);
  const other = await fetch(new URL("/deno.json", address));
  expect([other.status, await other.text()]).toEqual([404, "Not found"]);
  child.kill("SIGINT");
  expect((await child.status).code).toBe(0);
  await reader.cancel();
  await child.stderr.cancel();
}, 60_000);
