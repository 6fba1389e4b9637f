import { describe, expect, test } from "vitest";
import { readTable } from "../../../lib/data/read-table.ts";
import { suggestMapping } from "../../../lib/data/suggest-mapping.ts";
import { patientColumnByContent } from "../../../lib/data/suggest-patient.ts";

function tableOf(header: string, rows: readonly string[]) {
  const read = readTable(new TextEncoder().encode([header, ...rows].join("\n")), "t.csv");
  if (!read.ok) throw new Error(read.problems[0]?.message);
  return read.table;
}

/** Eight cows at four times: value, time, cow, diet. */
const rows = Array.from({ length: 32 }, (_, i) => {
  const cow = Math.floor(i / 4);
  return `${(3 + 0.01 * ((i * 7) % 32)).toFixed(2)},${2 * (i % 4)},B${cow},${cow % 2 === 0 ? "barley" : "lupins"}`;
});

describe("the patient column of a file whose names say nothing", () => {
  test("is the one that names every record once together with a time", () => {
    const table = tableOf("protein%,TIME wk,COW,diet grp", rows);
    expect(patientColumnByContent(table)).toEqual({ patient: "COW", time: "TIME wk" });
    const { reasons, draft } = suggestMapping(table);
    expect(reasons.find(({ field }) => field === "patient.column")?.reason).toMatch(/together with TIME wk/);
    expect(draft.covariates?.map(({ column }) => column)).toEqual(["diet grp"]);
  });

  test("is not made up where nothing names the records, and nothing is then said of patients", () => {
    const table = tableOf(
      "a,b,c",
      Array.from({ length: 20 }, (_, i) => `${i % 2},${i % 3},${i % 2}`),
    );
    expect(patientColumnByContent(table)).toBeNull();
    const { gaps, draft } = suggestMapping(table);
    expect(gaps.some(({ field }) => field === "patient.column")).toBe(true);
    expect(draft.covariates).toEqual([]);
  });
});
