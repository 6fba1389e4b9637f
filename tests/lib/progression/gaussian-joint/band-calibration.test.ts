import { describe, expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import {
  BAND_LEVELS,
  bandMultipliers,
  predictionInflation,
} from "../../../../lib/progression/gaussian-joint/band-calibration.ts";

describe("band calibration from held-out residuals", () => {
  test("takes the order statistic that covers the level: 99 residuals 1 … 99 give the 50th, 80th and 95th", () => {
    const residuals = Float64Array.from({ length: 99 }, (_, k) => (k % 2 === 0 ? k + 1 : -(k + 1)));
    expect(bandMultipliers(residuals)).toEqual([50, 80, 95]);
  });

  test("normal residuals give normal quantiles and no inflation worth speaking of", () => {
    const rng = createRng(8);
    const residuals = Float64Array.from({ length: 40000 }, () => rng.normal());
    const [half, four, most] = bandMultipliers(residuals);
    expect(half).toBeCloseTo(0.6745, 1);
    expect(four).toBeCloseTo(1.2816, 1);
    expect(most).toBeCloseTo(1.96, 1);
    expect(predictionInflation(residuals)).toBeLessThan(1.02);
  });

  test("few residuals fall back on the normal quantile times the inflation, and wider levels are never narrower", () => {
    const residuals = Float64Array.from([2, -2, 2, -2, 2, -2]);
    const multipliers = bandMultipliers(residuals);
    expect(predictionInflation(residuals)).toBe(2);
    expect(multipliers[2]).toBeCloseTo(3.92, 2);
    for (let k = 1; k < BAND_LEVELS.length; k++) expect(multipliers[k]!).toBeGreaterThanOrEqual(multipliers[k - 1]!);
  });

  test("without any residual the model's own normal bands stand", () => {
    expect(predictionInflation(new Float64Array(0))).toBe(1);
    expect(bandMultipliers(new Float64Array(0))[2]).toBeCloseTo(1.96, 2);
  });

  test("residuals smaller than promised never narrow the SD", () => {
    expect(predictionInflation(Float64Array.from([0.1, -0.2]))).toBe(1);
  });
});
