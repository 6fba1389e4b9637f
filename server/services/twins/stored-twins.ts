import { z } from "zod";
import { twinSetSchema } from "../../../lib/twins/twin-document.ts";

/** What is kept of one generation of twins. */
export const storedTwinsSchema = z.object({
  twins: twinSetSchema,
  /** Prognostic scores of the historical controls the model was trained on, in the order of their data set. */
  historyScores: z.array(z.number()),
});
export type StoredTwins = z.infer<typeof storedTwinsSchema>;
