import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitAncova } from "../../../lib/analysis/ancova/ancova.ts";
import type { Covariate } from "../../../lib/analysis/covariate.ts";
import {
  addCohort,
  analyseKnownData,
  clearKnownData,
  createKnownData,
  enrolledBy,
  lookMonth,
} from "../../../lib/simulation/cut-data.ts";
import {
  createTrialWorkspace,
  generateTrial,
  replicateRng,
  type SimulatedTrial,
} from "../../../lib/simulation/generate-trial.ts";
import { type PreparedCell, prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import type { TrialDesign } from "../../../lib/simulation/simulation-document.ts";
import {
  FIXTURE_COVARIANCE,
  frozenModel,
  scenario,
  simulationSpec,
  threeLooks,
  trialDesign,
} from "./simulation-fixtures.ts";

const model = frozenModel(FIXTURE_COVARIANCE);

function cellFor(analysis: TrialDesign["analysis"]): PreparedCell {
  const world = scenario({
    effect: -2,
    generator: { kind: "fitted-model" },
    dropoutProbability: 0.2,
    drift: { scoreInformation: 0.8 },
  });
  const design = trialDesign({ analysis, experimental: 45, control: 30, ...threeLooks });
  return prepareCell(simulationSpec([design], [world]), model, 0);
}

/** The analysis of a real trial on the patients of a cohort who have the outcome. */
function fullAncova(cell: PreparedCell, trial: SimulatedTrial, cohort: number) {
  const patients = Array.from({ length: cohort }, (_, i) => i).filter((i) => trial.completes[i] === 1);
  const numeric = (name: string, value: (i: number) => number): Covariate => ({
    kind: "numeric",
    name,
    values: Float64Array.from(patients, value),
  });
  const covariates = Array.from({ length: cell.covariates }, (_, j) =>
    numeric(`covariate${j}`, (i) => trial.covariate[i * trial.covariates + j]!),
  );
  if (cell.useScore) covariates.push(numeric("score", (i) => trial.score[i]!));
  return fitAncova({
    outcome: Float64Array.from(patients, (i) => trial.outcome[i]!),
    arm: patients.map((i) => trial.arm[i]!),
    covariates,
    varianceEstimator: "model",
  }).result;
}

describe("data known at a look", () => {
  it("give the estimate, standard error and degrees of freedom of a full ANCOVA of the patients who have the outcome", () => {
    const analysis = fc.constantFrom<TrialDesign["analysis"]>("unadjusted", "ancova", "ancova-with-score");
    fc.assert(
      fc.property(analysis, fc.nat(1e6), (kind, replicate) => {
        const cell = cellFor(kind);
        const trial = createTrialWorkspace(cell);
        generateTrial(cell, replicateRng(cell.seed, cell.scenario.id, replicate), trial);
        const known = createKnownData(cell);
        clearKnownData(known);
        let from = 0;
        for (const cohort of cell.cohorts) {
          addCohort(trial, from, cohort, known);
          from = cohort;
          expect(analyseKnownData(known)).toBe("estimated");
          const reference = fullAncova(cell, trial, cohort);
          expect(Math.abs(known.analysis.estimate - reference.estimate)).toBeLessThan(1e-9);
          expect(Math.abs(known.analysis.standardError / reference.standardError - 1)).toBeLessThan(1e-9);
          expect(known.analysis.degreesOfFreedom).toBe(reference.degreesOfFreedom);
          expect(known.experimental + known.control).toBe(reference.subjectsUsed);
        }
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  it("hold the patients randomised long enough ago, while accrual goes on", () => {
    const cell = cellFor("ancova");
    const trial = createTrialWorkspace(cell);
    generateTrial(cell, replicateRng(cell.seed, cell.scenario.id, 3), trial);
    for (const cohort of cell.cohorts) {
      const month = lookMonth(trial, cohort, cell.followUpMonths);
      const followed = trial.enrolledAt.filter((at) => at + cell.followUpMonths <= month).length;
      expect(followed).toBe(cohort);
      expect(enrolledBy(trial, month, cohort)).toBe(trial.enrolledAt.filter((at) => at <= month).length);
    }
  });

  it("are not analysed with an arm of fewer than two patients", () => {
    const cell = cellFor("unadjusted");
    const known = createKnownData(cell);
    expect(analyseKnownData(known)).toBe("too-few-patients");
  });
});
