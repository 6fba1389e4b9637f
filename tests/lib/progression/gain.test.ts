import { describe, expect, test } from "vitest";
import { createRng } from "../../../lib/numerics/philox.ts";
import { calibrationAtVisit } from "../../../lib/progression/calibration.ts";
import { coverageAtVisit } from "../../../lib/progression/coverage.ts";
import { normalCrps } from "../../../lib/progression/forecast-scores.ts";
import { type ComparedPatients, gainAtVisit } from "../../../lib/progression/gain.ts";
import { resamplePatients } from "../../../lib/progression/patient-bootstrap.ts";
import { symmetricBands } from "../../../lib/progression/prediction-bands.ts";

const n = 150;
const at = { endpointId: "score1", visitId: "visit3" };
const resamples = resamplePatients(n, 1000, createRng(3));
const rng = createRng(2);
const noise = Float64Array.from({ length: n }, () => rng.normal());
const extra = Float64Array.from({ length: n }, () => rng.normal());
const ancova = Float64Array.from({ length: n }, () => 20 + 3 * rng.normal());
const observed = ancova.map((value, i) => value + extra[i]! + noise[i]!);

/** Patients whose ANCOVA prediction misses `extra`, of which the twin's score holds the share given. */
function compared(share: number, change: Partial<ComparedPatients> = {}): ComparedPatients {
  return {
    patients: Int32Array.from({ length: n }, (_, i) => i),
    observed,
    baseline: ancova,
    twin: ancova.map((value, i) => value + share * extra[i]!),
    twinVariance: new Float64Array(n).fill(1),
    twinBands: symmetricBands(
      ancova.map((value, i) => value + share * extra[i]!),
      Float64Array.from(
        { length: 3 * n },
        (_, k) => [0.6744897501960817, 1.2815515655446004, 1.959963984540054][k % 3]!,
      ),
    ),
    baselineAncova: ancova,
    allCovariateAncova: ancova,
    meanChange: ancova,
    lastValueCarriedForward: ancova,
    scoreBeyondBaseline: extra.map((value) => share * value),
    ...change,
  };
}

describe("gain of the twin over ANCOVA", () => {
  test("a twin that is the ANCOVA gains exactly nothing and is not claimed", () => {
    const row = gainAtVisit(compared(0), at, resamples);
    expect(row.gain).toEqual({ value: 0, lower: 0, upper: 0, level: 0.95 });
    expect(row.partialCorrelation.value).toBe(0);
    expect(row.variance.rSquaredWithScore.value).toBe(row.variance.rSquaredAncova.value);
    expect(row.gainClaimed).toBe(false);
  });

  test("a twin that knows the extra part gains what it explains, and is claimed", () => {
    const row = gainAtVisit(compared(1), at, resamples);
    const sse = noise.reduce((sum, e) => sum + e * e, 0);
    const reference = noise.reduce((sum, e, i) => sum + (e + extra[i]!) ** 2, 0);
    expect(row.gain.value).toBeCloseTo(1 - sse / reference, 12);
    expect(row.gain.lower).toBeGreaterThan(0.25);
    expect(row.partialCorrelation.value).toBeGreaterThan(0.6);
    expect(row.rmse.twin).toBeCloseTo(Math.sqrt(sse / n), 12);
    expect(row.gainClaimed).toBe(true);
  });

  test("residual variances obey 1 − R² with score = (1 − R² without)(1 − r²)", () => {
    const { variance, partialCorrelation } = gainAtVisit(compared(1), at, resamples);
    const product = (1 - variance.rSquaredAncova.value) * (1 - partialCorrelation.value ** 2);
    expect(1 - variance.rSquaredWithScore.value).toBeCloseTo(product, 12);
  });

  test("a score that points the wrong way keeps its sign, is not claimed, and adds no R²", () => {
    const row = gainAtVisit(compared(-1), at, resamples);
    expect(row.gain.value).toBeLessThan(0);
    expect(row.partialCorrelation.value).toBeLessThan(-0.6);
    expect(row.gainClaimed).toBe(false);
    expect(row.variance.rSquaredWithScore.value).toBe(row.variance.rSquaredAncova.value);
  });

  test("rescaling the outcome changes errors, not gains", () => {
    const scale = (values: Float64Array) => values.map((value) => 10 * value);
    const one = gainAtVisit(compared(0.5), at, resamples);
    const base = compared(0.5);
    const ten = gainAtVisit(
      {
        ...base,
        observed: scale(base.observed),
        twin: scale(base.twin),
        baselineAncova: scale(base.baselineAncova),
        allCovariateAncova: scale(base.allCovariateAncova),
        meanChange: scale(base.meanChange),
        lastValueCarriedForward: scale(base.lastValueCarriedForward),
        scoreBeyondBaseline: scale(base.scoreBeyondBaseline),
      },
      at,
      resamples,
    );
    expect(ten.gain.lower).toBeCloseTo(one.gain.lower, 10);
    expect(ten.partialCorrelation.upper).toBeCloseTo(one.partialCorrelation.upper, 10);
    expect(ten.rmse.twin).toBeCloseTo(10 * one.rmse.twin, 10);
    expect(ten.variance.standardDeviation).toBeCloseTo(10 * one.variance.standardDeviation, 10);
  });
});

