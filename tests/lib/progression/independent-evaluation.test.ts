import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LongDataSet, VisitValue } from "../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../lib/data/subject-table.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { calibrationAtVisit } from "../../../lib/progression/calibration.ts";
import { coverageAtVisit } from "../../../lib/progression/coverage.ts";
import { crossValidate } from "../../../lib/progression/cross-validation.ts";
import { baselineFeatures } from "../../../lib/progression/feature-encoding.ts";
import { comparedPatients, gainAtVisit } from "../../../lib/progression/gain.ts";
import { BAND_LEVELS } from "../../../lib/progression/gaussian-joint/band-calibration.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../../../lib/progression/neural-boltzmann/neural-boltzmann-options.ts";
import { resamplePatients } from "../../../lib/progression/patient-bootstrap.ts";
import { assignFolds } from "../../../lib/progression/patient-folds.ts";
import { symmetricBands } from "../../../lib/progression/prediction-bands.ts";
import { repositoryPath } from "../../support/shared.ts";

/**
 * The whole out-of-fold evaluation against R (evaluation.R): joint model by maximum likelihood per fold, ANCOVA with strata by
 * lm.fit, missing baselines and outcomes, bootstrap, calibration, scores.
 */
interface Figures {
  readonly patients: number;
  readonly twin: number[];
  readonly ancova: number[];
  readonly everything: number[];
  readonly beyond: number[];
  readonly estimates: Record<"gain" | "r" | "all" | "r1" | "r2", number>;
  readonly lower: Record<"gain" | "r" | "all" | "r1" | "r2", number>;
  readonly upper: Record<"gain" | "r" | "all" | "r1" | "r2", number>;
  readonly sd: number;
  readonly rmse: Record<"twin" | "ancova" | "everything" | "change" | "last", number>;
  readonly slope: [number, number, number];
  readonly intercept: [number, number, number];
  readonly pitMean: number;
  readonly pitKs: number;
  readonly crps: number;
  readonly covered: number;
  readonly coverage: [number, number];
}

const read = (name: string) => JSON.parse(readFileSync(repositoryPath(`tests/reference/progression/${name}`), "utf8"));
const raw: Record<"x1" | "x2" | "baseline" | "y1" | "y2", (number | null)[]> & { region: (string | null)[] } =
  read("evaluation-data.json");
const figures: Figures[] = read("evaluation.json");
const folds: number[] = read("evaluation-folds.json");

const count = folds.length;
const data: LongDataSet = {
  format: "understudy-data/1",
  name: "reference",
  role: "historical-control",
  origin: "simulated",
  endpoints: [
    {
      id: "y",
      label: "y",
      unit: "points",
      scale: "identity",
      benefit: "lower-is-better",
      sourceRange: { minimum: null, maximum: null },
    },
  ],
  visits: [1, 2].map((v) => ({
    id: `v${v}`,
    label: `v${v}`,
    targetDay: 180 * v,
    windowFrom: 180 * v - 30,
    windowTo: 180 * v + 30,
  })),
  arms: [{ id: "placebo", label: "Placebo", role: "control" }],
  covariates: [
    { id: "x1", label: "x1", type: "continuous", unit: "" },
    { id: "x2", label: "x2", type: "continuous", unit: "" },
    { id: "region", label: "Region", type: "categorical", levels: ["north", "south", "west"] },
  ],
  patients: folds.map((_, i) => ({
    id: `P${i}`,
    study: "one",
    site: null,
    arm: "placebo",
    covariates: [raw.x1[i]!, raw.x2[i]!, raw.region[i]!],
    baseline: [raw.baseline[i]!],
    outcomes: [
      [raw.y1[i]!, raw.y2[i]!].map(
        (value, v): VisitValue => (value === null ? { missing: "not-measured" } : { value, day: 180 * (v + 1) }),
      ),
    ],
    lastContactDay: null,
    events: [],
  })),
};
const table = subjectTable(data);
const strata = data.covariates.slice(2);
// The stratum is not one of the twin's covariates.
const predictions = crossValidate(
  {
    table,
    features: baselineFeatures(data.endpoints, data.covariates.slice(0, 2)),
    covariates: data.covariates,
    strata,
    shrinkage: { kind: "fixed", priorWeight: 0 },
    members: ["gaussian-joint"],
    neural: DEFAULT_NEURAL_OPTIONS,
  },
  5,
  1,
  createRng(31415),
  () => {},
);
const resamples = resamplePatients(count, 8000, createRng(2));

