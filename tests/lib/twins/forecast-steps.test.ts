import { describe, expect, test } from "vitest";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { forecastSteps, forecastStepsSchema } from "../../../lib/twins/forecast-steps.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { updatedForecast } from "../../../lib/twins/updated-forecast.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../progression/simulated-history.ts";

const law = { ...DEFAULT_LAW, patients: 120, endpoints: 2 };
const history = simulatedHistory(law, 1);
const data = simulatedHistory({ ...law, patients: 12 }, 2, "enrolled");

describe.each([
  ["the Gaussian joint model", ["gaussian-joint"] as const],
  ["a stack", ["gaussian-joint", "mixed-effects", "boosted-transition"] as const],
])("what each visit changed, by %s", (_, members) => {
  const training = trainingFor(history, { folds: 2, bootstrapReplicates: 200, members: [...members] });
  const model = trainProgressionModel({ data: history, dataHash: "a", training, name: "m" });
  const twins = generateTwins({ model, data, dataHash: "b" });
  const e = model.endpoints.findIndex(({ id }) => id === training.primary.endpointId);
  const v = model.visits.findIndex(({ id }) => id === training.primary.visitId);

  test("begins with the twin and ends with the updated forecast; changes sum to the difference", () => {
    let seen = 0;
    data.patients.forEach((patient, i) => {
      const { steps } = forecastStepsSchema.parse(forecastSteps({ model, data, patientId: patient.id }));
      expect(steps[0]).toMatchObject({
        visitId: null,
        mean: twins.twins[i]!.prognosticScore,
        standardDeviation: twins.twins[i]!.standardDeviation[e]![v],
      });
      steps.slice(1).forEach((step, k) => {
        const change = step.added.reduce((sum, value) => sum + value.change, 0);
        expect(Math.abs(change - (step.mean - steps[k]!.mean))).toBeLessThan(1e-8);
        const forecast = updatedForecast({ model, data, patientId: patient.id, throughVisitId: step.visitId ?? "" });
        expect(step.mean).toBeCloseTo(forecast.mean[e]![v]!, 10);
        expect(step.standardDeviation).toBeCloseTo(forecast.standardDeviation[e]![v]!, 10);
        seen += step.added.length;
      });
    });
    expect(seen).toBeGreaterThan(20);
  });
});

test("a patient who is not there is refused with what to do", () => {
  const training = trainingFor(history, { folds: 2, bootstrapReplicates: 200 });
  const model = trainProgressionModel({ data: history, dataHash: "a", training, name: "m" });
  expect(() => forecastSteps({ model, data, patientId: "nobody" })).toThrow(/must be a patient of the data set/);
});
