import { describe, expect, it } from "vitest";
import { contentHash, frozen } from "../../lib/runs/mod.ts";

describe("a frozen config", () => {
  it("is the same object with the same hash, and nothing in it can change", async () => {
    const config = { a: 1, list: [1, { b: 2 }], none: null };
    const identity = { paper: "tiny", name: "e", version: 1 };
    const before = await contentHash(identity, config);
    expect(frozen(config)).toBe(config);
    expect(await contentHash(identity, config)).toBe(before);
    expect(() => (config.a = 2)).toThrow(TypeError);
    expect(() => ((config.list[1] as { b: number }).b = 3)).toThrow(TypeError);
    expect(() => config.list.push(4)).toThrow(TypeError);
  });
});
