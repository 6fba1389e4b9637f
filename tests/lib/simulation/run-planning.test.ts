import { describe, expect, it } from "vitest";
import { formatDuration } from "../../../lib/reporting/format-duration.ts";
import { precisionOf, replicateGuidance } from "../../../lib/simulation/replicate-guidance.ts";
import { estimatedSeconds, remainingSeconds } from "../../../lib/simulation/run-duration.ts";
import { differenceInStandardErrors } from "../../../lib/simulation/simulated-against-analytic.ts";

describe("planning of a run", () => {
  it("states √(p(1 − p)/n) for every number of replicates", () => {
    expect(replicateGuidance(0.025, 0.9).map((row) => row.replicates)).toEqual([10, 100, 1_000, 10_000, 100_000]);
    const { errorMcse, powerMcse } = precisionOf(10_000, 0.025, 0.9);
    expect(errorMcse).toBeCloseTo(0.0015612, 7);
    expect(powerMcse).toBeCloseTo(0.003, 12);
  });

  it("estimates time in proportion to the trials of an earlier run", () => {
    const earlier = {
      designs: 2,
      scenarios: 3,
      replicates: 1_000,
      startedAt: "2026-01-01T00:00:00.000Z",
      finishedAt: "2026-01-01T00:01:00.000Z",
    };
    expect(estimatedSeconds({ designs: 4, scenarios: 3, replicates: 2_000 }, earlier)).toBeCloseTo(240, 9);
    expect(estimatedSeconds(earlier, { ...earlier, finishedAt: earlier.startedAt })).toBeNull();
  });

  it("tells the time left once two per cent are done", () => {
    const start = "2026-01-01T00:00:00.000Z";
    expect(remainingSeconds(0.01, start, "2026-01-01T00:00:10.000Z")).toBeNull();
    expect(remainingSeconds(0.25, start, "2026-01-01T00:00:10.000Z")).toBeCloseTo(30, 9);
  });

  it("says durations as one would", () => {
    expect([3, 41, 200, 9_000].map(formatDuration)).toEqual([
      "under 5 seconds",
      "about 45 seconds",
      "about 3 minutes",
      "about 3 hours",
    ]);
  });

  it("measures a difference to theory in standard errors, and says nothing where there is none", () => {
    expect(differenceInStandardErrors({ value: 0.91, mcse: 0.005, limits: null }, 0.9)).toBeCloseTo(2, 9);
    expect(differenceInStandardErrors({ value: 1, mcse: 0, limits: { lower: 0.9, upper: 1 } }, 0.999)).toBeNull();
    expect(differenceInStandardErrors({ value: 1, mcse: 0, limits: null }, 1)).toBe(0);
  });
});