test("the folds are those that R was given", () => {
  expect(Array.from(assignFolds(count, 5, createRng(31415).fork(0).fork("folds")))).toEqual(folds);
});

describe.each([0, 1])("at visit %i", (v) => {
  const expected = figures[v]!;
  const compared = comparedPatients(table, predictions, v);

  test("predictions of unseen patients are those of R's own fits", () => {
    expect(compared.patients.length).toBe(expected.patients);
    const close = (found: Float64Array, wanted: number[], tolerance: number) => {
      for (const [i, value] of wanted.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(tolerance);
    };
    close(compared.baselineAncova, expected.ancova, 1e-8);
    close(compared.allCovariateAncova, expected.everything, 1e-8);
    close(compared.twin, expected.twin, 2e-5);
    close(compared.scoreBeyondBaseline, expected.beyond, 2e-5);
  });

  test("gain, partial correlation and R² with their bootstrap limits", () => {
    const found = gainAtVisit(compared, { endpointId: "y", visitId: `v${v + 1}` }, resamples);
    const pairs = [
      ["gain", found.gain],
      ["r", found.partialCorrelation],
      ["all", found.allCovariateAncovaGain],
      ["r1", found.variance.rSquaredAncova],
      ["r2", found.variance.rSquaredWithScore],
    ] as const;
    for (const [name, interval] of pairs) {
      expect(Math.abs(interval.value - expected.estimates[name]), name).toBeLessThan(1e-5);
      // Two bootstraps of 8000 resamples: a 2.5 % quantile is known to about 3 % of the interval's width.
      const width = expected.upper[name] - expected.lower[name];
      expect(Math.abs(interval.lower - expected.lower[name]), name).toBeLessThan(0.06 * width);
      expect(Math.abs(interval.upper - expected.upper[name]), name).toBeLessThan(0.06 * width);
    }
    expect(found.variance.standardDeviation).toBeCloseTo(expected.sd, 10);
    expect(found.rmse.twin).toBeCloseTo(expected.rmse.twin, 5);
    expect(found.rmse.baselineAncova).toBeCloseTo(expected.rmse.ancova, 8);
    expect(found.rmse.allCovariateAncova).toBeCloseTo(expected.rmse.everything, 8);
    expect(found.rmse.meanChange).toBeCloseTo(expected.rmse.change, 8);
    expect(found.rmse.lastValueCarriedForward).toBeCloseTo(expected.rmse.last, 8);
  });

  test("calibration, PIT, CRPS by numerical integration, exact coverage limits", () => {
    const n = expected.patients;
    const deviation = Array.from({ length: n }, (_, i) => 2 + 0.01 * (i + 1));
    // Without the scores of the twin's own law, those of a normal one are checked.
    const { twinPit: _, twinCrps: __, ...rest } = compared;
    const given = {
      ...rest,
      twin: Float64Array.from(expected.twin),
      twinVariance: Float64Array.from(deviation, (sd) => sd * sd),
      twinBands: symmetricBands(
        Float64Array.from(expected.twin),
        Float64Array.from(
          { length: n * BAND_LEVELS.length },
          (_, k) => 1.1 * deviation[Math.floor(k / BAND_LEVELS.length)]!,
        ),
      ),
    };
    const at = { endpointId: "y", visitId: `v${v + 1}` };
    const found = calibrationAtVisit(given, at);
    expect([found.slope.value, found.slope.lower, found.slope.upper]).toEqual(
      expected.slope.map((value) => expect.closeTo(value, 9)),
    );
    expect([found.intercept.value, found.intercept.lower, found.intercept.upper]).toEqual(
      expected.intercept.map((value) => expect.closeTo(value, 7)),
    );
    expect(found.pitMean).toBeCloseTo(expected.pitMean, 10);
    expect(found.pitKs).toBeCloseTo(expected.pitKs, 10);
    expect(found.crps).toBeCloseTo(expected.crps, 8);
    expect(found.pitHistogram.reduce((sum, bin) => sum + bin, 0)).toBe(n);
    for (const row of coverageAtVisit(given, at)) {
      expect(row.covered).toBe(expected.covered);
      expect(row.coverage.lower).toBeCloseTo(expected.coverage[0], 10);
      expect(row.coverage.upper).toBeCloseTo(expected.coverage[1], 10);
    }
  });
});
