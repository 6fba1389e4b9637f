import { describe, expect, it } from "vitest";
import { fitMmrm } from "../../../lib/analysis/mmrm/fit-mmrm.ts";
import { mmrmInference } from "../../../lib/analysis/mmrm/mmrm-inference.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { courseInformationShare } from "../../../lib/simulation/course-information.ts";
import { fittedCourse } from "../../../lib/simulation/course-law.ts";
import { addCohort, analyseKnownData, createKnownData } from "../../../lib/simulation/cut-data.ts";
import {
  createTrialWorkspace,
  generateTrial,
  replicateRng,
  type SimulatedTrial,
} from "../../../lib/simulation/generate-trial.ts";
import { patientLaw } from "../../../lib/simulation/patient-law.ts";
import { type PreparedCell, prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import { simulateChunk } from "../../../lib/simulation/simulate-chunk.ts";
import type { Scenario, TrialDesign } from "../../../lib/simulation/simulation-document.ts";
import { summarizeSimulation } from "../../../lib/simulation/summarize-simulation.ts";
import { FIXTURE_COVARIANCE, frozenModel, scenario, simulationSpec, trialDesign } from "./simulation-fixtures.ts";

const model = frozenModel(FIXTURE_COVARIANCE);
const entry = (i: number, j: number) => FIXTURE_COVARIANCE[i * 5 + j]!;
const primary = { endpointId: "score", visitId: "year1" };
const fitted = { generator: { kind: "fitted-model" } } as const;

function cellOf(design: Partial<TrialDesign>, world: Parameters<typeof scenario>[0]): PreparedCell {
  return prepareCell(simulationSpec([trialDesign(design)], [scenario({ ...fitted, ...world })]), model, 0);
}

function trialOf(cell: PreparedCell, replicate: number): SimulatedTrial {
  const trial = createTrialWorkspace(cell);
  generateTrial(cell, replicateRng(cell.seed, cell.scenario.id, replicate), trial);
  return trial;
}

function lookOf(cell: PreparedCell, trial: SimulatedTrial) {
  const known = createKnownData(cell);
  addCohort(trial, 0, cell.totalPatients, known);
  expect(analyseKnownData(known)).toBe("estimated");
  const { estimate, standardError, degreesOfFreedom } = known.analysis;
  return { estimate, standardError, degreesOfFreedom };
}

/** The analysis of a real trial: unstructured REML by the engine, every predictor with a coefficient at every visit. */
function fullMmrm(cell: PreparedCell, trial: SimulatedTrial) {
  const visits = 2;
  const rows: { subject: number; visit: number; outcome: number; x: number[] }[] = [];
  for (let i = 0; i < trial.patients; i++) {
    const x = [1, trial.arm[i]!, trial.covariate[i * 2]!, trial.covariate[i * 2 + 1]!];
    if (cell.useScore) x.push(trial.score[i]!);
    const outcomes = [
      trial.course!.reached[i]! > 0 ? trial.course!.outcome[i]! : null,
      trial.completes[i] === 1 ? trial.outcome[i]! : null,
    ];
    outcomes.forEach((outcome, visit) => {
      if (outcome !== null) rows.push({ subject: i, visit, outcome, x });
    });
  }
  const q = rows[0]!.x.length;
  const columnCount = visits * q;
  const design = new Float64Array(rows.length * columnCount);
  rows.forEach(({ visit, x }, row) => {
    x.forEach((value, l) => {
      design[row * columnCount + visit * q + l] = value;
    });
  });
  const subject = rows.map((row) => row.subject);
  const fit = fitMmrm(
    {
      rowCount: rows.length,
      columnCount,
      design,
      outcome: Float64Array.from(rows, (row) => row.outcome),
      subject,
      subjectCount: trial.patients,
      visit: rows.map((row) => row.visit),
      visitCount: visits,
    },
    { structure: "unstructured", restricted: true },
  );
  const weights = new Float64Array(columnCount);
  weights[q + 1] = 1;
  return mmrmInference(fit, {
    degreesOfFreedom: "satterthwaite",
    covariance: "model-based",
    design: { columnCount, values: design, subject },
  }).contrast(weights);
}

describe("the course of simulated patients", () => {
  it("has the covariances of the fitted model with covariates, score and outcome", () => {
    const law = patientLaw(primary, fitted.generator, model);
    const course = fittedCourse(primary, model);
    expect(course.earlierVisits).toBe(1);
    expect([...course.dayShares]).toEqual([182 / 365, 1]);
    const [a0, a1] = course.onCovariates as unknown as [number, number];
    const ofBaseline = a0 * entry(0, 0) + a1 * entry(2, 0);
    const ofStratum = a0 * entry(0, 2) + a1 * entry(2, 2);
    expect(ofBaseline).toBeCloseTo(entry(3, 0), 9);
    expect(ofStratum).toBeCloseTo(entry(3, 2), 9);
    const [g, h, r] = [course.onOwnScore[0]!, course.onResidual[0]!, course.factor[0]!];
    expect(a0 * ofBaseline + a1 * ofStratum + g * g + h * h + r * r).toBeCloseTo(entry(3, 3), 9);
    const [b0, b1] = law.scoreOnCovariates as unknown as [number, number];
    expect(b0 * ofBaseline + b1 * ofStratum + g * law.scoreOwnSd + h * law.residualSd).toBeCloseTo(entry(3, 4), 9);
  });

  it("is drawn with these covariances, the effect growing in time, and leaves the primary outcomes as they were", () => {
    const patients = 40_000;
    const arms = { experimental: patients / 2, control: patients / 2 };
    const world = { effect: -4 };
    const trial = trialOf(cellOf({ ...arms, analysis: "mmrm" }, world), 3);
    const plain = trialOf(cellOf({ ...arms, analysis: "ancova" }, world), 3);
    expect(trial.outcome).toEqual(plain.outcome);
    expect(trial.score).toEqual(plain.score);
    const course = trial.course!.outcome;
    const meanOf = (values: Float64Array, arm: number) =>
      values.reduce((sum, value, i) => sum + (trial.arm[i] === arm ? value : 0), 0) / (patients / 2);
    const difference = meanOf(course, 1) - meanOf(course, 0);
    expect(Math.abs(difference - (-4 * 182) / 365)).toBeLessThan(4 * Math.sqrt((2 * entry(3, 3)) / (patients / 2)));
    let [squares, products] = [0, 0];
    for (let i = 0; i < patients; i++)
      if (trial.arm[i] === 0) {
        squares += course[i]! ** 2 / (patients / 2);
        products += (course[i]! * trial.outcome[i]!) / (patients / 2);
      }
    expect(Math.abs(squares / entry(3, 3) - 1)).toBeLessThan(4 * Math.sqrt(2 / (patients / 2)));
    const spread = Math.sqrt((entry(3, 3) * entry(4, 4) + entry(3, 4) ** 2) / (patients / 2));
    expect(Math.abs(products - entry(3, 4))).toBeLessThan(4 * spread);
  });
});

describe("MMRM at a look", () => {
  it.each(["mmrm", "mmrm-with-score"] as const)("gives the numbers of the analysis of a real trial: %s", (analysis) => {
    const cell = cellOf({ analysis, experimental: 45, control: 30 }, { effect: -2, dropoutProbability: 0.35 });
    for (let replicate = 0; replicate < 20; replicate++) {
      const trial = trialOf(cell, replicate);
      const look = lookOf(cell, trial);
      const full = fullMmrm(cell, trial);
      expect(Math.abs(look.estimate - full.estimate)).toBeLessThan(1e-6 * full.standardError);
      expect(Math.abs(look.standardError / full.standardError - 1)).toBeLessThan(1e-6);
      expect(Math.abs(look.degreesOfFreedom / full.degreesOfFreedom - 1)).toBeLessThan(1e-5);
    }
  });

  it("is ANCOVA at the primary visit when nobody leaves", () => {
    const world = { effect: -2 };
    const mmrm = cellOf({ analysis: "mmrm" }, world);
    const ancova = cellOf({ analysis: "ancova" }, world);
    for (let replicate = 0; replicate < 10; replicate++) {
      const one = lookOf(mmrm, trialOf(mmrm, replicate));
      const other = lookOf(ancova, trialOf(ancova, replicate));
      expect(Math.abs(one.estimate - other.estimate)).toBeLessThan(1e-8);
      expect(Math.abs(one.standardError / other.standardError - 1)).toBeLessThan(1e-8);
      expect(Math.abs(one.degreesOfFreedom / other.degreesOfFreedom - 1)).toBeLessThan(1e-5);
    }
  });

  it("has the power that the information of the dropout patterns promises, and more than ANCOVA of the completers", () => {
    const world: Scenario = scenario({ ...fitted, effect: -4, dropoutProbability: 0.4 });
    const replicates = 2_500;
    const designs = (["ancova", "mmrm", "mmrm-with-score"] as const).map((analysis) =>
      trialDesign({ id: analysis, analysis, experimental: 60, control: 40 }),
    );
    const spec = { ...simulationSpec(designs, [world], 11), replicates };
    const { cells } = summarizeSimulation(
      spec,
      model,
      designs.map((_, cell) => simulateChunk(spec, model, cell, 0, replicates)),
    );
    for (const { analytic, rejection, failed } of cells) {
      expect(failed).toBe(0);
      const p = analytic!.rejection;
      expect(Math.abs(rejection.value - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / replicates));
    }
    expect(cells[1]!.analytic!.rejection).toBeGreaterThan(cells[0]!.analytic!.rejection + 0.01);
    expect(cells[2]!.analytic!.rejection).toBeGreaterThan(cells[1]!.analytic!.rejection);
  }, 60_000);

  it("keeps the type I error with three looks and dropout", () => {
    const spec = {
      ...simulationSpec(
        [
          trialDesign({
            analysis: "mmrm-with-score",
            experimental: 80,
            control: 60,
            lookFractions: [0.4, 0.7, 1],
            efficacy: { kind: "spending", spending: { family: "lan-demets-pocock" } },
          }),
        ],
        [scenario({ ...fitted, dropoutProbability: 0.3 })],
        12,
      ),
      replicates: 3_000,
    };
    const [cell] = summarizeSimulation(spec, model, [simulateChunk(spec, model, 0, 0, 3_000)]).cells;
    expect(Math.abs(cell!.rejection.value - 0.025)).toBeLessThan(4 * Math.sqrt((0.025 * 0.975) / 3_000));
  }, 60_000);

  it("needs earlier visits, which the parametric law does not have", () => {
    const spec = simulationSpec([trialDesign({ analysis: "mmrm" })], [scenario()]);
    expect(() => prepareCell(spec, model, 0)).toThrow(/fitted model/);
  });
});

describe("information under dropout", () => {
  it("is the share of completers when the visits are independent, and all of it when they are the same", () => {
    const reaching = Float64Array.of(0.9, 0.8, 0.6);
    const of = (correlation: number) =>
      courseInformationShare(
        Float64Array.from({ length: 9 }, (_, at) => (Math.floor(at / 3) === at % 3 ? 2 : 2 * correlation)),
        reaching,
      );
    expect(of(0)).toBeCloseTo(0.6, 12);
    expect(of(0.999_999)).toBeCloseTo(0.9, 4);
    expect(of(0.5)).toBeGreaterThan(of(0.3));
  });

  it("agrees with the variance of generalised least squares over patients", () => {
    const rng = createRng(4);
    const loadings = Float64Array.from({ length: 9 }, () => rng.normal());
    const covariance = Float64Array.from({ length: 9 }, (_, at) => {
      const [v, w] = [Math.floor(at / 3), at % 3];
      let value = v === w ? 0.5 : 0;
      for (let k = 0; k < 3; k++) value += loadings[v * 3 + k]! * loadings[w * 3 + k]!;
      return value;
    });
    // Two visits, known covariance: the regression estimator of a mean with a partly missing second visit.
    const two = Float64Array.of(covariance[0]!, covariance[1]!, covariance[3]!, covariance[4]!);
    const [all, complete] = [0.95, 0.7];
    const slope = two[2]! / two[0]!;
    const rest = two[3]! - slope * two[1]!;
    const variance = rest / complete + (slope * slope * two[0]!) / all;
    expect(courseInformationShare(two, Float64Array.of(all, complete))).toBeCloseTo(two[3]! / variance, 12);
  });
});
