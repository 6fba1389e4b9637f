import { z } from "zod";
import { ancovaSpecSchema } from "../analysis/ancova/ancova-spec.ts";

/** What a planned analysis is: a method with everything a user can choose of it. */
export const analysisSpecSchema = z.discriminatedUnion("method", [ancovaSpecSchema]);
export type AnalysisSpec = z.infer<typeof analysisSpecSchema>;
