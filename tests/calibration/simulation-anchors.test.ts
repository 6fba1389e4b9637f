import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyticCell } from "../../lib/simulation/analytic-cell.ts";
import { createTrialWorkspace, generateTrial, replicateRng } from "../../lib/simulation/generate-trial.ts";
import { type PreparedCell, prepareCell } from "../../lib/simulation/prepared-cell.ts";
import { simulatePreparedChunk } from "../../lib/simulation/simulate-chunk.ts";
import { scenario, simulationSpec, trialDesign } from "../lib/simulation/simulation-fixtures.ts";
import { repositoryPath } from "../support/shared.ts";

interface MeansAnchor {
  readonly id: string;
  readonly input: {
    readonly endpoint: string;
    readonly criticalValues: readonly number[];
    readonly alternative: readonly number[];
    readonly stDev: number;
    readonly plannedSubjects: readonly number[];
    readonly iterations: number;
  };
  readonly expected: {
    readonly sim: {
      readonly overallReject: readonly number[];
      readonly rejectPerStage: readonly (readonly number[])[];
      readonly expectedNumber: readonly number[];
    };
  };
}

const REPLICATES = 20_000;
const file = JSON.parse(readFileSync(repositoryPath("tests/reference/simulation_anchors.json"), "utf8")) as {
  cases: MeansAnchor[];
};
const anchors = file.cases.filter(({ input }) => input.endpoint === "means (t)");

/** The anchor's plan: unadjusted analysis at its own critical values, benefit of higher values. */
function cellOf({ input }: MeansAnchor, effect: number): PreparedCell {
  const total = input.plannedSubjects.at(-1)!;
  const design = trialDesign({
    experimental: total / 2,
    control: total / 2,
    analysis: "unadjusted",
    lookFractions: input.plannedSubjects.map((subjects) => subjects / total),
  });
  const generator = {
    kind: "parametric",
    standardDeviation: input.stDev,
    rSquaredBaseline: 0.3,
    rSquaredScore: 0.1,
  } as const;
  const spec = simulationSpec([design], [scenario({ effect, generator })], 5);
  const cell = prepareCell({ ...spec, benefit: "higher-is-better" }, null, 0);
  const last = input.criticalValues.length - 1;
  const lower = input.criticalValues.map((bound, k) => (k === last ? bound : -Infinity));
  return { ...cell, bounds: { ...cell.bounds, upper: input.criticalValues, lower } };
}

/**
 * Share of trials rejected at each stage by Z with the SD taken as known. rpact's simulation of means uses this statistic
 * by default: its shares equal the known-variance crossing probabilities, and differ from any t test's by more than the
 * Monte Carlo error (stage 1 of "means asof2" at 0.5: rpact 0.153, known variance 0.152, t test with equal tail 0.136).
 */
function knownVarianceShares(cell: PreparedCell, standardDeviation: number): number[] {
  const trial = createTrialWorkspace(cell);
  const rejected = cell.cohorts.map(() => 0);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    generateTrial(cell, replicateRng(cell.seed, cell.scenario.id, replicate), trial);
    const look = cell.cohorts.findIndex((cohort, k) => {
      const sums = [0, 0];
      const counts = [0, 0];
      for (let i = 0; i < cohort; i++) {
        sums[trial.arm[i]!]! += trial.outcome[i]!;
        counts[trial.arm[i]!]!++;
      }
      const difference = sums[1]! / counts[1]! - sums[0]! / counts[0]!;
      return difference / (standardDeviation * Math.sqrt(1 / counts[0]! + 1 / counts[1]!)) >= cell.bounds.upper[k]!;
    });
    if (look >= 0) rejected[look]!++;
  }
  return rejected.map((count) => count / REPLICATES);
}

/** 4 standard errors of the difference of two independent simulated proportions. */
function allowance(first: number, second: number, iterations: number): number {
  const pooled = (first * iterations + second * REPLICATES) / (iterations + REPLICATES);
  return 4 * Math.sqrt(pooled * (1 - pooled) * (1 / iterations + 1 / REPLICATES));
}

describe("rpact's simulations of means in stages", () => {
  it.each(anchors)("are met by the generated trials: $id", (anchor) => {
    const { plannedSubjects, iterations, stDev } = anchor.input;
    anchor.input.alternative.forEach((effect, a) => {
      const perStage = knownVarianceShares(cellOf(anchor, effect), stDev);
      const overall = perStage.reduce((sum, value) => sum + value, 0);
      const { sim } = anchor.expected;
      const reference = sim.overallReject[a]!;
      expect(Math.abs(overall - reference), `overall at ${effect}`).toBeLessThan(
        allowance(overall, reference, iterations),
      );
      perStage.forEach((value, k) => {
        const stage = sim.rejectPerStage[k]![a]!;
        expect(Math.abs(value - stage), `stage ${k + 1} at ${effect}`).toBeLessThan(
          allowance(value, stage, iterations),
        );
      });
      const early = perStage.slice(0, -1);
      const saved = early.reduce((sum, value, k) => sum + value * (plannedSubjects.at(-1)! - plannedSubjects[k]!), 0);
      const spread = early.reduce(
        (sum, value, k) => sum + value * (plannedSubjects.at(-1)! - plannedSubjects[k]!) ** 2,
        0,
      );
      const error = Math.sqrt((spread - saved * saved) * (1 / iterations + 1 / REPLICATES));
      const expected = plannedSubjects.at(-1)! - saved;
      expect(Math.abs(expected - sim.expectedNumber[a]!), `expected number at ${effect}`).toBeLessThan(4 * error);
    });
  });

  it.each(anchors)("become those of the t test by the analytic values: $id", (anchor) => {
    anchor.input.alternative.forEach((effect) => {
      const cell = cellOf(anchor, effect);
      const { looks } = simulatePreparedChunk(cell, 0, REPLICATES);
      const { stopEfficacy } = analyticCell(cell)!;
      looks.forEach(({ efficacy }, k) => {
        const exact = stopEfficacy[k]!;
        const error = Math.sqrt((exact * (1 - exact)) / REPLICATES);
        expect(Math.abs(efficacy / REPLICATES - exact), `stage ${k + 1} at ${effect}`).toBeLessThan(4 * error);
      });
    });
  });
});
