import { z } from "zod";

/** One numeric baseline column of the joint distribution. */
export const baselineFeatureSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("baseline-endpoint"), endpointId: z.string() }),
  z.object({ kind: z.literal("continuous-covariate"), covariateId: z.string() }),
  /** 1 when the covariate has this level, else 0; the first level is the reference and has no column. */
  z.object({ kind: z.literal("covariate-level"), covariateId: z.string(), level: z.string() }),
]);
export type BaselineFeature = z.infer<typeof baselineFeatureSchema>;
