import { z } from "zod";
import { forecastStepsSchema } from "../../../lib/twins/forecast-steps.ts";
import { updatedForecastSchema } from "../../../lib/twins/twin-document.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { generateTwins } from "../../services/twins/generate-twins.ts";
import { getForecastSteps } from "../../services/twins/get-forecast-steps.ts";
import { getTwinPatient } from "../../services/twins/get-twin-patient.ts";
import { getTwins } from "../../services/twins/get-twins.ts";
import { getUpdatedForecast } from "../../services/twins/get-updated-forecast.ts";
import {
  generateTwinsInput,
  twinPatientInput,
  twinPatientSchema,
  twinsSchema,
  updatedForecastInput,
} from "../../services/twins/twins-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const twinsRouter = router({
  generate: procedure
    .input(generateTwinsInput)
    .output(z.object({ jobId: z.uuid(), twinSetId: z.uuid() }))
    .mutation(({ ctx, input }) => generateTwins(ctx, input)),
  get: procedure
    .input(studyIdInput)
    .output(twinsSchema.nullable())
    .query(({ ctx, input }) => getTwins(ctx, input.studyId)),
  patient: procedure
    .input(twinPatientInput)
    .output(twinPatientSchema)
    .query(({ ctx, input }) => getTwinPatient(ctx, input)),
  forecastSteps: procedure
    .input(twinPatientInput)
    .output(forecastStepsSchema)
    .query(({ ctx, input }) => getForecastSteps(ctx, input)),
  updatedForecast: procedure
    .input(updatedForecastInput)
    .output(updatedForecastSchema)
    .query(({ ctx, input }) => getUpdatedForecast(ctx, input)),
});
