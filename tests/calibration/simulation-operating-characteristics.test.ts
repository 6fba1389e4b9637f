import { describe, expect, it } from "vitest";
import { crossingProbability } from "../../lib/design/crossing-probability.ts";
import { plannedPower } from "../../lib/power/means/planned-power.ts";
import { simulateChunk } from "../../lib/simulation/simulate-chunk.ts";
import type { CellResult, Scenario, TrialDesign } from "../../lib/simulation/simulation-document.ts";
import { stoppingBounds } from "../../lib/simulation/stopping-rule.ts";
import { summarizeSimulation } from "../../lib/simulation/summarize-simulation.ts";
import {
  FIXTURE_COVARIANCE,
  frozenModel,
  scenario,
  simulationSpec,
  threeLooks,
  trialDesign,
} from "../lib/simulation/simulation-fixtures.ts";

const REPLICATES = 10_000;
/** Bound of every comparison, in Monte Carlo standard errors under the hypothesis. */
const BOUND = 4;

const model = frozenModel(FIXTURE_COVARIANCE);

function simulate(design: TrialDesign, world: Scenario, replicates = REPLICATES): CellResult {
  const spec = { ...simulationSpec([design], [world], 97), replicates };
  return summarizeSimulation(spec, model, [simulateChunk(spec, model, 0, 0, replicates)]).cells[0]!;
}

/** Distance of a simulated proportion from a probability, in standard errors under that probability. */
function standardErrors(value: number, probability: number, replicates: number): number {
  return Math.abs(value - probability) / Math.sqrt((probability * (1 - probability)) / replicates);
}

const unequal: Partial<TrialDesign> = { experimental: 80, control: 40 };
const withScore: Partial<TrialDesign> = { analysis: "ancova-with-score" };

describe("type I error", () => {
  const fitted = { generator: { kind: "fitted-model" } } as const;
  it.each([
    { name: "unadjusted, unequal arms", design: { ...unequal, analysis: "unadjusted" as const }, world: {} },
    { name: "score as trained, unequal arms", design: { ...unequal, ...withScore }, world: fitted },
    {
      name: "score without information",
      design: { ...unequal, ...withScore },
      world: { drift: { scoreInformation: 0 } },
    },
    {
      name: "misspecified score, shifted and wide outcomes, dropout",
      design: { ...unequal, ...withScore },
      world: {
        ...fitted,
        dropoutProbability: 0.2,
        drift: { scoreCurvature: 0.5, scoreInformation: 0.7, meanShift: 3, residualSdRatio: 1.4 },
      },
    },
    {
      name: "small arms, many drop out",
      design: { experimental: 16, control: 10, ...withScore },
      world: { dropoutProbability: 0.25 },
    },
  ])("is alpha: $name", ({ design, world }) => {
    const cell = simulate(trialDesign(design), scenario(world));
    expect(standardErrors(cell.rejection.value, 0.025, REPLICATES - cell.failed)).toBeLessThan(BOUND);
    expect(standardErrors(cell.coverage.value, 0.95, REPLICATES - cell.failed)).toBeLessThan(BOUND);
  });

  it("is alpha over all looks of a sequential design with unequal arms, dropout and a misspecified score", () => {
    const design = trialDesign({ ...unequal, ...withScore, ...threeLooks, futility: { kind: "none" } });
    const world = scenario({
      ...fitted,
      dropoutProbability: 0.2,
      drift: { scoreCurvature: 0.3, scoreInformation: 0.5 },
    });
    const cell = simulate(design, world);
    expect(standardErrors(cell.rejection.value, 0.025, REPLICATES)).toBeLessThan(BOUND);
  });
});

