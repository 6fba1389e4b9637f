import { z } from "zod";

/** Programs that reproduce a result with independent software. */
export const programCodeSchema = z.object({
  /** R program; prints the numbers of the result. */
  r: z.string(),
  /** R packages beyond base and stats that it loads. */
  rPackages: z.array(z.string()),
  /** SAS program; null where SAS has no procedure for the method, with the reason in `sasNote`. */
  sas: z.string().nullable(),
  /** What differs in SAS; empty when nothing. */
  sasNote: z.string(),
});

export type ProgramCode = z.infer<typeof programCodeSchema>;
