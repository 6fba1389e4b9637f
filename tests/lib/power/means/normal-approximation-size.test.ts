import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  guentherSchoutenSize,
  normalApproximationSize,
  powerAfterAdjustment,
} from "../../../../lib/power/means/normal-approximation-size.ts";
import type { PlannedAnalysis } from "../../../../lib/power/means/planned-power.ts";
import { plannedSize } from "../../../../lib/sizing/planned-size.ts";
import { controlOnlySaving, totalSaving } from "../../../../lib/sizing/saving-identities.ts";

/** δ 0.3, σ 1, one-sided 0.025, power 0.9, 1:1. */
function plan(correlation: number, lambda = 1, gamma = 1): PlannedAnalysis {
  return {
    distance: 0.3,
    standardDeviation: 1,
    discountedRSquared: (lambda * correlation) ** 2,
    controlSdInflation: gamma,
    covariates: 0,
    oneSidedAlpha: 0.025,
  };
}

describe("sizes by the normal approximation", () => {
  it.each([
    { correlation: 0, lambda: 1, gamma: 1, total: 466.997, digits: 3 },
    { correlation: 0.6, lambda: 1, gamma: 1, total: 298.878, digits: 3 },
    { correlation: 0.6, lambda: 0.9, gamma: 1.2, total: 403.601, digits: 3 },
    { correlation: 0.39, lambda: 1, gamma: 1, total: 395.97, digits: 2 },
    { correlation: 0.39, lambda: 0.9, gamma: 1.1, total: 452.46, digits: 2 },
  ])("a score of correlation $correlation with λ $lambda and γ $gamma needs $total patients", (oracle) => {
    const total = normalApproximationSize(plan(oracle.correlation, oracle.lambda, oracle.gamma), 0.9, 1);
    expect(Math.abs(total - oracle.total)).toBeLessThan(0.5 * 10 ** -oracle.digits + 1e-9);
  });

  it("inflated controls cost patients even without any correlation", () => {
    for (const gamma of [1, 1.1, 1.5])
      expect(normalApproximationSize(plan(0, 1, gamma), 0.9, 1)).toBeCloseTo((466.9969 * (1 + gamma ** 2)) / 2, 2);
  });

  it("the exact size exceeds it by about z²/2, as the Guenther–Schouten correction says", () => {
    for (const correlation of [0, 0.3, 0.6]) {
      const exact = plannedSize(plan(correlation), 0.9, 1).unroundedTotal;
      expect(Math.abs(exact - guentherSchoutenSize(plan(correlation), 0.9, 1))).toBeLessThan(0.2);
    }
  });

  it.each([
    { rSquared: 0.1, power: 0.8397 },
    { rSquared: 0.2, power: 0.8795 },
    { rSquared: 0.3, power: 0.9175 },
  ])("80 % power becomes $power with R² $rSquared", ({ rSquared, power }) => {
    expect(powerAfterAdjustment(0.8, rSquared, 0.025)).toBeCloseTo(power, 4);
    expect(Math.abs(powerAfterAdjustment(0.8, rSquared, 0.025) / 0.8 / (1 + rSquared / 2) - 1)).toBeLessThan(0.01);
  });
});

describe("savings by a score", () => {
  it.each([
    { correlation: 0.3, total: 0.09, controlOnly: 0.165 },
    { correlation: 0.39, total: 0.152, controlOnly: 0.264 },
    { correlation: 0.46, total: 0.21, controlOnly: 0.35 },
    { correlation: 0.5, total: 0.25, controlOnly: 0.4 },
  ])("correlation $correlation saves $total of all patients, $controlOnly of the controls", (oracle) => {
    expect(Math.abs(totalSaving(oracle.correlation) - oracle.total)).toBeLessThan(0.002);
    expect(Math.abs(controlOnlySaving(oracle.correlation) - oracle.controlOnly)).toBeLessThan(0.001);
  });

  it("holding the treated arm, the control arm solves the same power equation", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.8, noNaN: true }), (correlation) => {
        const rho2 = correlation ** 2;
        const control = 1 - controlOnlySaving(correlation);
        expect((1 - rho2) * (1 + 1 / control)).toBeCloseTo(2, 10);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
