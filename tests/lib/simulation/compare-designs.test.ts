import { describe, expect, it } from "vitest";
import { compareDesigns, leadingScenarios, sameDesign } from "../../../lib/simulation/compare-designs.ts";
import type {
  CellResult,
  MonteCarloEstimate,
  Scenario,
  SimulationSpec,
  TrialDesign,
} from "../../../lib/simulation/simulation-document.ts";

const design = (id: string, experimental: number, control: number): TrialDesign => ({
  id,
  name: id,
  experimental,
  control,
  oneSidedAlpha: 0.025,
  analysis: "ancova",
  lookFractions: [1],
  efficacy: { kind: "fixed" },
  futility: { kind: "none" },
});
const scenario = (id: string, effect: number): Scenario => ({
  id,
  name: id,
  effect,
  generator: { kind: "fitted-model" },
  accrualPerMonth: 10,
  dropoutProbability: 0,
  drift: { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 },
});
const estimate = (value: number, mcse: number): MonteCarloEstimate => ({ value, mcse, limits: null });
const cell = (designId: string, scenarioId: string, rejection: number): CellResult => ({
  designId,
  scenarioId,
  replicates: 1000,
  failed: 0,
  failureReasons: [],
  rejection: estimate(rejection, 0.003),
  isNull: scenarioId === "null",
  looks: [],
  expectedPatients: estimate(200, 0.4),
  patientsPercentiles: { median: 200, p90: 200 },
  expectedMonths: estimate(30, 0.3),
  monthsPercentiles: { median: 30, p90: 31 },
  bias: estimate(0, 0.01),
  rootMeanSquaredError: estimate(1, 0.01),
  coverage: estimate(0.95, 0.01),
  givenRejection: null,
  analytic: null,
  examples: [],
});

const designs = [design("a", 100, 100), design("b", 100, 80)];
const spec: SimulationSpec = {
  format: "understudy-simulation/1",
  designs,
  scenarios: [scenario("null", 0), scenario("target", -1)],
  replicates: 1000,
  seed: 1,
  primary: { endpointId: "y", visitId: "v" },
  benefit: "lower-is-better",
};
const result = {
  spec,
  cells: [cell("a", "null", 0.024), cell("b", "null", 0.026), cell("a", "target", 0.9), cell("b", "target", 0.86)],
  pairedDifferences: [
    {
      scenarioId: "target",
      designId: "b",
      referenceDesignId: "a",
      replicates: 1000,
      rejectionDifference: estimate(-0.04, 0.001),
    },
  ],
};
const request = { designs, result, nullScenarioId: "null", effectScenarioId: "target", referenceId: "a" };

describe("compareDesigns", () => {
  it("reads power in the effect scenario and type I error in the null one", () => {
    const [a] = compareDesigns(request);
    expect(a?.simulated.power?.value).toBe(0.9);
    expect(a?.simulated.typeOneError?.value).toBe(0.024);
    expect(a?.difference).toBeNull();
  });

  it("takes the paired error of a difference where the run has it, else the two errors combined", () => {
    const [, b] = compareDesigns(request);
    expect(b?.difference?.total).toBe(-20);
    expect(b?.difference?.control).toBe(-20);
    expect(b?.difference?.simulated.power).toEqual(estimate(-0.04, 0.001));
    expect(b?.difference?.simulated.typeOneError?.value).toBeCloseTo(0.002, 12);
    expect(b?.difference?.simulated.typeOneError?.mcse).toBeCloseTo(Math.hypot(0.003, 0.003), 12);
  });

  it("shows no number of a run for a design that was changed after it, and none of a new design", () => {
    const changed = [design("a", 110, 100), design("c", 10, 10)];
    const [a, c] = compareDesigns({ ...request, designs: changed });
    expect(a?.run).toBe("changed");
    expect(a?.simulated.power).toBeNull();
    expect(c?.run).toBe("not-simulated");
  });

  it("knows a renamed design as the same", () => {
    expect(sameDesign(design("a", 1, 1), { ...design("a", 1, 1), name: "another" })).toBe(true);
  });
});

describe("leadingScenarios", () => {
  it("prefers the target effect, else the largest", () => {
    const list = [scenario("null", 0), scenario("big", -3), scenario("target", -1)];
    expect(leadingScenarios(list, -1)).toEqual({ nullId: "null", effectId: "target" });
    expect(leadingScenarios(list, -2)).toEqual({ nullId: "null", effectId: "big" });
    expect(leadingScenarios([scenario("null", 0)], -1)).toEqual({ nullId: "null", effectId: null });
  });
});
