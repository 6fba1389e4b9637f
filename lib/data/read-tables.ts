import { createProblemList, type FileProblems } from "./file-problem.ts";
import type { RawTable } from "./raw-table.ts";
import { type ReadTableOptions, readTable } from "./read-table.ts";

export interface NamedBytes {
  readonly bytes: Uint8Array;
  readonly fileName: string;
}

/** A data file with its patient-level file, or all problems of both. */
export type ReadTablesResult =
  | { readonly ok: true; readonly table: RawTable; readonly subjects: RawTable | null }
  | ({ readonly ok: false } & FileProblems);

/**
 * Reads a data file and, where there is one, the file with one row a patient (e.g. ADSL) that belongs to it.
 *
 * @returns Both tables, or the problems of both files together: a person repairs them in one round.
 */
export function readTables(
  file: NamedBytes,
  subjects: NamedBytes | null,
  options: ReadTableOptions = {},
): ReadTablesResult {
  const data = readTable(file.bytes, file.fileName, options);
  const joined = subjects === null ? null : readTable(subjects.bytes, subjects.fileName, options);
  if (data.ok && (joined === null || joined.ok))
    return { ok: true, table: data.table, subjects: joined?.table ?? null };
  const problems = createProblemList();
  if (!data.ok) problems.include(data);
  if (joined !== null && !joined.ok) problems.include(joined);
  return { ok: false, problems: problems.problems, omitted: problems.omitted };
}
