import { defineConfig } from "vitest/config";

/**
 * Browser tests that still have open findings (README, "What is open"): run by `npm run test:e2e`, not yet part of `npm test`.
 */
const OPEN = ["tests/e2e/journey.test.ts", "tests/e2e/pages.test.ts", "tests/e2e/crash.test.ts"];
const everything = process.env.UNDERSTUDY_E2E === "all";

/** Whole-program tests: the real server, a real browser, the real command line; one at a time. */
export default defineConfig({
  test: {
    include: ["tests/e2e/**/*.test.ts"],
    exclude: everything ? [] : OPEN,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000, interval: 100 } },
    fileParallelism: false,
    maxWorkers: 1,
  },
});
