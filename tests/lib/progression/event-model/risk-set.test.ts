import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { EventKind } from "../../../../lib/progression/event-model/event-parameters.ts";
import { fitPenalisedLogistic } from "../../../../lib/progression/event-model/penalised-logistic.ts";
import { riskSet } from "../../../../lib/progression/event-model/risk-set.ts";
import { learnableKinds, trainEventModel } from "../../../../lib/progression/event-model/train-event-model.ts";
import { memberTraining } from "../transition/member-training.ts";
import { eventfulHistory } from "./eventful-history.ts";

const DEATH: EventKind = { source: "event", kind: "death" };
const DROPOUT: EventKind = { source: "dropout" };

interface Story {
  readonly seen: readonly (number | null)[];
  readonly death?: number;
  readonly transplant?: number;
  readonly lastContact?: number;
}

/** Four yearly visits with windows of ± 20 days. */
function dataOf(stories: readonly Story[]): LongDataSet {
  const base = eventfulHistory(stories.length, 1);
  return {
    ...base,
    patients: base.patients.map((patient, i) => {
      const { seen, death, transplant, lastContact } = stories[i]!;
      return {
        ...patient,
        baseline: [10],
        outcomes: [
          [0, 1, 2, 3].map((v) => {
            const value = seen[v] ?? null;
            return value === null ? { missing: "not-measured" as const } : { value, day: 365 * (v + 1) - 5 };
          }),
        ],
        events: [
          ...(transplant === undefined ? [] : [{ kind: "transplant", day: transplant }]),
          ...(death === undefined ? [] : [{ kind: "death", day: death }]),
        ].sort((a, b) => a.day - b.day),
        lastContactDay: lastContact ?? null,
      };
    }),
  };
}

function intervalsOf(stories: readonly Story[], kinds: EventKind[], ends: number[] | null = null) {
  const table = subjectTable(dataOf(stories));
  const risk = riskSet(table, table.baseline, kinds, ends === null ? null : Float64Array.from(ends));
  return {
    ...risk,
    rows: stories.map((_, i) =>
      Array.from(risk.patient, (patient, r) => ({ patient, r }))
        .filter(({ patient }) => patient === i)
        .map(({ r }) => risk.outcome[r]!),
    ),
  };
}

