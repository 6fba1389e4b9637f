import { z } from "zod";
import { twoMeansSpecSchema } from "../power/means/two-means.ts";

/** A calculation of power, size, bounds or multiplicity with everything a user can choose of it. */
export const calculationSpecSchema = z.discriminatedUnion("method", [twoMeansSpecSchema]);
export type CalculationSpec = z.infer<typeof calculationSpecSchema>;
