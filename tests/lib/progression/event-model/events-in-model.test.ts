import { describe, expect, test } from "vitest";
import { parseFrozenModel } from "../../../../lib/progression/frozen-model.ts";
import { modelCard } from "../../../../lib/progression/model-card.ts";
import { trainProgressionModel } from "../../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../../lib/twins/generate-twins.ts";
import { adtwind } from "../../../../lib/twins/twin-tables.ts";
import { updatedForecast } from "../../../../lib/twins/updated-forecast.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../simulated-history.ts";
import { chances, eventfulHistory } from "./eventful-history.ts";

const data = eventfulHistory(500, 12);
const training = trainingFor(data, { bootstrapReplicates: 200 });
const request = { data, dataHash: "d", name: "eventful" };
const model = trainProgressionModel({ ...request, training });
const V = data.visits.length;

describe("a model of a history with events", () => {
  test("holds the event model and its calibration, and survives a file", () => {
    expect(parseFrozenModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
    expect(model.events?.parameters.kinds.map(({ event }) => event)).toEqual([
      { source: "event", kind: "death" },
      { source: "dropout" },
    ]);
    const { events } = modelCard(model);
    expect(events?.kinds.map(({ kind }) => kind)).toEqual(["death", "dropout"]);
    for (const row of events?.calibration?.rows ?? []) {
      expect(Math.abs(row.observed - row.expected)).toBeLessThan(4 * row.standardDeviation);
    }
  });

  test("gives every twin chances that add up to 1 and follow the truth at the first visit", () => {
    const { twins } = generateTwins({ model, data, dataHash: "d" });
    let error = 0;
    for (const [i, twin] of twins.entries()) {
      const { eventFree, incidence } = twin.events!;
      for (let v = 0; v < V; v++) {
        const sum = incidence.reduce((total, { cumulative }) => total + cumulative[v]!, eventFree[v]!);
        expect(sum).toBeCloseTo(1, 9);
        if (v > 0) expect(eventFree[v]!).toBeLessThanOrEqual(eventFree[v - 1]!);
      }
      const { baseline, covariates } = data.patients[i]!;
      const x = covariates[0];
      if (typeof x !== "number") continue;
      const [death] = chances(baseline[0]!, x);
      error += Math.abs(incidence[0]!.cumulative[0]! - death) / twins.length;
    }
    // The average chance is about 0.11; the standard error of a fitted one about 0.015.
    expect(error).toBeLessThan(0.03);
  });

  test("gives drawn courses an end as often as their chances say, on days inside the follow-up", () => {
    const few = { ...data, patients: data.patients.slice(0, 12) };
    const twins = generateTwins({ model, data: few, dataHash: "d" });
    const draws = 800;
    const table = adtwind({ model, data: few, twins, draws, seed: 3 });
    const column = (name: string) => table.columns.find((each) => each.name === name)!.values;
    const [event, day] = [column("EVENT"), column("EVENTDY")];
    twins.twins.forEach(({ events }, i) => {
      let deaths = 0;
      for (let r = 0; r < draws; r++) {
        const row = (i * draws + r) * V;
        if (event[row] === "death") deaths++;
        expect(event[row] === "").toBe(Number.isNaN(day[row] as number));
        if (event[row] !== "") expect(day[row]).toBeGreaterThan(0);
        expect(day[row] as number).not.toBeGreaterThan(365 * V);
      }
      const expected = events!.incidence[0]!.cumulative[V - 1]!;
      const mcse = Math.sqrt((expected * (1 - expected)) / draws + events!.standardError[V - 1]! ** 2);
      expect(Math.abs(deaths / draws - expected)).toBeLessThan(4.5 * mcse);
    });
  });

  test("knows that a patient seen at a visit was event-free until then", () => {
    const patient = data.patients.find(({ outcomes }) => outcomes[0]!.every((cell) => "value" in cell))!;
    const at = (v: number) =>
      updatedForecast({ model, data, patientId: patient.id, throughVisitId: data.visits[v]!.id }).events!;
    expect(at(1).eventFree.slice(0, 2)).toEqual([1, 1]);
    expect(at(1).eventFree[2]!).toBeLessThan(1);
    expect(at(2).eventFree[3]!).toBeGreaterThan(at(1).eventFree[3]!);
  });

  test("can be trained without events, and says so when there are too few to learn from", () => {
    const without = trainProgressionModel({ ...request, training: { ...training, events: "ignore" } });
    expect(without.events).toBeUndefined();
    expect(without.evaluation).toEqual(model.evaluation);
    const lonely = simulatedHistory({ ...DEFAULT_LAW, dropout: 0, sporadic: 0 }, 4);
    const [first, ...others] = lonely.patients;
    const rare = { ...lonely, patients: [{ ...first!, events: [{ kind: "death", day: 400 }] }, ...others] };
    const found = trainProgressionModel({ ...request, data: rare, training: trainingFor(rare) });
    expect(found.events).toBeUndefined();
    expect(found.diagnostics).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/Too few events.*death, dropout/) }),
    );
  });

  test("learns dropout alone where nothing is recorded, when asked to", () => {
    const quiet = simulatedHistory({ ...DEFAULT_LAW, patients: 150, dropout: 0.12 }, 6);
    const spec = trainingFor(quiet, { bootstrapReplicates: 200 });
    expect(trainProgressionModel({ ...request, data: quiet, training: spec }).events).toBeUndefined();
    const asked = trainProgressionModel({ ...request, data: quiet, training: { ...spec, events: "learn" } });
    expect(asked.events?.parameters.kinds.map(({ event }) => event)).toEqual([{ source: "dropout" }]);
  });
});
