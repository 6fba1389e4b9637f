import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DomainError } from "../../lib/errors/domain-error.ts";
import { analyticCell } from "../../lib/simulation/analytic-cell.ts";
import { defaultSimulationSpec } from "../../lib/simulation/default-simulation-spec.ts";
import { createTrialWorkspace, generateTrial, replicateRng } from "../../lib/simulation/generate-trial.ts";
import { type PreparedCell, prepareCell } from "../../lib/simulation/prepared-cell.ts";
import { createReplicateWorkspace, runReplicate } from "../../lib/simulation/run-replicate.ts";
import { simulateChunk, simulatePreparedChunk } from "../../lib/simulation/simulate-chunk.ts";
import type { CellResult, Scenario, SimulationSpec, TrialDesign } from "../../lib/simulation/simulation-document.ts";
import { summarizeCell } from "../../lib/simulation/summarize-cell.ts";
import { summarizeSimulation } from "../../lib/simulation/summarize-simulation.ts";
import { sizeControlArm } from "../../lib/sizing/size-control-arm.ts";
import {
  FIXTURE_COVARIANCE,
  frozenModel,
  scenario,
  simulationSpec,
  threeLooks,
  trialDesign,
} from "../lib/simulation/simulation-fixtures.ts";
import { sizingSpec } from "../lib/sizing/sizing-arbitraries.ts";
import { repositoryPath } from "../support/shared.ts";

/** Exact values by R (theory.R): sums over completers, integrals over chance imbalance, normal rectangles, Poisson sums. */
interface Theory {
  readonly cells: readonly {
    readonly n1: number;
    readonly n0: number;
    readonly alpha: number;
    readonly sd: number;
    readonly rb: number;
    readonly rs: number;
    readonly iota: number;
    readonly rho: number;
    readonly dropout: number;
    readonly delta: number;
    readonly unadjusted: number;
    readonly ancova: number;
    readonly score: number;
  }[];
  readonly looks: {
    readonly fractions: number[];
    readonly upper: number[];
    readonly lower: number[];
    readonly patients: number;
    readonly accrual: number;
    readonly null: { up: number[]; down: number[]; patients: number; months: number };
  };
}

const theory: Theory = JSON.parse(readFileSync(repositoryPath("tests/reference/simulation/theory.json"), "utf8"));
const REPLICATES = 5000;
const BOUND = 4;

function cellOf(design: TrialDesign, world: Scenario, change: Partial<SimulationSpec> = {}): PreparedCell {
  return prepareCell({ ...simulationSpec([design], [world], 2718), ...change }, frozenModel(FIXTURE_COVARIANCE), 0);
}

function run(cell: PreparedCell, replicates = REPLICATES): CellResult {
  return summarizeCell(cell, simulatePreparedChunk(cell, 0, replicates));
}

function standardErrors(value: number, probability: number, replicates: number): number {
  return Math.abs(value - probability) / Math.sqrt((probability * (1 - probability)) / replicates);
}

describe("power of one look", () => {
  const analyses = [
    ["unadjusted", "unadjusted"],
    ["ancova", "ancova"],
    ["ancova-with-score", "score"],
  ] as const;
  describe.each(theory.cells.map((row, i) => ({ i, row })))("law $i: $row.n1 and $row.n0 patients", ({ i, row }) => {
    // Every other law benefits from higher values.
    const higher = i % 2 === 0;
    const world = scenario({
      effect: higher ? row.delta : -row.delta,
      generator: { kind: "parametric", standardDeviation: row.sd, rSquaredBaseline: row.rb, rSquaredScore: row.rs },
      dropoutProbability: row.dropout,
      drift: { residualSdRatio: row.rho, scoreInformation: row.iota },
    });
    test.each(analyses)("%s: analytic and simulated power are R's", (analysis, column) => {
      const design = trialDesign({
        experimental: row.n1,
        control: row.n0,
        oneSidedAlpha: row.alpha,
        analysis,
      });
      const cell = cellOf(design, world, { benefit: higher ? "higher-is-better" : "lower-is-better" });
      const exact = row[column];
      // With dropout the analytic value uses expectations to second order: coarse where nine patients remain in an arm.
      expect(Math.abs(analyticCell(cell)!.rejection - exact)).toBeLessThan(row.dropout === 0 ? 1e-8 : 5e-3);
      const found = run(cell);
      expect(standardErrors(found.rejection.value, exact, REPLICATES - found.failed)).toBeLessThan(BOUND);
      expect(standardErrors(found.coverage.value, 0.95, REPLICATES - found.failed)).toBeLessThan(BOUND);
      expect(Math.abs(found.bias.value)).toBeLessThan(BOUND * found.bias.mcse);
      const opposite = cellOf(design, world, { benefit: higher ? "lower-is-better" : "higher-is-better" });
      expect(run(opposite, 300).rejection.value).toBe(0);
    });
  });
});

