import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalCdf } from "../../../../lib/numerics/normal.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import {
  fromWorking,
  logSlope,
  type OutcomeTransform,
  toWorking,
} from "../../../../lib/progression/gaussian-joint/outcome-transform.ts";
import { splineTerm, splineValue } from "../../../../lib/progression/gaussian-joint/spline-term.ts";
import {
  hermiteCoefficients,
  type TransformedNormal,
  transformedCrps,
  transformedMean,
  transformedVariance,
} from "../../../../lib/progression/gaussian-joint/transformed-normal.ts";

const TRANSFORMS: OutcomeTransform[] = [
  { kind: "identity" },
  { kind: "inverse-sinh", centre: 3, scale: 2 },
  { kind: "logit", lower: -1, upper: 71 },
];

/** Density of a standard normal: written out, so that the check shares nothing with the code. */
function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** ∫ f(z) φ(z) dz by Simpson's rule in steps of 0.005 over ±10. */
function integrate(f: (z: number) => number): number {
  const h = 0.005;
  let sum = 0;
  for (let k = -2000; k <= 2000; k++) {
    const factor = Math.abs(k) === 2000 ? 1 : k % 2 === 0 ? 2 : 4;
    sum += factor * f(k * h) * density(k * h);
  }
  return (sum * h) / 3;
}

describe("working scales", () => {
  test("there and back, rising everywhere, slope as by differences", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TRANSFORMS), fc.double({ min: 0, max: 69.9, noNaN: true }), (transform, value) => {
        const working = toWorking(transform, value);
        expect(fromWorking(transform, working)).toBeCloseTo(value, 9);
        const h = 1e-5;
        const slope = (toWorking(transform, value + h) - toWorking(transform, value - h)) / (2 * h);
        expect(slope).toBeGreaterThan(0);
        expect(Math.exp(logSlope(transform, value))).toBeCloseTo(slope, 5);
      }),
    );
  });

  test("a missing value stays missing; a value beyond a logit's limits stands inside them", () => {
    for (const transform of TRANSFORMS) expect(toWorking(transform, Number.NaN)).toBeNaN();
    const logit: OutcomeTransform = { kind: "logit", lower: 0, upper: 10 };
    expect(toWorking(logit, 50)).toBe(toWorking(logit, 10));
    expect(Number.isFinite(toWorking(logit, -3))).toBe(true);
  });
});

describe("moments of a transformed normal", () => {
  test("mean and variance agree with numerical integration", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TRANSFORMS),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.01, max: 1.8, noNaN: true }),
        (transform, mean, deviation) => {
          const law = { transform, mean, deviation };
          const value = (z: number) => fromWorking(transform, mean + deviation * z);
          const first = integrate(value);
          const second = integrate((z) => (value(z) - first) ** 2);
          expect(Math.abs(transformedMean(law) - first)).toBeLessThan(1e-8 * (1 + Math.abs(first)));
          expect(transformedVariance(law) / second).toBeCloseTo(1, 7);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("covariance by the Hermite series agrees with a double integral", () => {
    const first: TransformedNormal = { transform: TRANSFORMS[2]!, mean: 1.2, deviation: 0.9 };
    const second: TransformedNormal = { transform: TRANSFORMS[1]!, mean: -0.4, deviation: 0.7 };
    const [a, b] = [hermiteCoefficients(first), hermiteCoefficients(second)];
    const of = (law: TransformedNormal, z: number) => fromWorking(law.transform, law.mean + law.deviation * z);
    for (const correlation of [-0.8, 0.3, 0.95]) {
      const series = a.reduce((sum, value, k) => sum + value * b[k]! * correlation ** (k + 1), 0);
      const rest = Math.sqrt(1 - correlation ** 2);
      const h = 0.05;
      let product = 0;
      for (let z = -8; z <= 8; z += h) {
        let inner = 0;
        for (let u = -8; u <= 8; u += h) inner += of(second, correlation * z + rest * u) * density(u) * h;
        product += of(first, z) * inner * density(z) * h;
      }
      expect(series).toBeCloseTo(product - transformedMean(first) * transformedMean(second), 5);
    }
  });

  test("CRPS agrees with the integral of the squared distance of the distribution functions", () => {
    for (const transform of TRANSFORMS.slice(1)) {
      const law = { transform, mean: 0.5, deviation: 0.8 };
      for (const observed of [2, 30, 60]) {
        const h = 0.002;
        let integral = 0;
        const [from, to] = transform.kind === "logit" ? [transform.lower, transform.upper] : [-300, 400];
        for (let t = from + h / 2; t < to; t += h) {
          const below = normalCdf((toWorking(transform, t) - law.mean) / law.deviation);
          integral += (below - (observed <= t ? 1 : 0)) ** 2 * h;
        }
        expect(transformedCrps(law, observed)).toBeCloseTo(integral, 1);
        expect(Math.abs(transformedCrps(law, observed) / integral - 1)).toBeLessThan(3e-3);
      }
    }
  });
});

describe("curve of a feature", () => {
  test("nothing below the first knot, straight beyond the last, smooth between", () => {
    const term = { feature: 0, knots: [1, 2, 4] as [number, number, number] };
    expect(splineValue(term, 0.5)).toBe(0);
    const beyond = (x: number) => splineValue(term, x);
    expect(beyond(7) - beyond(6)).toBeCloseTo(beyond(6) - beyond(5), 10);
    const h = 1e-4;
    for (const knot of term.knots) {
      const bend = (x: number) => (beyond(x + h) - 2 * beyond(x) + beyond(x - h)) / h ** 2;
      expect(bend(knot + 2 * h)).toBeCloseTo(bend(knot - 2 * h), 2);
    }
    expect(splineValue(term, Number.NaN)).toBeNaN();
  });

  test("an indicator, or a feature with few different values, gets none", () => {
    const rng = createRng(1);
    expect(
      splineTerm(
        0,
        Float64Array.from({ length: 100 }, (_, i) => i % 2),
      ),
    ).toBeNull();
    expect(
      splineTerm(
        0,
        Float64Array.from({ length: 100 }, () => rng.normal()),
      ),
    ).not.toBeNull();
    expect(
      splineTerm(
        0,
        Float64Array.from({ length: 100 }, (_, i) => (i < 95 ? 0 : i)),
      ),
    ).toBeNull();
  });
});
