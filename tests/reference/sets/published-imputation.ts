import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import { imputationData } from "../../../lib/analysis/missing-data/imputation-data.ts";
import { type ImputedEstimate, rubinEstimates } from "../../../lib/analysis/missing-data/imputation-estimates.ts";
import { fitImputationModel, prepareImputationModel } from "../../../lib/analysis/missing-data/imputation-model.ts";
import type { ImputationStrategy } from "../../../lib/analysis/missing-data/imputation-strategy.ts";
import { posteriorParameters } from "../../../lib/analysis/missing-data/parameter-draws.ts";
import { fitMmrmModel } from "../../../lib/analysis/mmrm/mmrm-model.ts";
import { gridDifference, gridMean } from "../../../lib/analysis/reference-grid.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { modelVariables, parseFormula } from "../runner/r-formula.ts";
import { numberOf, publishedRows } from "./published-data.ts";

const ARMS = ["PLACEBO", "DRUG"];
const VISITS = ["4", "5", "6", "7"];
/** Imputations of each computation here; printed numbers rest on 150 to 5,000. */
export const IMPUTATIONS = 2000;
const SEED = 987;

function antidepressant() {
  const rows = publishedRows("antidepressant/antidepressant.csv");
  return { rows, patients: [...new Set(rows.map((row) => row.PATIENT!))] };
}

/** Mixed model of all values seen, drug against placebo at visit 7, Satterthwaite in R and in SAS. */
export function completeCaseMmrm() {
  const { rows, patients } = antidepressant();
  const formula = parseFormula("y ~ THERAPY + GENDER + VISIT + BASVAL + THERAPY*VISIT + BASVAL*VISIT");
  const variables = modelVariables(
    formula.variables,
    {
      THERAPY: rows.map((row) => row.THERAPY!),
      GENDER: rows.map((row) => row.GENDER!),
      VISIT: rows.map((row) => row.VISIT!),
      BASVAL: rows.map((row) => numberOf(row.BASVAL)),
    },
    { THERAPY: ARMS, VISIT: VISITS },
  );
  const visit = variables.find(({ name }) => name === "VISIT");
  if (visit?.kind !== "categorical") throw new Error("the visit must be a factor");
  const model = fitMmrmModel(
    {
      variables,
      terms: formula.terms,
      intercept: true,
      outcome: Float64Array.from(rows, (row) => Number(row.CHANGE)),
      subject: rows.map((row) => patients.indexOf(row.PATIENT!)),
      subjectCount: patients.length,
      visit,
    },
    {
      structures: ["unstructured"],
      restricted: true,
      degreesOfFreedom: "satterthwaite",
      covariance: "model-based",
    },
  );
  const mean = (arm: string) => gridMean(model.design, { THERAPY: arm, VISIT: "7" }, "equal");
  const { estimate, standardError, degreesOfFreedom } = model.contrast(gridDifference(mean("DRUG"), mean("PLACEBO")));
  const { interval, twoSidedPValue } = waldInference(estimate, standardError, degreesOfFreedom);
  const limits = [interval.lower, interval.upper];
  return { est: estimate, se: standardError, ci_R: limits, ci_SAS: limits, p: twoSidedPValue };
}

/** Bayesian imputation of the trial, drug minus placebo at visit 7. */
export function imputedEffect(strategy: ImputationStrategy, withGender: boolean): ImputedEstimate {
  const { rows, patients } = antidepressant();
  const m = VISITS.length;
  const n = patients.length;
  const outcome = new Float64Array(n * m).fill(Number.NaN);
  const arm = new Int32Array(n);
  const base = new Float64Array(n);
  const female = new Float64Array(n);
  for (const row of rows) {
    const patient = patients.indexOf(row.PATIENT!);
    outcome[patient * m + VISITS.indexOf(row.VISIT!)] = Number(row.CHANGE);
    arm[patient] = ARMS.indexOf(row.THERAPY!);
    base[patient] = Number(row.BASVAL);
    female[patient] = Number(row.GENDER === "F");
  }
  const firstAfter = Int32Array.from({ length: n }, (_, patient) => {
    let visit = m;
    while (visit > 0 && Number.isNaN(outcome[patient * m + visit - 1]!)) visit--;
    return visit;
  });
  const gender = withGender ? [{ kind: "numeric", name: "female", values: female } as const] : [];
  const data = imputationData({
    arm,
    armNames: ARMS,
    visitNames: VISITS,
    outcome,
    firstAfter,
    strategy: [strategy, strategy],
    reference: new Int32Array(2),
    covariates: [{ kind: "numeric", name: "base", values: base }, ...gender],
    terms: [["arm"], ["visit"], ["base"], ...gender.map(({ name }) => [name]), ["arm", "visit"], ["visit", "base"]],
    structure: "unstructured",
    covarianceByArm: false,
  });
  const full = fitImputationModel(data, prepareImputationModel(data));
  const rng = createRng(SEED);
  const draws = posteriorParameters(data, full, IMPUTATIONS, { burnIn: 200, thinning: 5 }, rng.fork("parameters"));
  const columns = withGender ? [base, female] : [base];
  const plan = {
    data,
    covariates: VISITS.map(() => columns),
    deltaWeights: new Float64Array(n * m),
    deltas: [0],
  };
  return rubinEstimates(plan, draws, rng.fork("imputations"), {}).at(0, m - 1, 0);
}
