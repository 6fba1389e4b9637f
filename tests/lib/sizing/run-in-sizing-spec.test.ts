import { expect, test } from "vitest";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { runInSizingSpec } from "../../../lib/sizing/run-in-sizing-spec.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../progression/simulated-history.ts";
import { FIXTURE_COVARIANCE, frozenModel } from "../simulation/simulation-fixtures.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 150 }, 12);
const model = trainProgressionModel({ data, dataHash: "d", name: "history", training: trainingFor(data) });
const request = { model, targetEffect: -2 };

test("a run-in enters the figures found with it, and the trial becomes smaller", () => {
  const row = model.evaluation.runIn.find(({ runInVisits, visitId }) => runInVisits === 2 && visitId === "visit3")!;
  const spec = runInSizingSpec(request, 2);
  expect(spec.rSquaredAncova.value).toBe(row.variance.rSquaredAncova.value);
  expect(spec.rSquaredWithScore.value).toBe(row.variance.rSquaredWithScore.value);
  expect(spec.rSquaredWithScore.note).toMatch(/run-in to Visit 2/);
  expect(spec.rSquaredWithScoreLimits!.lower).toBeLessThanOrEqual(spec.rSquaredWithScore.value);
  expect(spec.rSquaredWithScoreLimits!.upper).toBeGreaterThanOrEqual(spec.rSquaredWithScore.value);
  expect(spec.rSquaredAncova.value).toBeGreaterThan(defaultSizingSpec(request).rSquaredAncova.value);
  expect(sizeControlArm(spec).spec).toEqual(spec);
});

test("every plan shows the sizes of trials without and with a run-in, the same as those trials have themselves", () => {
  const plan = { ...defaultSizingSpec(request), power: { value: 0.8, source: "user" as const, note: "" } };
  const shown = sizeControlArm(plan).runIn!;
  expect(shown.map(({ visits, treatedDays }) => [visits, treatedDays])).toEqual(
    [0, 1, 2].map((k) => [k, model.visits[2]!.targetDay - (k === 0 ? 0 : model.visits[k - 1]!.targetDay)]),
  );
  for (const { visits, rows } of shown) {
    const own = visits === 0 ? plan : { ...runInSizingSpec(request, visits), power: plan.power };
    const result = sizeControlArm(own);
    expect(rows.map(({ total, control, enrolled }) => [total, control, enrolled])).toEqual(
      result.rows.map(({ total, control, enrolled }) => [total, control, enrolled]),
    );
    expect(result.diagnostics.some(({ code }) => code === "run-in-assumptions")).toBe(visits > 0);
    expect(result.protocolText.includes("after a run-in")).toBe(visits > 0);
  }
});

test("an option that no trial can have is refused by name", () => {
  const spec = defaultSizingSpec(request);
  const [first, ...rest] = spec.runInOptions!;
  const broken = { ...first!, standardDeviation: { ...first!.standardDeviation, value: 0 } };
  expect(() => sizeControlArm({ ...spec, runInOptions: [broken, ...rest] })).toThrow(/runInOptions\.0\.standardDev/);
});

test("a run-in without figures is refused: no such visit, or a model of format 1", () => {
  expect(() => runInSizingSpec(request, 3)).toThrow(/1 or 2 visits, all before that one/);
  expect(() => runInSizingSpec({ ...request, primary: { endpointId: "score1", visitId: "visit1" } }, 1)).toThrow(
    /1 or 2 visits/,
  );
  const older = frozenModel(FIXTURE_COVARIANCE);
  expect(() => runInSizingSpec({ model: older, targetEffect: -2 }, 1)).toThrow();
});
