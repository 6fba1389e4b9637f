import { z } from "zod";
import { resultTableSchema } from "../analysis/analysis-report.ts";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { programCodeSchema } from "../program-code/program-code.ts";

/** What every calculation about a design, an interim analysis or several hypotheses returns to page, CLI and dossier. */
export const designReportSchema = z.object({
  /** Name of the method in words, with every choice that changes the numbers. */
  method: z.string(),
  /** The answer in one sentence, with its figures. */
  answer: z.string(),
  tables: z.array(resultTableSchema),
  /** Which convention was followed and what others do; empty when there is only one. */
  conventionNote: z.string(),
  diagnostics: z.array(diagnosticSchema),
  /** Programs of independent software that give the same numbers. */
  code: programCodeSchema,
});

export type DesignReport = z.infer<typeof designReportSchema>;
