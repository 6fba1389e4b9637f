/** One column of a table to be written; every array has the table's `rowCount` elements. */
export type ExportColumn = {
  /** At most 8 capitals, digits and underscores, so that every format takes it. */
  readonly name: string;
  /** At most 40 characters. */
  readonly label: string;
} & (
  | { readonly kind: "number"; readonly isInteger: boolean /** NaN = missing. */; readonly values: Float64Array }
  | { readonly kind: "text"; readonly values: readonly string[] }
);

/** A data set as programs outside read it. */
export interface ExportTable {
  /** At most 8 capitals and digits, e.g. ADTWIN. */
  readonly name: string;
  readonly label: string;
  readonly columns: readonly ExportColumn[];
  readonly rowCount: number;
}

export const exportFormats = ["csv", "xpt-v5", "xpt-v8", "dataset-json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Ending of a file of each format. */
export const exportEndings: Readonly<Record<ExportFormat, string>> = {
  csv: "csv",
  "xpt-v5": "xpt",
  "xpt-v8": "v8.xpt",
  "dataset-json": "json",
};
