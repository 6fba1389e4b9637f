import type { FileProblem } from "../../../lib/data/file-problem.ts";
import type { MappingSpec } from "../../../lib/data/mapping-spec.ts";
import { cellAsWritten, type RawTable } from "../../../lib/data/raw-table.ts";
import { type NamedBytes, readTables } from "../../../lib/data/read-tables.ts";
import { suggestMapping } from "../../../lib/data/suggest-mapping.ts";
import type { UploadedTable, UploadResult } from "../../services/dataset/dataset-schemas.ts";
import { inflate } from "./inflate.ts";
import { serveTask } from "./serve-task.ts";

export interface ReadUploadInput {
  readonly file: NamedBytes;
  /** File with one row a patient that belongs to it; null without. */
  readonly subjects: NamedBytes | null;
  readonly maxBytes: number;
  readonly role: MappingSpec["role"];
  readonly origin: MappingSpec["origin"];
}

export type ReadUploadOutput =
  | {
      readonly readable: true;
      readonly table: UploadedTable;
      readonly subjects: UploadedTable | null;
      readonly suggestion: NonNullable<UploadResult["suggestion"]>;
    }
  | { readonly readable: false; readonly problems: readonly FileProblem[]; readonly omitted: number };

const FIRST_ROWS = 8;
const LONGEST_CELL = 80;

/** A received file → what it looks like and what its columns seem to mean, or every problem of both files. */
export default serveTask<ReadUploadInput, ReadUploadOutput>(({ file, subjects, maxBytes, role, origin }) => {
  const read = readTables(file, subjects, { inflate, maxBytes });
  if (!read.ok) return { readable: false, problems: read.problems, omitted: read.omitted };
  const { draft, reasons, gaps } = suggestMapping(read.table, {
    role,
    origin,
    ...(read.subjects === null ? {} : { subjects: read.subjects }),
  });
  return {
    readable: true,
    table: describeTable(read.table),
    subjects: read.subjects === null ? null : describeTable(read.subjects),
    suggestion: {
      mapping: draft,
      reasons: reasons.map(({ field, column, reason }) => ({ field, why: `${column}: ${reason}` })),
      missing: gaps.filter((gap) => gap.isRequired).map((gap) => gap.message),
      toConfirm: gaps.filter((gap) => !gap.isRequired).map((gap) => ({ field: gap.field, question: gap.message })),
    },
  };
});

function describeTable(table: RawTable): UploadedTable {
  const rows = Math.min(FIRST_ROWS, table.rowCount);
  return {
    name: table.name,
    label: table.label,
    format: table.format,
    rowCount: table.rowCount,
    columns: table.columns.map((column) => ({
      name: column.name,
      label: column.label,
      kind: column.kind,
      firstValues: Array.from({ length: rows }, (_, row) => cellAsWritten(column, row).slice(0, LONGEST_CELL)),
    })),
  };
}
