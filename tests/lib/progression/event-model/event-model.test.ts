import { describe, expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { calibrateEvents } from "../../../../lib/progression/event-model/event-calibration.ts";
import { openEventModel } from "../../../../lib/progression/event-model/event-model.ts";
import {
  type EventKind,
  type EventParameters,
  eventParametersSchema,
} from "../../../../lib/progression/event-model/event-parameters.ts";
import { trainEventModel } from "../../../../lib/progression/event-model/train-event-model.ts";
import type { MemberModel } from "../../../../lib/progression/member.ts";
import { ridgeTransitionMember } from "../../../../lib/progression/transition/ridge-transition-member.ts";
import { historyOf, memberTraining } from "../transition/member-training.ts";
import { chances, eventfulHistory, TRUTH } from "./eventful-history.ts";

const KINDS: EventKind[] = [{ source: "event", kind: "death" }, { source: "dropout" }];
const OPTIONS = { followUpEnds: null };
const training = memberTraining(eventfulHistory(2000, 3));
const parameters = trainEventModel(training, KINDS, OPTIONS, createRng(1));
const model = openEventModel(parameters);
const course = ridgeTransitionMember.open(ridgeTransitionMember.train(training, {}, createRng(1), () => {}));
const V = 4;

describe("hazards of competing events", () => {
  test("the law they were simulated from is recovered", () => {
    const [death, dropout] = parameters.kinds;
    const perFive = 5 / parameters.endpoints[0]!.scale;
    const xScale = parameters.covariates.find((column) => column.feature === 1)!.scale;
    // Standard errors: about 0.06 of the coefficients on these numbers of events.
    expect(death!.lastValues[0]! * perFive).toBeCloseTo(TRUTH.death.last, 0);
    expect(Math.abs(death!.lastValues[0]! * perFive - TRUTH.death.last)).toBeLessThan(0.2);
    expect(Math.abs(dropout!.lastValues[0]! * perFive - TRUTH.dropout.last)).toBeLessThan(0.2);
    expect(Math.abs(death!.covariates[0]! / xScale - TRUTH.death.x)).toBeLessThan(0.25);
    expect(Math.abs(dropout!.covariates[0]! / xScale - TRUTH.dropout.x)).toBeLessThan(0.25);
    let [error, count] = [0, 0];
    for (let i = 0; i < 300; i++) {
      const history = historyOf(training, i);
      const [pDeath, pDropout] = chances(history.features[0]!, history.features[1]!);
      const found = model.hazard(history, 0);
      error += Math.abs(found[0]! - pDeath) + Math.abs(found[1]! - pDropout);
      count += 2;
    }
    expect(error / count).toBeLessThan(0.012);
  });

  test("out of fold, observed events agree with expected ones and the order of risk is found", () => {
    const { rows, concordance } = calibrateEvents({ training, kinds: KINDS, options: OPTIONS, folds: 4 }, createRng(2));
    expect(rows).toHaveLength(2 * V);
    for (const row of rows) {
      expect(Math.abs(row.observed - row.expected)).toBeLessThan(4 * row.standardDeviation);
    }
    const deaths = rows.filter((row) => row.kind === "death").reduce((sum, row) => sum + row.observed, 0);
    expect(deaths).toBe(training.table.eventDays.filter((day) => day <= 4 * 365).length);
    expect(concordance.map(({ kind }) => kind)).toEqual(["death", "dropout"]);
    expect(concordance[0]!.estimate).toBeGreaterThan(0.68);
    expect(concordance[1]!.estimate).toBeGreaterThan(0.58);
  });

  test("the parameters survive JSON and their schema; the same seed gives the same parameters", () => {
    expect(eventParametersSchema.parse(JSON.parse(JSON.stringify(parameters)))).toEqual(parameters);
    expect(trainEventModel(training, KINDS, OPTIONS, createRng(1))).toEqual(parameters);
  });
});

describe("events along the course", () => {
  test("event-free chance and cumulative incidences add up to 1 at every visit, and only fall and rise", () => {
    for (let i = 0; i < 10; i++) {
      const { eventFree, cumulativeIncidence } = model.eventFreeProbabilities(course, historyOf(training, i));
      for (let v = 0; v < V; v++) {
        expect(eventFree[v]! + cumulativeIncidence[v]! + cumulativeIncidence[V + v]!).toBeCloseTo(1, 10);
        if (v > 0) expect(eventFree[v]!).toBeLessThan(eventFree[v - 1]!);
      }
    }
  });

  test("where the course is certain, the chance is the product of the hazards, without Monte Carlo error", () => {
    const path = [22, 25, 27, 30];
    const certain: MemberModel = {
      ...course,
      drawTrajectories: (_history, count, _rng, into) => {
        for (let r = 0; r < count; r++) into.set(path, r * V);
      },
    };
    const history = historyOf(training, 5);
    const { eventFree, standardError } = model.eventFreeProbabilities(certain, history);
    let alive = 1;
    for (let v = 0; v < V; v++) {
      const seen = { ...history, observed: Float64Array.from(path, (value, w) => (w < v ? value : Number.NaN)) };
      alive *= 1 - model.hazard(seen, v).reduce((sum, chance) => sum + chance, 0);
      expect(eventFree[v]).toBeCloseTo(alive, 12);
      expect(standardError[v]).toBeLessThan(1e-12);
    }
  });

  test("drawn events agree with the stated chances within their errors, and end the course on their day", () => {
    const history = historyOf(training, 7);
    const count = 20_000;
    const trajectories = new Float64Array(count * V);
    course.drawTrajectories(history, count, createRng(5), trajectories);
    const { kind, day } = model.drawEvents(history, trajectories, count, createRng(6));
    const { eventFree, cumulativeIncidence, standardError } = model.eventFreeProbabilities(course, history);
    for (let v = 0; v < V; v++) {
      const end = parameters.plannedDays[v]!;
      const free = day.filter((each) => !(each <= end)).length / count;
      expect(Math.abs(free - eventFree[v]!)).toBeLessThan(4 * (standardError[v]! + 0.5 / Math.sqrt(count)));
      const deaths = day.filter((each, r) => kind[r] === 0 && each <= end).length / count;
      expect(Math.abs(deaths - cumulativeIncidence[v]!)).toBeLessThan(4 * (standardError[v]! + 0.5 / Math.sqrt(count)));
    }
    for (let r = 0; r < 500; r++) {
      for (let v = 0; v < V; v++) {
        expect(Number.isNaN(trajectories[r * V + v]!)).toBe(day[r]! <= parameters.plannedDays[v]!);
      }
      expect(Number.isNaN(day[r]!)).toBe(kind[r] === -1);
    }
  });

  test("a patient seen at a visit was event-free until then", () => {
    const i = Array.from({ length: 50 }, (_, k) => k).find((k) => !Number.isNaN(training.table.outcomes[k * V + 1]!))!;
    const history = historyOf(training, i, 2);
    const { eventFree } = model.eventFreeProbabilities(course, history);
    expect(eventFree[0]).toBe(1);
    expect(eventFree[1]).toBe(1);
    expect(eventFree[2]!).toBeLessThan(1);
    const trajectories = new Float64Array(200 * V);
    course.drawTrajectories(history, 200, createRng(1), trajectories);
    const { day } = model.drawEvents(history, trajectories, 200, createRng(2));
    for (const each of day) expect(Number.isNaN(each) || each > parameters.plannedDays[1]!).toBe(true);
  });

  test("a higher twin dies more: the chances follow the course, not the baseline alone", () => {
    const history = historyOf(training, 7);
    const rising: MemberModel = shifted(course, 6);
    const lower = model.eventFreeProbabilities(course, history).eventFree;
    const higher = model.eventFreeProbabilities(rising, history).eventFree;
    expect(higher[0]).toBeCloseTo(lower[0]!, 12);
    expect(higher[3]!).toBeLessThan(lower[3]! - 0.02);
  });
});

describe("dropout that depends on the hidden value", () => {
  const history = historyOf(training, 4);

  test("d = 0 is missing at random; d > 0 makes high courses leave and spares low ones", () => {
    const none = openEventModel(parameters, { endpoint: 0, logOddsPerDeviation: 0 });
    expect(Array.from(none.hazard(history, 1, 35))).toEqual(Array.from(model.hazard(history, 1)));
    const strong = openEventModel(parameters, { endpoint: 0, logOddsPerDeviation: 1 });
    expect(strong.hazard(history, 1, 35)[1]!).toBeGreaterThan(model.hazard(history, 1)[1]!);
    expect(strong.hazard(history, 1, 10)[1]!).toBeLessThan(model.hazard(history, 1)[1]!);
    expect(Array.from(strong.hazard(history, 1))).toEqual(Array.from(model.hazard(history, 1)));
  });

  test("the log odds of dropout against staying move by d per SD of the current value", () => {
    const strong = openEventModel(parameters, { endpoint: 0, logOddsPerDeviation: 0.7 });
    const logOdds = (current: number) => {
      const [death, dropout] = strong.hazard(history, 2, current);
      return Math.log(dropout! / (1 - death! - dropout!));
    };
    expect(logOdds(20 + parameters.endpoints[0]!.scale) - logOdds(20)).toBeCloseTo(0.7, 10);
  });

  test("under d > 0 the courses that stay are lower than those drawn", () => {
    const strong = openEventModel(parameters, { endpoint: 0, logOddsPerDeviation: 2 });
    const count = 4000;
    const trajectories = new Float64Array(count * V);
    course.drawTrajectories(history, count, createRng(9), trajectories);
    const all = meanOf(trajectories, 0);
    strong.drawEvents(history, trajectories, count, createRng(10));
    expect(meanOf(trajectories, 0)).toBeLessThan(all - 0.1);
  });

  test("it needs dropout among the kinds", () => {
    const deaths: EventParameters = { ...parameters, kinds: [parameters.kinds[0]!] };
    expect(() => openEventModel(deaths, { endpoint: 0, logOddsPerDeviation: 1 })).toThrow(/needs dropout/);
    expect(() => openEventModel(parameters, { endpoint: 3, logOddsPerDeviation: 1 })).toThrow(
      /position of an endpoint/,
    );
  });
});

function shifted(member: MemberModel, by: number): MemberModel {
  return {
    ...member,
    drawTrajectories: (history, count, rng, into) => {
      member.drawTrajectories(history, count, rng, into);
      for (let k = 0; k < count * V; k++) into[k]! += by;
    },
  };
}

function meanOf(trajectories: Float64Array, v: number): number {
  let [sum, count] = [0, 0];
  for (let at = v; at < trajectories.length; at += V) {
    if (Number.isNaN(trajectories[at]!)) continue;
    sum += trajectories[at]!;
    count++;
  }
  return sum / count;
}
