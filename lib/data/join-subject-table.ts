import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { createProblemList, type FileProblems, type ProblemList } from "./file-problem.ts";
import { cellText, findColumn, type RawColumn, type RawTable } from "./raw-table.ts";
import { counted, listed } from "./sentence.ts";

/** The joined table; or problems, with the table that they leave for finding the others (null: nothing was matched). */
export type SubjectJoin =
  | { readonly ok: true; readonly table: RawTable }
  | ({ readonly ok: false; readonly table: RawTable | null } & FileProblems);

/**
 * Adds the columns of a subject-level table (one row a patient, e.g. ADSL) to every record of that patient. Columns that
 * the data table has itself are not replaced.
 *
 * @param patientColumn - Name of the patient identifier in both tables.
 * @returns The joined table, or problems: no such column, a patient with two rows, not one patient in common.
 */
export function joinSubjectTable(data: RawTable, subjects: RawTable, patientColumn: string): SubjectJoin {
  const problems = createProblemList();
  const dataIds = findColumn(data, patientColumn);
  const subjectIds = findColumn(subjects, patientColumn);
  if (dataIds === null)
    problems.add(
      "missing-column",
      `The data table ${data.name} has no column ${patientColumn}, by which patients are matched.`,
    );
  if (subjectIds === null)
    problems.add(
      "missing-column",
      `The subject-level table ${subjects.name} has no column ${patientColumn}, by which patients are matched.`,
    );
  if (dataIds === null || subjectIds === null) return refusal(problems, null);

  const rowOf = firstRows(subjectIds, subjects, problems);
  const source = Int32Array.from({ length: data.rowCount }, (_, row) => rowOf.get(cellText(dataIds, row)) ?? -1);
  const inData = new Set(Array.from({ length: data.rowCount }, (_, row) => cellText(dataIds, row)));
  const unmatched = [...inData].filter((id) => !rowOf.has(id));
  const nobodyMatches = inData.size > 0 && unmatched.length === inData.size;
  if (nobodyMatches) {
    problems.add(
      "no-common-subject",
      `No patient of ${data.name} is in the subject-level table ${subjects.name} (matched by ${patientColumn}: ${listed([...inData], 2)} against ${listed([...rowOf.keys()], 2)}).`,
    );
  }
  const added = subjects.columns.filter((column) => column !== subjectIds && findColumn(data, column.name) === null);
  const table: RawTable = {
    ...data,
    columns: [...data.columns, ...added.map((column) => gather(column, source))],
    notes: [
      ...data.notes,
      ...subjects.notes,
      ...joinNotes(
        unmatched,
        [...rowOf.keys()].filter((id) => !inData.has(id)),
        subjects.name,
      ),
    ],
  };
  return problems.isEmpty ? { ok: true, table } : refusal(problems, nobodyMatches ? null : table);
}

function refusal(found: FileProblems, table: RawTable | null): SubjectJoin {
  return { ok: false, table, problems: found.problems, omitted: found.omitted };
}

/** More repeated patients than this, and the table is of another kind, not one with slips. */
const MOST_SLIPS = 20;

/** Row of each patient; patients with several rows are problems, or one problem when that is how the table is. */
function firstRows(ids: RawColumn, subjects: RawTable, problems: ProblemList): Map<string, number> {
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < subjects.rowCount; row++) {
    const id = cellText(ids, row);
    const rows = rowsOf.get(id);
    if (rows === undefined) rowsOf.set(id, [row]);
    else rows.push(row);
  }
  const repeated = [...rowsOf].filter(([, rows]) => rows.length > 1);
  const shown = (rows: readonly number[]) => listed(rows.map((row) => row + 1));
  const [example] = repeated;
  if (repeated.length > MOST_SLIPS && example !== undefined)
    problems.add(
      "duplicate-subject",
      `${subjects.name} is no subject-level table: ${counted(repeated.length, "patient")} of ${rowsOf.size} have several rows in it, e.g. ${example[0]} (rows ${shown(example[1])}). Give a table with one row a patient, such as ADSL.`,
    );
  else
    for (const [id, rows] of repeated)
      problems.add(
        "duplicate-subject",
        `Patient ${id} has the rows ${shown(rows)} in the subject-level table ${subjects.name}; it must have one row a patient.`,
        { column: ids.name },
      );
  return new Map([...rowsOf].map(([id, rows]) => [id, rows[0] ?? 0]));
}

function joinNotes(
  withoutSubject: readonly string[],
  withoutData: readonly string[],
  subjectTable: string,
): Diagnostic[] {
  const notes: Diagnostic[] = [];
  if (withoutSubject.length > 0)
    notes.push(
      diagnostic(
        "warning",
        "no-subject-row",
        `${counted(withoutSubject.length, "patient")} with records (${listed(withoutSubject)}) ${withoutSubject.length === 1 ? "is" : "are"} not in the subject-level table ${subjectTable}; its columns are missing for them.`,
      ),
    );
  if (withoutData.length > 0)
    notes.push(
      diagnostic(
        "information",
        "no-records",
        `${counted(withoutData.length, "patient")} of the subject-level table ${subjectTable} (${listed(withoutData)}) ${withoutData.length === 1 ? "has no record in the data table and is" : "have no record in the data table and are"} not part of the data set.`,
      ),
    );
  return notes;
}

/** The column's cells in the order of `source`; −1 gives a missing cell. */
function gather(column: RawColumn, source: Int32Array): RawColumn {
  const numbers = (values: Float64Array) =>
    Float64Array.from(source, (row) => (row < 0 ? Number.NaN : (values[row] ?? Number.NaN)));
  const texts = (values: readonly string[]) => Array.from(source, (row) => values[row] ?? "");
  const codes = (values: readonly (string | null)[]) =>
    Array.from(source, (row) => (row < 0 ? "" : (values[row] ?? null)));
  switch (column.kind) {
    case "number":
      return {
        ...column,
        values: numbers(column.values),
        written: column.written === null ? null : texts(column.written),
        missingCodes: codes(column.missingCodes),
      };
    case "text":
      return { ...column, values: texts(column.values) };
    case "date":
    case "datetime":
      return {
        ...column,
        values: texts(column.values),
        days: numbers(column.days),
        missingCodes: codes(column.missingCodes),
      };
    case "time":
      return {
        ...column,
        values: texts(column.values),
        seconds: numbers(column.seconds),
        missingCodes: codes(column.missingCodes),
      };
  }
}
