import { z } from "zod";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { programCodeSchema } from "../program-code/program-code.ts";
import { analysisResultSchema } from "./analysis-result.ts";

/** What a column of a result table holds, which decides how it is printed. */
export const resultColumnKindSchema = z.enum([
  "text",
  "count",
  "number",
  /** Rows of different kinds, e.g. the quantities of a fit: each cell is printed by itself. */
  "quantity",
  "p-value",
  "degrees-of-freedom",
  "proportion",
  "days",
]);

/** One cell; null prints as a dash. */
export const resultCellSchema = z.union([z.string(), z.number(), z.null()]);

/** A table of an analysis: typed columns, so that page, PDF and file print the same numbers. */
export const resultTableSchema = z.object({
  /** Stable kebab-case name, unique in the report, e.g. "least-squares-means". */
  id: z.string(),
  title: z.string(),
  columns: z.array(z.object({ title: z.string(), unit: z.string(), kind: resultColumnKindSchema })),
  rows: z.array(z.array(resultCellSchema)),
  /** What a reader must know to read the table; empty when nothing. */
  note: z.string(),
});

/** What every analysis of a trial returns to the page, the command line and the dossier. */
export const analysisReportSchema = z.object({
  /** Name of the method in words, with every choice that changes the numbers. */
  method: z.string(),
  /** Treatment effects with what they compare, the main one first. */
  effects: z.array(z.object({ label: z.string(), result: analysisResultSchema })).min(1),
  tables: z.array(resultTableSchema),
  /** Convergence, start values, fallback steps taken: verbatim lines; empty for closed forms. */
  fitNotes: z.array(z.string()),
  /** Caveats of the whole analysis; those of single effects stand with them. */
  diagnostics: z.array(diagnosticSchema),
  /** Programs of independent software that give the same numbers from the analysis data set exported as CSV. */
  code: programCodeSchema,
});

export type ResultColumnKind = z.infer<typeof resultColumnKindSchema>;
export type ResultTable = z.infer<typeof resultTableSchema>;
export type AnalysisReport = z.infer<typeof analysisReportSchema>;
