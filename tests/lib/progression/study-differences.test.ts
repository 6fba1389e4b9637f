import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../lib/data/subject-table.ts";
import { studyDifferences } from "../../../lib/progression/study-differences.ts";
import { DEFAULT_LAW, simulatedHistory } from "./simulated-history.ts";

type Patient = LongDataSet["patients"][number];

const data = simulatedHistory({ ...DEFAULT_LAW, studies: 3 }, 4);

/** The history with the patients of one study changed. */
function with2(change: (patient: Patient) => Patient): LongDataSet {
  return { ...data, patients: data.patients.map((own) => (own.study === "study 2" ? change(own) : own)) };
}

const said = (from: LongDataSet) => studyDifferences(subjectTable(from)).map(({ code, concerns }) => [code, concerns]);

describe("differences between pooled studies", () => {
  test("nothing is said about one study; three alike are only counted", () => {
    expect(said(simulatedHistory(DEFAULT_LAW, 4))).toEqual([]);
    const found = studyDifferences(subjectTable(data));
    expect(found.map(({ code }) => code)).toEqual(["studies-pooled"]);
    expect(found[0]?.message).toContain("study 1 (67), study 2 (67), study 3 (66)");
  });

  test("a study in another unit is named", () => {
    const found = with2((own) => ({
      ...own,
      baseline: own.baseline.map((value) => (value === null ? null : 10 * value)),
    }));
    expect(said(found)).toContainEqual(["study-unit", "study 2"]);
    expect(said(found).filter(([code]) => code === "study-unit")).toHaveLength(1);
  });

  test("a study without a visit, and one seen on other days, are named", () => {
    const without = with2((own) => ({
      ...own,
      outcomes: own.outcomes.map((row) =>
        row.map((cell, v) => (v === 1 ? { missing: "not-measured" as const } : cell)),
      ),
    }));
    expect(studyDifferences(subjectTable(without)).find(({ code }) => code === "study-visits")?.message).toContain(
      "Study study 2 has score 1 not at Visit 2",
    );
    const later = with2((own) => ({
      ...own,
      outcomes: own.outcomes.map((row) => row.map((cell) => ("value" in cell ? { ...cell, day: cell.day + 9 } : cell))),
    }));
    expect(said(later)).toContainEqual(["study-days", "study 2"]);
  });
});