describe("power of a fixed design", () => {
  const world = scenario({
    effect: -1,
    generator: { kind: "parametric", standardDeviation: 2, rSquaredBaseline: 0.2, rSquaredScore: 0.15 },
  });
  it.each([
    { analysis: "unadjusted" as const, rSquared: 0, covariates: 0 },
    { analysis: "ancova" as const, rSquared: 0.2, covariates: 1 },
    { analysis: "ancova-with-score" as const, rSquared: 0.35, covariates: 2 },
  ])("is the exact noncentral t of the sizing: $analysis", ({ analysis, rSquared, covariates }) => {
    const cell = simulate(trialDesign({ ...unequal, analysis }), world);
    const planned = plannedPower(
      {
        distance: 1,
        standardDeviation: 2,
        discountedRSquared: rSquared,
        controlSdInflation: 1,
        covariates,
        oneSidedAlpha: 0.025,
      },
      { experimental: 80, control: 40 },
    );
    expect(standardErrors(cell.rejection.value, planned, REPLICATES)).toBeLessThan(BOUND);
    expect(standardErrors(cell.rejection.value, cell.analytic!.rejection, REPLICATES)).toBeLessThan(BOUND);
  });

  it("with small arms follows the analytic value, which knows of chance imbalance", () => {
    const small = simulate(
      trialDesign({ experimental: 12, control: 8, ...withScore }),
      scenario({ effect: -2.5, dropoutProbability: 0 }),
    );
    expect(standardErrors(small.rejection.value, small.analytic!.rejection, REPLICATES)).toBeLessThan(BOUND);
  });

  it("estimates without bias, with the error that the theory states", () => {
    for (const analysis of ["unadjusted", "ancova", "ancova-with-score"] as const) {
      const cell = simulate(trialDesign({ ...unequal, analysis }), { ...world, dropoutProbability: 0.1 });
      expect(Math.abs(cell.bias.value)).toBeLessThan(BOUND * cell.bias.mcse);
      expect(standardErrors(cell.coverage.value, 0.95, REPLICATES)).toBeLessThan(BOUND);
    }
  });

  it("follows the analytic value in patients from the fitted model with dropout and drift", () => {
    for (const drift of [{}, { scoreInformation: 0.6 }, { residualSdRatio: 1.2, meanShift: 4 }]) {
      const cell = simulate(
        trialDesign({ ...unequal, ...withScore }),
        scenario({ effect: -3.4, generator: { kind: "fitted-model" }, dropoutProbability: 0.15, drift }),
      );
      expect(standardErrors(cell.rejection.value, cell.analytic!.rejection, REPLICATES)).toBeLessThan(BOUND);
    }
  });
});

describe("stopping of a sequential design", () => {
  const design = trialDesign({ experimental: 150, control: 150, ...withScore, ...threeLooks });

  it("has the exact probabilities of lib/design under the null hypothesis", () => {
    const cell = simulate(design, scenario());
    const exact = crossingProbability(stoppingBounds(design), 0);
    cell.looks.forEach((look, k) => {
      expect(standardErrors(look.stopEfficacy.value, exact.upper[k]!, REPLICATES)).toBeLessThan(BOUND);
      if (k < 2) expect(standardErrors(look.stopFutility.value, exact.lower[k]!, REPLICATES)).toBeLessThan(BOUND);
    });
  });

  it("has the analytic probabilities, size and duration under an effect", () => {
    const cell = simulate(design, scenario({ effect: -0.6, accrualPerMonth: 5, dropoutProbability: 0.1 }));
    const { analytic } = cell;
    cell.looks.forEach((look, k) => {
      expect(standardErrors(look.stopEfficacy.value, analytic!.stopEfficacy[k]!, REPLICATES)).toBeLessThan(BOUND);
      if (k < 2)
        expect(standardErrors(look.stopFutility.value, analytic!.stopFutility[k]!, REPLICATES)).toBeLessThan(BOUND);
    });
    expect(Math.abs(cell.expectedPatients.value - analytic!.expectedPatients!)).toBeLessThan(
      BOUND * cell.expectedPatients.mcse,
    );
    expect(Math.abs(cell.expectedMonths.value - analytic!.expectedMonths!)).toBeLessThan(
      BOUND * cell.expectedMonths.mcse,
    );
  });

  it("pays for futility with the power that theory states", () => {
    const world = scenario({ effect: -0.6 });
    const followed = simulate(design, world);
    const ignored = simulate({ ...design, futility: { kind: "none" } }, world);
    const { rejection, rejectionWithoutFutility } = followed.analytic!;
    expect(standardErrors(ignored.rejection.value, rejectionWithoutFutility, REPLICATES)).toBeLessThan(BOUND);
    const loss = rejectionWithoutFutility - rejection;
    expect(loss).toBeGreaterThan(0);
    expect(Math.abs(ignored.rejection.value - followed.rejection.value - loss)).toBeLessThan(
      BOUND * Math.sqrt(loss / REPLICATES),
    );
  });

  it("overstates the effect after early stopping, and says so", () => {
    const cell = simulate(design, scenario({ effect: -0.6 }));
    expect(cell.bias.value).toBeLessThan(-BOUND * cell.bias.mcse);
    expect(cell.givenRejection!.bias.value).toBeLessThan(cell.bias.value);
  });
});