test("given bounds are crossed, and patients and months are used up, as normal rectangles and Poisson sums say", () => {
  const { looks } = theory;
  const cell = cellOf(
    trialDesign({
      experimental: looks.patients / 2,
      control: looks.patients / 2,
      analysis: "ancova-with-score",
      lookFractions: looks.fractions,
      efficacy: { kind: "spending", spending: { family: "lan-demets-pocock" } },
    }),
    scenario({ accrualPerMonth: looks.accrual }),
  );
  const found = run({
    ...cell,
    bounds: { informationFractions: looks.fractions, upper: looks.upper, lower: [...looks.lower, looks.upper.at(-1)!] },
  });
  for (const [k, probability] of looks.null.up.entries())
    expect(standardErrors(found.looks[k]!.stopEfficacy.value, probability, REPLICATES)).toBeLessThan(BOUND);
  for (const [k, probability] of looks.null.down.entries())
    expect(standardErrors(found.looks[k]!.stopFutility.value, probability, REPLICATES)).toBeLessThan(BOUND);
  const { expectedPatients, expectedMonths } = found;
  expect(Math.abs(expectedPatients.value - looks.null.patients)).toBeLessThan(BOUND * expectedPatients.mcse);
  expect(Math.abs(expectedMonths.value - looks.null.months)).toBeLessThan(BOUND * expectedMonths.mcse);
});

describe("type I error under laws and designs at the edge", () => {
  const withScore: Partial<TrialDesign> = { analysis: "ancova-with-score" };
  test.each([
    {
      name: "1:3, level 10 %, wholly curved score",
      design: { experimental: 25, control: 75, oneSidedAlpha: 0.1, ...withScore },
      world: { drift: { scoreCurvature: 1, scoreInformation: 0.3 } },
    },
    {
      name: "six patients in an arm",
      design: { experimental: 6, control: 6, oneSidedAlpha: 0.05, ...withScore },
      world: { drift: { residualSdRatio: 0.3 } },
    },
    {
      name: "Pocock spending, four looks, binding futility, 3:1, dropout, shift",
      design: {
        experimental: 90,
        control: 30,
        oneSidedAlpha: 0.05,
        ...withScore,
        lookFractions: [0.25, 0.5, 0.75, 1],
        efficacy: { kind: "spending" as const, spending: { family: "lan-demets-pocock" as const } },
        futility: { kind: "z-scale" as const, bounds: [-0.3, 0.2, null], binding: true },
      },
      world: { dropoutProbability: 0.25, drift: { meanShift: -40, scoreInformation: 0.4 } },
    },
  ])("is the level: $name", ({ design, world }) => {
    const chosen = trialDesign(design);
    const found = run(cellOf(chosen, scenario(world)), 8000);
    expect(standardErrors(found.rejection.value, chosen.oneSidedAlpha, 8000 - found.failed)).toBeLessThan(BOUND);
  });
});

