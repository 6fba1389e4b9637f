import { defineConfig } from "vitest/config";

/** Whole-program tests: the real server, a real browser, the real command line; one at a time. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000, interval: 100 } },
    fileParallelism: false,
    maxWorkers: 1,
  },
});
