import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { sharedPath } from "../../support/shared.ts";
import type { ReferenceColumns, ReferenceFile } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";

export type PublishedRow = Readonly<Record<string, string>>;

/** Rows of a table of the shared data; cells as text. */
export function publishedRows(file: string): PublishedRow[] {
  const path = sharedPath(`data/${file}`);
  if (path === null) throw new Error(`the published numbers need the shared data set ${file}`);
  return Papa.parse<Record<string, string>>(readFileSync(path, "utf8").trim(), { header: true }).data;
}

/** A number, or null for an empty cell. */
export const numberOf = (text: string | undefined): number | null =>
  text === undefined || text === "" || text === "NA" ? null : Number(text);

/** Values of an analysis as another reference set computes and names them. */
export function computedBy(set: ReferenceSet, input: unknown, columns: ReferenceColumns): unknown {
  const file: ReferenceFile = {
    name: "published",
    meta: {},
    datasets: { data: { columns: mutable(columns) } },
    cases: [],
  };
  return set.evaluate({ id: "published", dataset: "data", input }, file);
}

function mutable(columns: ReferenceColumns): ReferenceFile["datasets"][string]["columns"] {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, [...values]]));
}
