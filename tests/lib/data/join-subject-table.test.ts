import { describe, expect, test } from "vitest";
import { joinSubjectTable } from "../../../lib/data/join-subject-table.ts";
import type { RawTable } from "../../../lib/data/raw-table.ts";
import { readTable } from "../../../lib/data/read-table.ts";

function table(text: string, name: string): RawTable {
  const result = readTable(new TextEncoder().encode(text), name);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.table;
}
const data = table("id,y\na,1\na,2\nb,3\nc,4\n", "data.csv");
const sentences = (subjects: string) => {
  const joined = joinSubjectTable(data, table(subjects, "adsl.csv"), "id");
  return joined.ok ? joined.table.notes.map((note) => note.message) : joined.problems.map((problem) => problem.message);
};

describe("a subject-level table", () => {
  test("gives its columns to every record of the patient, and says who is in one table only", () => {
    const joined = joinSubjectTable(data, table("id,age\nb,60\na,50\nd,70\n", "adsl.csv"), "id");
    if (!joined.ok) throw new Error("refused");
    const age = joined.table.columns.find((column) => column.name === "age");
    expect(age?.kind === "number" ? [...age.values] : null).toEqual([50, 50, 60, Number.NaN]);
    expect(joined.table.notes.map((note) => note.message)).toEqual([
      "1 patient with records (c) is not in the subject-level table adsl; its columns are missing for them.",
      "1 patient of the subject-level table adsl (d) has no record in the data table and is not part of the data set.",
    ]);
  });

  test("names every patient with several rows; says once when that is how the table is", () => {
    expect(sentences("id,age\na,50\nb,60\na,51\n")).toEqual([
      "Patient a has the rows 1, 3 in the subject-level table adsl; it must have one row a patient.",
    ]);
    const events = Array.from({ length: 30 }, (_, i) => `p${i},1\np${i},2\n`).join("");
    expect(sentences(`id,event\na,1\n${events}`)).toEqual([
      "adsl is no subject-level table: 30 patients of 31 have several rows in it, e.g. p0 (rows 2, 3). Give a table with one row a patient, such as ADSL.",
    ]);
  });

  test("with a repeated patient leaves a table in which the other problems are found", () => {
    const joined = joinSubjectTable(data, table("id,age\na,50\nb,60\na,51\n", "adsl.csv"), "id");
    expect(joined.ok).toBe(false);
    expect(joined.table?.columns.map(({ name }) => name)).toEqual(["id", "y", "age"]);
  });

  test("without the identifier, or of other patients, is refused", () => {
    expect(sentences("subj,age\na,50\n")).toEqual([
      "The subject-level table adsl has no column id, by which patients are matched.",
    ]);
    expect(sentences("id,age\nx,50\ny,60\n")).toEqual([
      "No patient of data is in the subject-level table adsl (matched by id: a, b and 1 more against x, y).",
    ]);
  });
});
