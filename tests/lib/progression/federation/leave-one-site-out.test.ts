import { describe, expect, it } from "vitest";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { normalQuantile } from "../../../../lib/numerics/normal.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { allCovariateAncova } from "../../../../lib/progression/comparators/all-covariate-ancova.ts";
import { baselineAncova } from "../../../../lib/progression/comparators/baseline-ancova.ts";
import { meanChange } from "../../../../lib/progression/comparators/mean-change.ts";
import { scoreBeyond, scoresOf } from "../../../../lib/progression/evaluation/score-beyond.ts";
import { baselineFeatures } from "../../../../lib/progression/feature-encoding.ts";
import { forecastScores } from "../../../../lib/progression/forecast-scores.ts";
import { fitGaussianJoint } from "../../../../lib/progression/gaussian-joint/fit-gaussian-joint.ts";
import { openGaussianJointMember } from "../../../../lib/progression/gaussian-joint/gaussian-joint-member.ts";
import { histories } from "../../../../lib/progression/training-set.ts";
import { planFor, runFederation, SITE_NAMES, splitHistory } from "./federated-sites.ts";

const sites = 3;
const { pooled, bySite } = splitHistory({ sites, patterns: [[], [6], [0]], patients: 300, seed: 21 }, 4, { effect: 6 });
const { state } = runFederation(planFor(pooled, sites), bySite);
const { evaluation } = state.model;

/** Errors of every method by models of the other sites, from the patients themselves. */
function predictedFromPatients(site: number) {
  const heldOut = subjectTable(bySite[site]!);
  const others = subjectTable({ ...pooled, patients: bySite.filter((_, s) => s !== site).flatMap((d) => d.patients) });
  const features = baselineFeatures(pooled.endpoints, pooled.covariates);
  const shrinkage = { kind: "fixed", priorWeight: 10 } as const;
  const { parameters } = fitGaussianJoint(others, features, pooled.covariates, shrinkage, createRng(1));
  const model = openGaussianJointMember({ ...parameters, predictionInflation: [1, 1, 1] });
  const scores = (table: typeof others) =>
    scoresOf(model, histories(table, parameters.features, pooled.covariates), table.count);
  const ancova = baselineAncova(pooled.covariates.filter(({ id }) => id === "region"));
  const twin = scores(heldOut);
  const known = histories(heldOut, parameters.features, pooled.covariates);
  return {
    heldOut,
    twin,
    ancova: ancova.predict(others, heldOut),
    all: allCovariateAncova(pooled.covariates).predict(others, heldOut),
    change: meanChange.predict(others, heldOut),
    variance: Float64Array.from({ length: heldOut.count * 3 }, (_, k) => {
      const { covariance } = model.predict(known(Math.floor(k / 3)));
      return covariance[(k % 3) * 4]!;
    }),
    beyond: scoreBeyond(twin, scores(others), ancova, others, heldOut),
  };
}

/** Least squares of y on (1, x). */
function simpleRegression(y: readonly number[], x: readonly number[]) {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [my, mx] = [mean(y), mean(x)];
  const xy = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  const slope = xy / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  return { coefficients: [my - slope * mx, slope] };
}