describe("calibration", () => {
  test("a twin whose errors are unrelated to it has slope 1 and intercept 0 exactly", () => {
    const { twin } = compared(1);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / n;
    const mx = mean(twin);
    const me = mean(noise);
    const slope =
      noise.reduce((sum, e, i) => sum + e * (twin[i]! - mx), 0) / twin.reduce((sum, x) => sum + (x - mx) ** 2, 0);
    const unrelated = noise.map((e, i) => e - me - slope * (twin[i]! - mx));
    const row = calibrationAtVisit(compared(1, { observed: twin.map((x, i) => x + unrelated[i]!) }), at);
    expect(row.slope.value).toBeCloseTo(1, 12);
    expect(row.intercept.value).toBeCloseTo(0, 10);
    expect(row.slope.upper - 1).toBeCloseTo(1 - row.slope.lower, 12);
    expect(row.pitHistogram.reduce((sum, count) => sum + count, 0)).toBe(n);
    expect(row.groups.reduce((sum, group) => sum + group.patients, 0)).toBe(n);
    // 1.63/√n is the 1 % critical value of the Kolmogorov–Smirnov distance.
    expect(row.pitKs).toBeLessThan(1.63 / Math.sqrt(n));
  });

  test("predictions spread twice too widely have slope one half", () => {
    const centre = 20;
    const wide = compared(1).twin.map((value) => centre + 2 * (value - centre));
    const row = calibrationAtVisit(compared(1, { twin: wide }), at);
    expect(row.slope.value).toBeCloseTo(calibrationAtVisit(compared(1), at).slope.value / 2, 12);
    expect(row.slope.upper).toBeLessThan(1);
  });

  test("predictions without any spread give finite figures", () => {
    const row = calibrationAtVisit(compared(1, { twin: new Float64Array(n).fill(20) }), at);
    expect(row.slope.value).toBe(0);
    expect(Number.isFinite(row.intercept.upper)).toBe(true);
  });

  test("the CRPS equals the integral of the squared distance of distribution and step", () => {
    for (const z of [-2, 0, 0.7, 3]) {
      let integral = 0;
      const step = 1e-4;
      for (let x = -9; x < 9; x += step) {
        const F = 0.5 * (1 + erf((x + step / 2) / Math.SQRT2));
        integral += (F - (x + step / 2 >= z ? 1 : 0)) ** 2 * step;
      }
      expect(normalCrps(z, 1)).toBeCloseTo(integral, 3);
      expect(normalCrps(z, 5)).toBeCloseTo(5 * normalCrps(z, 1), 12);
    }
  });
});

/** Abramowitz & Stegun 7.1.26, error below 1.5e-7: independent of the program's own. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - poly * Math.exp(-x * x));
}

describe("coverage", () => {
  test("counts what lies inside each band, with exact limits", () => {
    const rows = coverageAtVisit(compared(1), at);
    expect(rows.map((row) => row.level)).toEqual([0.5, 0.8, 0.95]);
    rows.forEach((row, k) => {
      const half = [0.6744897501960817, 1.2815515655446004, 1.959963984540054][k]!;
      expect(row.covered).toBe(noise.filter((e) => Math.abs(e) <= half).length);
      expect(row.coverage.value).toBe(row.covered / n);
      expect(row.coverage.lower).toBeLessThan(row.coverage.value);
      expect(row.coverage.upper).toBeGreaterThan(row.coverage.value);
    });
  });

  test("ten of ten covered: lower exact limit 0.025^(1/10)", () => {
    const few = compared(1);
    const cut = (values: Float64Array, width = 1) => values.slice(0, 10 * width);
    const [row] = coverageAtVisit(
      { ...few, observed: cut(few.twin), twin: cut(few.twin), twinBands: cut(few.twinBands, 6) },
      at,
    );
    expect(row!.coverage.upper).toBe(1);
    expect(row!.coverage.lower).toBeCloseTo(0.025 ** (1 / 10), 10);
  });
});

describe("patient bootstrap", () => {
  test("every resample has as many patients as there are, and the seed fixes it", () => {
    for (let b = 0; b < 1000; b++) {
      let total = 0;
      for (let i = 0; i < n; i++) total += resamples.counts[b * n + i]!;
      expect(total).toBe(n);
    }
    expect(resamplePatients(n, 1000, createRng(3)).counts).toEqual(resamples.counts);
  });
});
