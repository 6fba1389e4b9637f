import type { RawTable } from "../data/raw-table.ts";
import { readTable } from "../data/read-table.ts";
import { writeTable } from "../data/write-table.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { DomainError } from "../errors/domain-error.ts";
import type { TwinSet } from "../twins/twin-document.ts";
import { adtwin } from "../twins/twin-tables.ts";
import type { DossierRecord } from "./dossier-record.ts";
import { DOSSIER_FILES, type DossierFile } from "./manifest.ts";

const FORMATS = [
  { name: DOSSIER_FILES.adtwinXpt, format: "xpt-v5" },
  { name: DOSSIER_FILES.adtwinJson, format: "dataset-json" },
] as const;

/**
 * ADTWIN as the dossier folder holds it: SAS transport version 5 and Dataset-JSON 1.1, made of the twins and the model of the
 * record, so that anybody with the folder can make the same bytes again.
 *
 * @param record - Its time is the time in the files.
 * @param twins - The twins that the record summarises.
 * @returns The files; a format that cannot hold the texts of the study is left out.
 */
export function twinDataFiles(record: DossierRecord, twins: TwinSet): DossierFile[] {
  const table = adtwin(record.model, twins);
  return FORMATS.flatMap(({ name, format }) => {
    try {
      return [{ name, bytes: writeTable(table, format, record.createdAtUtc, `Understudy ${ENGINE_VERSION}`) }];
    } catch (error) {
      // SAS transport version 5 holds no text above 200 bytes; the other format then stands alone.
      if (error instanceof DomainError) return [];
      throw error;
    }
  });
}

/** ADTWIN read back from the files of a dossier folder; the checklist judges what stands in them. */
export function readTwinData(files: readonly DossierFile[]): RawTable[] {
  return FORMATS.flatMap(({ name }) => {
    const file = files.find((one) => one.name === name);
    if (file === undefined) return [];
    const read = readTable(file.bytes, name);
    return read.ok ? [read.table] : [];
  });
}
