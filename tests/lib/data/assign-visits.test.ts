import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastByDay, nearestToTarget, visitOfDay } from "../../../lib/data/assign-visits.ts";
import type { Measurement } from "../../../lib/data/measurement.ts";
import { missingReason } from "../../../lib/data/missing-cell.ts";
import { daysFromZero } from "../../../lib/data/study-day.ts";
import type { PlannedVisit } from "../../../lib/trial/visit-schedule.ts";

const visit = (id: string, targetDay: number, windowFrom: number, windowTo: number): PlannedVisit => ({
  id,
  label: id,
  targetDay,
  windowFrom,
  windowTo,
});
const measured = (day: number | null, value = 1, row = 0): Measurement => ({
  row,
  day,
  visitId: null,
  baseline: null,
  content: { kind: "measured", value },
});

describe("which visit a day belongs to", () => {
  const visits = [visit("week4", 28, 15, 45), visit("week8", 56, 40, 70)];
  test.each([
    [14, null],
    [15, "week4"],
    [42, "week4"],
    [43, "week8"],
    [70, "week8"],
    [71, null],
  ])("day %d", (day, id) => expect(visitOfDay(day, visits)?.id ?? null).toBe(id));

  test("a day chosen for a visit lies in its window, and no visit whose window holds it is nearer, or as near and earlier", () => {
    const schedule = fc
      .uniqueArray(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 6 })
      .chain((targets) =>
        fc.tuple(
          ...targets
            .sort((a, b) => a - b)
            .map((target, index) =>
              fc
                .tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 90 }))
                .map(([before, after]) => visit(`v${index}`, target, target - before, target + after)),
            ),
        ),
      );
    fc.assert(
      fc.property(schedule, fc.integer({ min: -10, max: 900 }), (visits, day) => {
        const holding = visits.filter((each) => each.windowFrom <= day && day <= each.windowTo);
        const chosen = visitOfDay(day, visits);
        if (holding.length === 0) expect(chosen).toBeNull();
        else {
          const nearest = Math.min(...holding.map((each) => Math.abs(day - each.targetDay)));
          expect(chosen?.id).toBe(holding.find((each) => Math.abs(day - each.targetDay) === nearest)?.id);
        }
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });
});

describe("which measurement counts", () => {
  test("the nearest to the target, of two equally near the earlier, whatever the order of the records", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 200 }),
        (days, target) => {
          const choice = nearestToTarget(
            days.map((day) => measured(day)),
            target,
          );
          const expected = [...days].sort((a, b) => Math.abs(a - target) - Math.abs(b - target) || a - b)[0];
          expect(choice?.chosen.day).toBe(expected);
          expect(choice?.ties).toEqual([]);
        },
      ),
      { seed: 20261122, numRuns: 500 },
    );
  });
  test("the last on or before time zero is the baseline", () =>
    expect(lastByDay([measured(-14), measured(0), measured(-3)])?.chosen.day).toBe(0));
  test("records without a day, and records of the same day, tie", () => {
    expect(nearestToTarget([measured(null, 1), measured(null, 2)], 10)?.ties.length).toBe(1);
    expect(nearestToTarget([measured(9, 1), measured(9, 2), measured(8)], 10)?.ties.length).toBe(1);
  });
});

describe("why a planned value is absent", () => {
  const year = visit("year1", 365, 274, 547);
  const followed = (over: Partial<Parameters<typeof missingReason>[2]> = {}) => ({
    endingEventDay: null,
    followUpDay: null,
    lastRecordDay: 700,
    ...over,
  });
  test.each([
    ["seen later", [], followed(), "not-measured"],
    ["last seen before the window", [], followed({ lastRecordDay: 200 }), "dropped-out"],
    ["never seen after time zero", [], followed({ lastRecordDay: null }), "dropped-out"],
    [
      "died before the target day",
      [],
      followed({ endingEventDay: 365, lastRecordDay: 200 }),
      "after-intercurrent-event",
    ],
    [
      "died after the target day, seen in between",
      [],
      followed({ endingEventDay: 366, lastRecordDay: 280 }),
      "not-measured",
    ],
    ["data cut before the window", [], followed({ followUpDay: 273, lastRecordDay: 200 }), "not-yet-reached"],
    ["blank record", ["recorded-missing"], followed({ endingEventDay: 300 }), "recorded-missing"],
    ["impossible value", ["recorded-missing", "out-of-range"], followed(), "out-of-range"],
  ] as const)("%s", (_, recorded, patient, reason) => expect(missingReason(year, recorded, patient)).toBe(reason));
});

test("CDISC study days have no day 0: day 1 is time zero, day -1 the day before", () => {
  expect([1, 2, 85, -1].map((day) => daysFromZero(day, "days", "first-day-is-one"))).toEqual([0, 1, 84, -1]);
  expect([0, 2].map((week) => daysFromZero(week, "weeks", "zero-based"))).toEqual([0, 14]);
  expect(daysFromZero(1, "years", "zero-based")).toBe(365.25);
});
