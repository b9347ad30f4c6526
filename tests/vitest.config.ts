import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Long-running files carry their own time limits; two workers match the smallest machine we promise. */
export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000, // what takes seconds on a quiet machine takes many on one that does other work
  },
});
