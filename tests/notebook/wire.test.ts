/** @module Messages survive the wire, and only ours are believed. */
import { expect, test } from "vitest";
import { decode, encode, request } from "../../lib/notebook/wire.ts";

const message = request("session", "execute_request", { code: "1 + 1 // é 𝛼" });
const text = (frame: Uint8Array) => new TextDecoder().decode(frame);

test("decoding what was encoded gives the message back, also behind identity frames", () => {
  const frames = encode(message, "key");
  expect(decode(frames, "key")).toEqual(message);
  expect(decode([new Uint8Array([1, 2]), ...frames], "key")).toEqual(message);
});

test("the signature is HMAC-SHA256 over the four parts, in hexadecimal", async () => {
  const frames = encode(message, "key");
  const bytes = new TextEncoder().encode(frames.slice(2).map(text).join(""));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode("key"), algorithm, false, [
    "sign",
  ]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
  expect(text(frames[1])).toBe([...signature].map((b) => b.toString(16).padStart(2, "0")).join(""));
});

test("a changed part, another key and a missing delimiter are refused", () => {
  const frames = encode(message, "key");
  const forged = frames.with(5, new TextEncoder().encode(`{"code":"Deno.exit()"}`));
  expect(() => decode(forged, "key")).toThrow(/wrong signature/);
  expect(() => decode(frames, "other")).toThrow(/wrong signature/);
  expect(() => decode(frames.slice(1), "key")).toThrow(/not a Jupyter message/);
});
