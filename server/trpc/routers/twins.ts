import { z } from "zod";
import { updatedForecastSchema } from "../../../lib/twins/twin-document.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import {
  generateTwinsInput,
  twinPatientInput,
  twinPatientSchema,
  twinsSchema,
  updatedForecastInput,
} from "../../services/twins/twins-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const twinsRouter = router({
  generate: procedure
    .input(generateTwinsInput)
    .output(z.object({ jobId: z.uuid(), twinSetId: z.uuid() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  get: procedure
    .input(studyIdInput)
    .output(twinsSchema.nullable())
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  patient: procedure
    .input(twinPatientInput)
    .output(twinPatientSchema)
    .query(({ ctx, input }) => pending(ctx, input)),
  updatedForecast: procedure
    .input(updatedForecastInput)
    .output(updatedForecastSchema)
    .query(({ ctx, input }) => pending(ctx, input)),
});
