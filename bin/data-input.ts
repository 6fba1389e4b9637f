import { basename } from "node:path";
import { type AssemblyResult, assembleDataSet } from "../lib/data/assemble-data-set.ts";
import { dataSetHash } from "../lib/data/data-set-hash.ts";
import { describeFileProblem, type FileProblems } from "../lib/data/file-problem.ts";
import { defaultMaxBytes, describeTooLarge } from "../lib/data/file-size.ts";
import { type LongDataSet, longDataSetSchema } from "../lib/data/long-data-set.ts";
import { type MappingSpec, mappingSpecSchema } from "../lib/data/mapping-spec.ts";
import type { QualityReport } from "../lib/data/quality-document.ts";
import type { RawTable } from "../lib/data/raw-table.ts";
import { readTable } from "../lib/data/read-table.ts";
import type { SubjectsFile } from "../lib/dossier/dossier-record.ts";
import { sha256Hex } from "../lib/numerics/sha256.ts";
import { inflate } from "../server/jobs/threads/inflate.ts";
import { UsageError } from "./command.ts";
import { fileSize, readBytes, readDocument } from "./documents.ts";

/** A source file that was read, mapped and checked. */
export interface ImportedFile {
  readonly fileName: string;
  readonly fileBytes: number;
  readonly fileHash: string;
  /** The patient-level file that was joined; null without. */
  readonly subjectsFile: SubjectsFile | null;
  readonly mapping: MappingSpec;
  readonly data: LongDataSet;
  readonly dataHash: string;
  readonly report: QualityReport;
}

/** Reads a source table, refusing by its size before reading. */
export function readSourceTable(path: string): { table: RawTable; bytes: Uint8Array } {
  if (path !== "-" && fileSize(path, "file") > defaultMaxBytes) {
    throw new UsageError([`${path}: ${describeTooLarge(fileSize(path, "file"), defaultMaxBytes)}`]);
  }
  const bytes = readBytes(path, "file");
  const read = readTable(bytes, basename(path), { inflate });
  if (!read.ok) throw problemsOf(path, read);
  return { table: read.table, bytes };
}

/** A source file, with its patient-level file where there is one, through its mapping; every problem of both files at once. */
export function importFile(path: string, mapping: MappingSpec, subjectsPath?: string): ImportedFile {
  const source = bothRead(
    () => readSourceTable(path),
    () => (subjectsPath === undefined ? null : readSourceTable(subjectsPath)),
  );
  const [{ table, bytes }, subjects] = source;
  const assembled: AssemblyResult = assembleDataSet(table, mapping, subjects?.table ?? null);
  if (!assembled.ok) throw problemsOf(path, assembled);
  return {
    ...aboutFile(path, bytes),
    subjectsFile: subjectsPath === undefined || subjects === null ? null : aboutFile(subjectsPath, subjects.bytes),
    mapping,
    data: assembled.data,
    dataHash: dataSetHash(assembled.data),
    report: assembled.report,
  };
}

const aboutFile = (path: string, bytes: Uint8Array) => ({
  fileName: basename(path),
  fileBytes: bytes.length,
  fileHash: sha256Hex(bytes),
});

/** Reads both, and refuses with the faults of both. */
function bothRead<A, B>(first: () => A, second: () => B): [A, B] {
  const faults: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      faults.push(...error.problems);
      return undefined;
    }
  };
  const a = attempt(first);
  const b = attempt(second);
  if (faults.length > 0) throw new UsageError(faults);
  return [a as A, b as B];
}

/** An imported data set (JSON), or a source file with its mapping. */
export function readDataSet(path: string, mappingFile: string | undefined): LongDataSet {
  if (mappingFile === undefined)
    return readDocument(path, longDataSetSchema, "data set", "; give --mapping when it is a source file");
  return importFile(path, readDocument(mappingFile, mappingSpecSchema, "--mapping")).data;
}

function problemsOf(path: string, refused: FileProblems): UsageError {
  const lines = refused.problems.map((problem) => `${path}: ${describeFileProblem(problem)}`);
  if (refused.omitted > 0) lines.push(`${path}: and ${refused.omitted} more problems of the same kinds`);
  return new UsageError(lines);
}
