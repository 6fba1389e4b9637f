import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import type { FrozenModel, GainAtVisit } from "../../../lib/progression/model-document.ts";
import { defaultSimulationSpec } from "../../../lib/simulation/default-simulation-spec.ts";
import { outOfFoldScoreInformation } from "../../../lib/simulation/out-of-fold-score-information.ts";
import { patientLaw } from "../../../lib/simulation/patient-law.ts";
import { planOutsideSimulation } from "../../../lib/simulation/plan-outside-simulation.ts";
import { prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import { simulateChunk } from "../../../lib/simulation/simulate-chunk.ts";
import { cellCount } from "../../../lib/simulation/simulation-cell.ts";
import { simulationSpecSchema } from "../../../lib/simulation/simulation-document.ts";
import { summarizeSimulation } from "../../../lib/simulation/summarize-simulation.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { FIXTURE_COVARIANCE, frozenModel } from "./simulation-fixtures.ts";

function evaluated(rSquaredAncova: number, rSquaredWithScore: number): FrozenModel {
  const model = frozenModel(FIXTURE_COVARIANCE);
  const interval = (value: number) => ({ value, lower: value - 0.1, upper: value + 0.1, level: 0.95 });
  const gain: GainAtVisit = {
    endpointId: "score",
    visitId: "year1",
    patients: 180,
    gain: interval(0.1),
    partialCorrelation: interval(0.3),
    allCovariateAncovaGain: interval(0.08),
    rmse: { twin: 1, baselineAncova: 1, allCovariateAncova: 1, meanChange: 1, lastValueCarriedForward: 1 },
    variance: {
      standardDeviation: Math.sqrt(FIXTURE_COVARIANCE[24]!),
      rSquaredAncova: interval(rSquaredAncova),
      rSquaredWithScore: interval(rSquaredWithScore),
    },
    gainClaimed: rSquaredWithScore > rSquaredAncova,
  };
  return { ...model, evaluation: { ...model.evaluation, gain: [gain] } };
}

function defaultsOf(model: FrozenModel) {
  const sizing = sizeControlArm(defaultSizingSpec({ model, targetEffect: -3 }));
  return { sizing, spec: defaultSimulationSpec({ sizing, model, seed: 4 }) };
}

describe("the sizing a study begins with", () => {
  it("takes SD, R² and covariates from the model and marks the source of every input", () => {
    const { sizing } = defaultsOf(evaluated(0.25, 0.35));
    expect(sizing.spec.standardDeviation).toMatchObject({ source: "derived" });
    expect(sizing.spec.rSquaredAncova).toMatchObject({ value: 0.25, source: "derived" });
    expect(sizing.spec.effect).toMatchObject({ value: -3, source: "user" });
    expect(sizing.spec.oneSidedAlpha).toMatchObject({ value: 0.025, source: "default" });
    expect(sizing.spec.covariatesInAncova.value).toBe(2);
  });

  it("marks an effect that nobody has stated as a default, and says that its sizes mean nothing yet", () => {
    const model = evaluated(0.25, 0.35);
    const spec = defaultSizingSpec({ model, targetEffect: -1, targetEffectSource: "default" });
    expect(spec.effect).toMatchObject({ value: -1, source: "default" });
    expect(sizeControlArm(spec).diagnostics.map(({ code }) => code)).toContain("effect-is-default");
    expect(defaultsOf(model).sizing.diagnostics.map(({ code }) => code)).not.toContain("effect-is-default");
  });

  it("enters a negative out-of-fold R² as 0 and says what was measured", () => {
    const spec = defaultSizingSpec({ model: evaluated(-0.04, -0.02), targetEffect: -3 });
    expect(spec.rSquaredAncova.value).toBe(0);
    expect(spec.rSquaredAncova.note).toContain("-0.040");
    expect(() => sizeControlArm(spec)).not.toThrow();
  });

  it("refuses an endpoint and visit that were never evaluated", () => {
    expect(() => defaultSizingSpec({ model: frozenModel(FIXTURE_COVARIANCE), targetEffect: -3 })).toThrow(DomainError);
  });
});

describe("the simulation a study begins with", () => {
  it("is admissible in every cell and covers null, target, half and drift", () => {
    const model = evaluated(0.25, 0.35);
    const { spec } = defaultsOf(model);
    expect(() => simulationSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).not.toThrow();
    for (let cell = 0; cell < spec.designs.length * spec.scenarios.length; cell++)
      expect(() => prepareCell(spec, model, cell)).not.toThrow();
    expect(new Set(spec.scenarios.map(({ id }) => id)).size).toBe(spec.scenarios.length);
    expect(spec.scenarios.filter(({ effect }) => effect === 0)).toHaveLength(5);
    expect(spec.scenarios.find(({ id }) => id === "half")!.effect).toBe(-1.5);
  });

  it("uses the randomised sizes of the sizing and inflates sequential designs", () => {
    const { sizing, spec } = defaultsOf(evaluated(0.25, 0.35));
    const withScore = sizing.rows.find(({ analysis }) => analysis === "ancova-with-score")!.enrolled;
    const fixed = spec.designs.find(({ id }) => id === "fixed-ancova-score")!;
    expect([fixed.experimental, fixed.control]).toEqual([withScore.experimental, withScore.control]);
    expect(spec.designs.find(({ id }) => id === "three-look")!.control).toBeGreaterThan(fixed.control);
  });

  it("gives the score the information it had out of fold, and none when it had no gain", () => {
    const model = evaluated(0.25, 0.3);
    const information = outOfFoldScoreInformation(model, { endpointId: "score", visitId: "year1" });
    const law = patientLaw({ endpointId: "score", visitId: "year1" }, { kind: "fitted-model" }, model);
    const own = law.scoreOwnSd ** 2;
    expect((information ** 2 * own) / (own + law.residualSd ** 2)).toBeCloseTo(0.05 / 0.75, 10);
    expect(defaultsOf(model).spec.scenarios.find(({ id }) => id === "target")!.drift.scoreInformation).toBe(
      information,
    );
    expect(
      defaultsOf(evaluated(0.3, 0.25)).spec.scenarios.find(({ id }) => id === "target")!.drift.scoreInformation,
    ).toBe(0);
  });

  it.each([
    ["a margin", { margin: { value: 0.5, source: "user", note: "" } }, /sizing\.margin .* received 0\.5/],
    ["a run-in", { runIn: { visits: 1, lastVisit: "Month 6", treatedDays: 180 } }, /sizing\.runIn .* Month 6/],
  ] as const)("refuses a sizing with %s, and warns where its designs are simulated", (_what, change, sentence) => {
    const model = evaluated(0.25, 0.35);
    const spec = { ...defaultSizingSpec({ model, targetEffect: -3 }), ...change };
    const sizing = sizeControlArm({ ...spec, margin: { ...spec.margin } });
    expect(() => defaultSimulationSpec({ sizing, model, seed: 1 })).toThrow(sentence);
    expect(planOutsideSimulation(sizing)).toMatchObject([{ severity: "warning" }]);
  });

  it("has nothing to say of a plan that the simulation follows", () => {
    expect(planOutsideSimulation(defaultsOf(evaluated(0.25, 0.35)).sizing)).toEqual([]);
    const { sizing } = defaultsOf(evaluated(0.25, 0.35));
    const without = { ...sizing.spec, runIn: { visits: 0, lastVisit: "", treatedDays: 365 } };
    expect(planOutsideSimulation({ spec: without })).toEqual([]);
  });

  it("needs no model when the direction of benefit and the day are given", () => {
    const { sizing } = defaultsOf(evaluated(0.25, 0.35));
    const spec = defaultSimulationSpec({ sizing, model: null, seed: 1, benefit: "lower-is-better", primaryDay: 365 });
    expect(spec.scenarios[0]!.generator.kind).toBe("parametric");
    expect(() => prepareCell(spec, null, 0)).not.toThrow();
    expect(() => defaultSimulationSpec({ sizing, model: null, seed: 1 })).toThrow(DomainError);
  });
});

it("simulates a binary, ordinal or count endpoint by the parametric law of its sizing, and says so", () => {
  const continuous = evaluated(0.25, 0.35);
  const [endpoint, ...others] = continuous.endpoints;
  const model: FrozenModel = {
    ...continuous,
    endpoints: [{ ...endpoint!, outcome: { type: "count" } }, ...others],
  };
  const { sizing } = defaultsOf(continuous);
  const spec = { ...defaultSimulationSpec({ sizing, model, seed: 4 }), replicates: 20 };
  const { standardDeviation } = sizing.spec;
  for (const { generator, drift } of spec.scenarios) {
    expect(generator).toMatchObject({ kind: "parametric", standardDeviation: standardDeviation.value });
    expect([0, Math.SQRT1_2, 1]).toContain(drift.scoreInformation);
  }
  const tallies = Array.from({ length: cellCount(spec) }, (_, cell) => simulateChunk(spec, model, cell, 0, 20));
  const { diagnostics } = summarizeSimulation(spec, model, tallies);
  expect(diagnostics.map(({ code }) => code)).toContain("normal-approximation");
});