describe("the evaluation of a federation", () => {
  const parts = bySite.map((_, site) => predictedFromPatients(site));
  const at = (v: number) => {
    const sums = { twin: 0, ancova: 0, all: 0, change: 0, score: 0, product: 0, n: 0 };
    const ratios: { a: number; b: number }[] = [];
    for (const { heldOut, twin, ancova, all, change, beyond } of parts) {
      for (let i = 0; i < heldOut.count; i++) {
        const k = i * 3 + v;
        const y = heldOut.outcomes[k]!;
        if (Number.isNaN(y)) continue;
        sums.n++;
        sums.twin += (y - twin[k]!) ** 2;
        sums.ancova += (y - ancova[k]!) ** 2;
        sums.all += (y - all[k]!) ** 2;
        sums.change += (y - change[k]!) ** 2;
        sums.score += beyond[k]! ** 2;
        sums.product += beyond[k]! * (y - ancova[k]!);
        ratios.push({ a: (y - twin[k]!) ** 2, b: (y - ancova[k]!) ** 2 });
      }
    }
    return { ...sums, ratios };
  };

  it.each([0, 1, 2])("gives at visit %i the figures that the patients themselves give", (v) => {
    const row = evaluation.gain[v]!;
    const own = at(v);
    expect(row.patients).toBe(own.n);
    expect(row.gain.value).toBeCloseTo(1 - own.twin / own.ancova, 7);
    expect(row.partialCorrelation.value).toBeCloseTo(own.product / Math.sqrt(own.score * own.ancova), 7);
    expect(row.allCovariateAncovaGain.value).toBeCloseTo(1 - own.all / own.ancova, 7);
    expect(row.rmse.meanChange).toBeCloseTo(Math.sqrt(own.change / own.n), 7);
    // Ratio estimator: Var(A/B) = Σ (a − R b)² / (B² n (n − 1)) · n², a and b single squared errors.
    const ratio = own.twin / own.ancova;
    const squares = own.ratios.reduce((sum, { a, b }) => sum + (a - ratio * b) ** 2, 0);
    const error = Math.sqrt((squares * own.n) / (own.n - 1)) / own.ancova;
    expect((row.gain.upper - row.gain.lower) / 2 / 1.959963984540054).toBeCloseTo(error, 5);
  });

  it.each([0, 1, 2])("gives at visit %i the calibration that the patients themselves give", (v) => {
    const observed: number[] = [];
    const predicted: number[] = [];
    let crps = 0;
    let pit = 0;
    const inflation = state.model.parameters.predictionInflation[v]!;
    for (const { heldOut, twin, variance } of parts) {
      for (let i = 0; i < heldOut.count; i++) {
        const k = i * 3 + v;
        if (Number.isNaN(heldOut.outcomes[k]!)) continue;
        observed.push(heldOut.outcomes[k]!);
        predicted.push(twin[k]!);
        const scores = forecastScores(twin[k]!, inflation * Math.sqrt(variance[k]!), null, heldOut.outcomes[k]!);
        crps += scores.crps;
        pit += scores.pit;
      }
    }
    const { coefficients } = simpleRegression(observed, predicted);
    const row = evaluation.calibration[v]!;
    expect(row.intercept.value).toBeCloseTo(coefficients[0]!, 6);
    expect(row.slope.value).toBeCloseTo(coefficients[1]!, 7);
    expect(row.crps).toBeCloseTo(crps / observed.length, 8);
    expect(row.pitMean).toBeCloseTo(pit / observed.length, 8);
    expect(row.pitKs).toBeNull();
  });

  it("claims the gain that is there, reports every site, and counts what its bands hold", () => {
    const last = evaluation.gain[2]!;
    expect(last.gainClaimed).toBe(true);
    const ofLast = evaluation.leaveOneStudyOut.filter(({ visitId }) => visitId === last.visitId);
    expect(ofLast.map(({ study }) => study)).toEqual(SITE_NAMES.slice(0, sites));
    const patients = ofLast.reduce((sum, row) => sum + row.patients, 0);
    expect(patients).toBe(last.patients);
    for (const [v, c] of state.model.parameters.predictionInflation.entries()) {
      const standardised = parts
        .flatMap(({ heldOut, twin, variance }) =>
          Array.from(
            { length: heldOut.count },
            (_, i) => (heldOut.outcomes[i * 3 + v]! - twin[i * 3 + v]!) / Math.sqrt(variance[i * 3 + v]!),
          ),
        )
        .filter((residual) => !Number.isNaN(residual));
      const meanSquare = standardised.reduce((sum, r) => sum + r * r, 0) / standardised.length;
      expect(c).toBeCloseTo(Math.max(1, Math.sqrt(meanSquare)), 8);
      for (const row of evaluation.coverage.slice(3 * v, 3 * v + 3)) {
        const half = c * normalQuantile(0.5 + row.level / 2);
        expect(row.covered).toBe(standardised.filter((r) => Math.abs(r) <= half).length);
      }
    }
  });

  it("claims nothing where the plan asks for no evaluation", () => {
    const { state: silent } = runFederation(planFor(pooled, sites, { evaluation: "none" }), bySite);
    expect(silent.record.rounds).toBe(1);
    expect(silent.model.evaluation.gain).toEqual([]);
    for (const { decision } of silent.model.evaluation.verdicts) expect(decision).toBe("do-not-use");
    expect(silent.model.diagnostics.map(({ code }) => code)).toContain("not-evaluated");
  });
});
