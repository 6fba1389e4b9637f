import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { createGaussianJointModel } from "../../../lib/progression/gaussian-joint/gaussian-joint-model.ts";
import { unexplainedVariance } from "../../../lib/simulation/analytic-cell.ts";
import { createTrialWorkspace, generateTrial } from "../../../lib/simulation/generate-trial.ts";
import { patientLaw } from "../../../lib/simulation/patient-law.ts";
import { prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import { FIXTURE_COVARIANCE, frozenModel, scenario, simulationSpec, trialDesign } from "./simulation-fixtures.ts";

const model = frozenModel(FIXTURE_COVARIANCE);
const fitted = scenario({ generator: { kind: "fitted-model" } });
const spec = simulationSpec([trialDesign()], [fitted]);
const entry = (i: number, j: number) => FIXTURE_COVARIANCE[i * 5 + j]!;

function sampleVariance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

describe("law of simulated patients", () => {
  it("has the variances and covariances of the fitted model", () => {
    const law = patientLaw(spec.primary, fitted.generator, model);
    expect(law.covariates).toBe(2);
    expect(law.scoreSd ** 2 + law.residualSd ** 2).toBeCloseTo(entry(4, 4), 9);
    const factor = law.covariateFactor;
    const covarianceOfC = [factor[0]! ** 2, factor[0]! * factor[2]!, factor[2]! ** 2 + factor[3]! ** 2];
    expect(covarianceOfC[0]).toBeCloseTo(entry(0, 0), 9);
    expect(covarianceOfC[1]).toBeCloseTo(entry(0, 2), 9);
    expect(covarianceOfC[2]).toBeCloseTo(entry(2, 2), 9);
    const [b0, b1] = law.scoreOnCovariates;
    expect(b0! * covarianceOfC[0]! + b1! * covarianceOfC[1]!).toBeCloseTo(entry(0, 4), 9);
    expect(b0! * covarianceOfC[1]! + b1! * covarianceOfC[2]!).toBeCloseTo(entry(2, 4), 9);
  });

  it("has the twin's mean as its score", () => {
    const opened = createGaussianJointModel(model.parameters);
    const at = (x: readonly number[]) => opened.predictFromBaseline(Float64Array.from(x)).mean[1]!;
    const centre = model.parameters.mean.slice(0, 3);
    const slopes = [0, 1, 2].map((j) => at(centre.map((value, i) => value + (i === j ? 1 : 0))) - at(centre));
    let variance = 0;
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) variance += slopes[i]! * slopes[j]! * entry(i, j);
    const law = patientLaw(spec.primary, fitted.generator, model);
    expect(law.scoreSd ** 2).toBeCloseTo(variance, 8);
    expect(law.outcomeMean).toBe(at(centre));
  });

  it("is the law of patients drawn whole from the model", () => {
    const opened = createGaussianJointModel(model.parameters);
    const rng = createRng(5);
    const patients = 40_000;
    const whole = new Float64Array(patients);
    const features = new Float64Array(3);
    const outcomes = new Float64Array(2);
    for (let i = 0; i < patients; i++) {
      opened.drawPatient(rng, features, outcomes);
      whole[i] = outcomes[1]!;
    }
    const cell = prepareCell(
      simulationSpec([trialDesign({ experimental: patients / 2, control: patients / 2 })], [fitted]),
      model,
      0,
    );
    const trial = createTrialWorkspace(cell);
    generateTrial(cell, createRng(6), trial);
    const standardError = entry(4, 4) * Math.sqrt(2 / patients);
    expect(Math.abs(sampleVariance(whole) - entry(4, 4))).toBeLessThan(4 * standardError);
    expect(Math.abs(sampleVariance(trial.outcome) - entry(4, 4))).toBeLessThan(4 * standardError);
    const residual = trial.outcome.map((value, i) => value - trial.score[i]!);
    const law = cell.law;
    expect(Math.abs(sampleVariance(residual) / law.residualSd ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / patients));
    expect(Math.abs(sampleVariance(trial.score) / law.scoreSd ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / patients));
  });

  it("has the R² asked for when parametric, and halves the score's part at information √½", () => {
    const asked = scenario({
      generator: { kind: "parametric", standardDeviation: 3, rSquaredBaseline: 0.2, rSquaredScore: 0.16 },
    });
    const law = patientLaw(spec.primary, asked.generator, null);
    const share = (analysis: "unadjusted" | "ancova" | "ancova-with-score", world = asked) =>
      unexplainedVariance(law, world, analysis) / 9;
    expect(share("unadjusted")).toBeCloseTo(1, 12);
    expect(share("ancova")).toBeCloseTo(0.8, 12);
    expect(share("ancova-with-score")).toBeCloseTo(0.64, 12);
    const halved = scenario({ ...asked, drift: { scoreInformation: Math.SQRT1_2 } });
    expect(share("ancova-with-score", halved)).toBeCloseTo(0.72, 12);
    const noise = scenario({ ...asked, drift: { scoreInformation: 0 } });
    expect(share("ancova-with-score", noise)).toBeCloseTo(0.8, 12);
  });

  it("refuses what it cannot generate, naming the field", () => {
    const cases = [
      { argument: "generator.kind", run: () => patientLaw(spec.primary, fitted.generator, null) },
      {
        argument: "primary.endpointId",
        run: () => patientLaw({ endpointId: "other", visitId: "year1" }, fitted.generator, model),
      },
      {
        argument: "primary.visitId",
        run: () => patientLaw({ endpointId: "score", visitId: "year9" }, fitted.generator, model),
      },
      {
        argument: "generator.rSquaredScore",
        run: () =>
          patientLaw(
            spec.primary,
            { kind: "parametric", standardDeviation: 1, rSquaredBaseline: 0.5, rSquaredScore: 0.5 },
            null,
          ),
      },
      {
        argument: "primary.day",
        run: () =>
          prepareCell(
            { ...simulationSpec([trialDesign()], [scenario()]), primary: { endpointId: "a", visitId: "b" } },
            null,
            0,
          ),
      },
    ];
    for (const { argument, run } of cases) {
      let caught: unknown;
      try {
        run();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(DomainError);
      expect((caught as DomainError).detail.argument).toBe(argument);
    }
  });
});