describe("what a scenario does", () => {
  const design = trialDesign({ experimental: 80, control: 40, analysis: "ancova-with-score", ...threeLooks });

  test("dropout of 30 % leaves 70 % of the patients in the analysis, as a binomial would", () => {
    const cell = cellOf(trialDesign({ experimental: 80, control: 40 }), scenario({ dropoutProbability: 0.3 }));
    const workspace = createReplicateWorkspace(cell);
    const analysed: number[] = [];
    for (let r = 0; r < 1500; r++) {
      runReplicate(cell, r, workspace);
      analysed.push(workspace.known.experimental + workspace.known.control);
    }
    const mean = analysed.reduce((sum, n) => sum + n, 0) / analysed.length;
    const variance = analysed.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (analysed.length - 1);
    expect(Math.abs(mean - 84)).toBeLessThan(BOUND * Math.sqrt(25.2 / analysed.length));
    expect(Math.abs(variance / 25.2 - 1)).toBeLessThan(BOUND * Math.sqrt(2 / analysed.length));
  });

  test("a shift of every outcome changes no decision, the enrolment speed none of the statistics", () => {
    const decisions = (world: Scenario) => simulatePreparedChunk(cellOf(design, world), 0, 400);
    const plain = decisions(scenario({ effect: -0.8 }));
    const shifted = decisions(scenario({ effect: -0.8, drift: { meanShift: 37.5 } }));
    const faster = decisions(scenario({ effect: -0.8, accrualPerMonth: 120 }));
    expect(shifted.runs).toEqual(plain.runs);
    expect(shifted.looks).toEqual(plain.looks);
    expect(shifted.months).toEqual(plain.months);
    expect(faster.runs).toEqual(plain.runs);
    expect(faster.errorSum).toEqual(plain.errorSum);
  });

  test("a fixed trial takes N/rate + follow-up months on average, with the spread of a Poisson process", () => {
    const cell = cellOf(trialDesign({ experimental: 50, control: 50 }), scenario({ accrualPerMonth: 4 }));
    const tally = simulatePreparedChunk(cell, 0, 2000);
    const { expectedMonths, expectedPatients } = summarizeCell(cell, tally);
    expect(Math.abs(expectedMonths.value - (25 + 365 / 30.4375))).toBeLessThan(BOUND * expectedMonths.mcse);
    // The time of the hundredth arrival is gamma: variance 100/4².
    expect(expectedMonths.mcse / Math.sqrt(100 / 16 / 2000)).toBeCloseTo(1, 1);
    expect(expectedPatients).toMatchObject({ value: 100, mcse: 0 });
  });

  test("patients of the fitted law have the model's mean and covariance of baseline, stratum, score and outcome", () => {
    const cell = cellOf(
      trialDesign({ experimental: 300, control: 300, analysis: "ancova-with-score" }),
      scenario({ generator: { kind: "fitted-model" } }),
    );
    const trial = createTrialWorkspace(cell);
    const at = (i: number, j: number) => FIXTURE_COVARIANCE[i * 5 + j]!;
    // Slopes of year 1 on the three features by Cramer's rule.
    const x = [0, 1, 2];
    const determinant = (m: number[][]): number =>
      m[0]![0]! * (m[1]![1]! * m[2]![2]! - m[1]![2]! * m[2]![1]!) -
      m[0]![1]! * (m[1]![0]! * m[2]![2]! - m[1]![2]! * m[2]![0]!) +
      m[0]![2]! * (m[1]![0]! * m[2]![1]! - m[1]![1]! * m[2]![0]!);
    const whole = determinant(x.map((i) => x.map((j) => at(i, j))));
    const slopes = x.map((k) => determinant(x.map((i) => x.map((j) => (j === k ? at(i, 4) : at(i, j))))) / whole);
    const scoreWith = (j: number) => x.reduce((sum, i) => sum + slopes[i]! * at(i, j), 0);
    const scoreVariance = x.reduce((sum, j) => sum + slopes[j]! * scoreWith(j), 0);
    // Baseline (item 0), stratum (item 2), score, outcome.
    const expected = [
      [at(0, 0), at(0, 2), scoreWith(0), at(0, 4)],
      [at(0, 2), at(2, 2), scoreWith(2), at(2, 4)],
      [scoreWith(0), scoreWith(2), scoreVariance, scoreVariance],
      [at(0, 4), at(2, 4), scoreVariance, at(4, 4)],
    ];
    const products = expected.map((row) => row.map(() => 0));
    const sums = [0, 0, 0, 0];
    const total = 100 * trial.patients;
    for (let r = 0; r < 100; r++) {
      generateTrial(cell, replicateRng(5, "law", r), trial);
      for (let i = 0; i < trial.patients; i++) {
        const row = [trial.covariate[2 * i]!, trial.covariate[2 * i + 1]!, trial.score[i]!, trial.outcome[i]!];
        for (const [a, value] of row.entries()) {
          sums[a]! += value;
          for (const [b, other] of row.entries()) products[a]![b]! += value * other;
        }
      }
    }
    for (const [a, row] of expected.entries()) {
      expect(Math.abs(sums[a]! / total)).toBeLessThan(BOUND * Math.sqrt(expected[a]![a]! / total));
      for (const [b, value] of row.entries()) {
        const spread = Math.sqrt((expected[a]![a]! * expected[b]![b]! + value * value) / total);
        expect(Math.abs(products[a]![b]! / total - value)).toBeLessThan(BOUND * spread);
      }
    }
  });
});

