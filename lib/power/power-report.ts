import { z } from "zod";
import { resultTableSchema } from "../analysis/analysis-report.ts";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { programCodeSchema } from "../program-code/program-code.ts";

/** What a calculation solves for, everything else being given. */
export const solvedQuantitySchema = z.enum(["sample-size", "events", "power", "effect", "alpha", "duration"]);

/** One choice among the ways in which programs compute the same thing. */
export const conventionSchema = z.object({
  /** Value of the spec's `convention` field. */
  id: z.string(),
  /** What is computed, in words. */
  name: z.string(),
  /** Programs that compute it so, e.g. "rpact", "SAS PROC POWER". */
  software: z.array(z.string()),
  /** One sentence on what differs from the other conventions. */
  note: z.string(),
});

/** One input as the user gave it. */
export const powerInputSchema = z.object({
  /** Field of the spec. */
  field: z.string(),
  label: z.string(),
  /** Empty for pure numbers and choices. */
  unit: z.string(),
  /** Every value given; choices as words. */
  values: z.array(z.union([z.number(), z.string()])).min(1),
});

/** What every calculation of power or size returns to the page, the command line and the dossier. */
export const powerReportSchema = z.object({
  /** Name of the method in words, with every choice that changes the numbers. */
  method: z.string(),
  solvedFor: z.object({ quantity: solvedQuantitySchema, label: z.string(), unit: z.string() }),
  /** The convention used. */
  convention: conventionSchema,
  /** What the convention changes, as one sentence for the screen. */
  conventionNote: z.string(),
  /** The conventions that could be chosen instead; empty when there is only one. */
  otherConventions: z.array(conventionSchema),
  /** Every input with its unit. */
  inputs: z.array(powerInputSchema),
  /** One row for each combination of inputs; a cell without an answer is null and has a diagnostic. */
  results: resultTableSchema,
  /** Stable names of the columns of `results`, e.g. "alpha", "power", "experimental"; same order. */
  resultKeys: z.array(z.string()),
  /** Further tables, e.g. stages of a group sequential trial. */
  tables: z.array(resultTableSchema),
  /** One sentence for the protocol, about the first row. */
  statement: z.string(),
  diagnostics: z.array(diagnosticSchema),
  /** Programs of independent software that give the same numbers. */
  code: programCodeSchema,
});

export type SolvedQuantity = z.infer<typeof solvedQuantitySchema>;
export type PowerConvention = z.infer<typeof conventionSchema>;
export type PowerInput = z.infer<typeof powerInputSchema>;
export type PowerReport = z.infer<typeof powerReportSchema>;

/**
 * Number in a row of a report.
 *
 * @param report - Any power report.
 * @param key - Name of the column, one of `report.resultKeys`.
 * @param row - 0 for the first combination of inputs.
 * @returns The number; null where the report has no such column, or no number in that cell.
 */
export function reportNumber(report: PowerReport, key: string, row = 0): number | null {
  const cell = report.results.rows[row]?.[report.resultKeys.indexOf(key)];
  return typeof cell === "number" ? cell : null;
}