describe("risk set", () => {
  test("a death ends the course in its interval, with the last value seen before it", () => {
    const { rows, lastValues, endDay } = intervalsOf([{ seen: [11, null], death: 800 }], [DEATH, DROPOUT]);
    expect(rows).toEqual([[-1, -1, 0]]);
    expect(Array.from(lastValues)).toEqual([10, 11, 11]);
    expect(endDay[0]).toBe(800);
  });

  test("somebody who is not seen again has dropped out; seen inside the last window is not", () => {
    const { rows } = intervalsOf([{ seen: [1, 2] }, { seen: [1, 2, 3, 4] }], [DEATH, DROPOUT].slice(1));
    expect(rows).toEqual([
      [-1, -1, 0],
      [-1, -1, -1, -1],
    ]);
  });

  test("a missed visit is no dropout while follow-up goes on, with or without later values", () => {
    const { rows } = intervalsOf([{ seen: [1, null, 3, 4] }, { seen: [1], lastContact: 1500 }], [DROPOUT]);
    expect(rows).toEqual([
      [-1, -1, -1, -1],
      [-1, -1, -1, -1],
    ]);
  });

  test("without dropout among the kinds, and after an event that was not asked for, patients are censored", () => {
    expect(intervalsOf([{ seen: [1, 2] }, { seen: [1, 2, 3], death: 1300 }], [DEATH]).rows).toEqual([
      [-1, -1],
      [-1, -1, -1, 0],
    ]);
    const transplanted = [
      { seen: [1, 2], transplant: 900 },
      { seen: [], death: 20 },
    ];
    expect(intervalsOf(transplanted, [DEATH, DROPOUT]).rows).toEqual([[-1, -1], [0]]);
  });

  test("a patient whom the end of the study cut off did not drop out", () => {
    expect(intervalsOf([{ seen: [1, 2] }, { seen: [1, 2] }], [DROPOUT], [735, Number.NaN]).rows).toEqual([
      [-1, -1],
      [-1, -1, 0],
    ]);
  });

  test("the earlier of two events counts; an event before day 1 means never at risk", () => {
    const kinds: EventKind[] = [DEATH, { source: "event", kind: "transplant" }];
    const { rows, neverAtRisk } = intervalsOf(
      [
        { seen: [1], death: 700, transplant: 500 },
        { seen: [], death: 0 },
      ],
      kinds,
    );
    expect(rows).toEqual([[-1, 1], []]);
    expect(neverAtRisk).toBe(1);
  });

  test("unknown kinds, kinds named twice and kinds with hardly any event are refused", () => {
    expect(() => intervalsOf([{ seen: [1] }], [{ source: "event", kind: "stroke" }])).toThrow(/stroke/);
    expect(() => intervalsOf([{ seen: [1] }], [DROPOUT, DROPOUT])).toThrow(/each once/);
    const few = memberTraining(eventfulHistory(20, 4));
    const rare = few.table.eventKinds.length > 0 ? [DEATH] : [DROPOUT];
    const scarce = {
      ...few,
      table: { ...few.table, eventDays: few.table.eventDays.map((day, i) => (i > 6 ? Number.NaN : day)) },
    };
    expect(() => trainEventModel(scarce, rare, { followUpEnds: null }, createRng(1))).toThrow(/at least 5 events/);
    expect(learnableKinds(scarce, rare, { followUpEnds: null })).toEqual([]);
    const many = memberTraining(eventfulHistory(200, 4));
    expect(learnableKinds(many, [DEATH, DROPOUT], { followUpEnds: null })).toEqual([DEATH, DROPOUT]);
  });
});

describe("penalised logistic regression", () => {
  const rng = createRng(6);
  const rows = 300;
  const design = Float64Array.from({ length: rows * 3 }, (_, k) => (k % 3 === 0 ? 1 : rng.normal()));
  const response = Uint8Array.from({ length: rows }, (_, r) =>
    rng.uniform() < 1 / (1 + Math.exp(1 - design[r * 3 + 1]!)) ? 1 : 0,
  );
  const data = {
    rows,
    columns: 3,
    design,
    response,
    weights: Float64Array.from({ length: rows }, (_, r) => 0.5 + (r % 2)),
    offset: Float64Array.from({ length: rows }, (_, r) => 0.1 * (r % 5)),
    priorMean: Float64Array.from([-1, 0, 0]),
    priorPrecision: Float64Array.from([0.01, -1, 2]),
  };

  test("stands where the slope of the posterior is zero", () => {
    const b = fitPenalisedLogistic(data, 7, null, data.priorMean);
    const precision = [0.01, 7, 2];
    for (let j = 0; j < 3; j++) {
      let slope = -precision[j]! * (b[j]! - data.priorMean[j]!);
      for (let r = 0; r < rows; r++) {
        const eta = data.offset[r]! + b[0]! * design[r * 3]! + b[1]! * design[r * 3 + 1]! + b[2]! * design[r * 3 + 2]!;
        slope += data.weights[r]! * design[r * 3 + j]! * (response[r]! - 1 / (1 + Math.exp(-eta)));
      }
      expect(Math.abs(slope)).toBeLessThan(1e-7);
    }
  });

  test("is finite when a column separates the events, and pulled to its prior by a strong penalty", () => {
    const separated = {
      ...data,
      response: Uint8Array.from({ length: rows }, (_, r) => (design[r * 3 + 1]! > 0 ? 1 : 0)),
    };
    const loose = fitPenalisedLogistic(separated, 0.1, null, data.priorMean);
    expect(loose.every(Number.isFinite)).toBe(true);
    expect(Math.abs(fitPenalisedLogistic(separated, 1e6, null, data.priorMean)[1]!)).toBeLessThan(1e-3);
  });
});
