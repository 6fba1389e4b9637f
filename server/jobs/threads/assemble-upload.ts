import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { dataSetHash, mappingHash } from "../../../lib/data/data-set-hash.ts";
import type { FileProblem } from "../../../lib/data/file-problem.ts";
import type { MappingSpec } from "../../../lib/data/mapping-spec.ts";
import type { QualityReport } from "../../../lib/data/quality-document.ts";
import { type NamedBytes, readTables } from "../../../lib/data/read-tables.ts";
import { inflate } from "./inflate.ts";
import { type PackedDocument, packDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

export interface AssembleInput {
  readonly file: NamedBytes;
  /** File with one row a patient, to be joined; null without. */
  readonly subjects: NamedBytes | null;
  readonly mapping: MappingSpec;
  readonly maxBytes: number;
}

export type AssembleOutput =
  | {
      readonly assembled: true;
      readonly data: PackedDocument;
      readonly dataHash: string;
      readonly mappingHash: string;
      readonly quality: QualityReport;
      readonly patients: number;
      readonly visits: number;
    }
  | { readonly assembled: false; readonly problems: readonly FileProblem[]; readonly omitted: number };

/** A file, its patient-level file and their mapping → the long data set with its quality report, or every problem of both. */
export default serveTask<AssembleInput, AssembleOutput>(({ file, subjects, mapping, maxBytes }) => {
  const read = readTables(file, subjects, { inflate, maxBytes });
  if (!read.ok) return { assembled: false, problems: read.problems, omitted: read.omitted };
  const result = assembleDataSet(read.table, mapping, read.subjects);
  if (!result.ok) return { assembled: false, problems: result.problems, omitted: result.omitted };
  return {
    assembled: true,
    data: packDocument(result.data),
    dataHash: dataSetHash(result.data),
    mappingHash: mappingHash(mapping),
    quality: result.report,
    patients: result.data.patients.length,
    visits: result.data.visits.length,
  };
});