test("the stated Monte Carlo errors are the spread over 200 seeds", () => {
  const design = trialDesign({ experimental: 30, control: 30, ...threeLooks });
  const world = scenario({ effect: -0.9, dropoutProbability: 0.1, accrualPerMonth: 2.5 });
  const measures = {
    rejection: (cell: CellResult) => cell.rejection,
    firstLook: (cell: CellResult) => cell.looks[0]!.stopFutility,
    patients: (cell: CellResult) => cell.expectedPatients,
    months: (cell: CellResult) => cell.expectedMonths,
    bias: (cell: CellResult) => cell.bias,
    error: (cell: CellResult) => cell.rootMeanSquaredError,
    coverage: (cell: CellResult) => cell.coverage,
    biasGivenRejection: (cell: CellResult) => cell.givenRejection!.bias,
  };
  const seeds = 200;
  const cells = Array.from({ length: seeds }, (_, seed) => run(cellOf(design, world, { seed: 10_000 + seed }), 250));
  for (const [name, measure] of Object.entries(measures)) {
    const values = cells.map((cell) => measure(cell).value);
    const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1));
    const stated = Math.sqrt(cells.reduce((sum, cell) => sum + measure(cell).mcse ** 2, 0) / seeds);
    expect(Math.abs(spread / stated - 1), name).toBeLessThan(BOUND / Math.sqrt(2 * (seeds - 1)));
  }
});

test("paired differences of designs have the stated error over 100 seeds", () => {
  const designs = [
    trialDesign({ id: "a", experimental: 40, control: 40 }),
    trialDesign({ id: "b", experimental: 40, control: 40, analysis: "ancova-with-score" }),
  ];
  const world = scenario({ effect: -1 });
  const differences = Array.from({ length: 100 }, (_, seed) => {
    const spec = { ...simulationSpec(designs, [world], seed + 1), replicates: 150 };
    const tallies = [0, 1].map((index) => simulateChunk(spec, null, index, 0, 150));
    return summarizeSimulation(spec, null, tallies).pairedDifferences[0]!.rejectionDifference;
  });
  const mean = differences.reduce((sum, { value }) => sum + value, 0) / differences.length;
  const spread = Math.sqrt(
    differences.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (differences.length - 1),
  );
  const stated = Math.sqrt(differences.reduce((sum, { mcse }) => sum + mcse ** 2, 0) / differences.length);
  expect(Math.abs(spread / stated - 1)).toBeLessThan(BOUND / Math.sqrt(2 * (differences.length - 1)));
});

test("a sizing with a margin is not simulated against the hypothesis of no difference", () => {
  for (const change of [{ margin: 0.1 }, { margin: 0.1, hypothesis: "non-inferiority" as const }]) {
    const sizing = sizeControlArm(sizingSpec(change));
    const make = () =>
      defaultSimulationSpec({ sizing, model: null, seed: 1, benefit: "higher-is-better", primaryDay: 365 });
    expect(make).toThrow(DomainError);
    expect(make).toThrow(/must be 0 for a simulation/);
  }
});

test("a stratum that the fitted law lacks is named", () => {
  const model = frozenModel(FIXTURE_COVARIANCE);
  const codes = (strata: string[]) => {
    const trained = { ...model, training: { ...model.training, strata } };
    const world = scenario({ generator: { kind: "fitted-model" } });
    const spec = { ...simulationSpec([trialDesign()], [world]), replicates: 20 };
    const tallies = [simulateChunk(spec, trained, 0, 0, 20)];
    return summarizeSimulation(spec, trained, tallies).diagnostics.map(({ code }) => code);
  };
  expect(codes(["severe", "region"])).toContain("strata-not-simulated");
  expect(codes(["severe"])).not.toContain("strata-not-simulated");
});
