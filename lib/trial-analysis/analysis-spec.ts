import { z } from "zod";
import { ancovaSpecSchema } from "../analysis/ancova/ancova-spec.ts";
import { binaryRegressionSpecSchema } from "../analysis/generalized/binary-regression-spec.ts";
import { countRegressionSpecSchema } from "../analysis/generalized/count-regression-spec.ts";
import { multipleImputationSpecSchema } from "../analysis/missing-data/multiple-imputation-spec.ts";
import { mixedModelSpecSchema } from "../analysis/mixed-model/mixed-model-spec.ts";
import { mmrmSpecSchema } from "../analysis/mmrm/mmrm-spec.ts";
import { cmhSpecSchema, twoProportionsSpecSchema } from "../analysis/proportions/two-proportions-spec.ts";
import { timeToEventSpecSchemas } from "../analysis/survival/time-to-event-spec.ts";
import { twoSampleTestSpecSchema } from "../analysis/two-sample/two-sample-test-spec.ts";

/** What a planned analysis is: a method with everything a user can choose of it. */
export const analysisSpecSchema = z.discriminatedUnion("method", [
  ancovaSpecSchema,
  mmrmSpecSchema,
  mixedModelSpecSchema,
  multipleImputationSpecSchema,
  twoSampleTestSpecSchema,
  binaryRegressionSpecSchema,
  twoProportionsSpecSchema,
  cmhSpecSchema,
  countRegressionSpecSchema,
  ...timeToEventSpecSchemas,
]);
export type AnalysisSpec = z.infer<typeof analysisSpecSchema>;
