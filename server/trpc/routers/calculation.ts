import { z } from "zod";
import { calculationReportSchema } from "../../../lib/calculation/calculation-report.ts";
import { calculationSpecSchema } from "../../../lib/calculation/calculation-spec.ts";
import {
  calculationIdInput,
  saveCalculationInput,
  savedCalculationSchema,
} from "../../services/calculation/calculation-schemas.ts";
import { listCalculations } from "../../services/calculation/list-calculations.ts";
import { removeCalculation } from "../../services/calculation/remove-calculation.ts";
import { saveCalculation } from "../../services/calculation/save-calculation.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const calculationRouter = router({
  compute: procedure
    .input(calculationSpecSchema)
    .output(calculationReportSchema)
    .query(({ ctx, input }) => ctx.threads.run("calculate", input)),
  save: procedure
    .input(saveCalculationInput)
    .output(z.object({ id: z.uuid() }))
    .mutation(({ ctx, input }) => saveCalculation(ctx, input)),
  list: procedure
    .input(studyIdInput)
    .output(z.array(savedCalculationSchema))
    .query(({ ctx, input }) => listCalculations(ctx, input.studyId)),
  remove: procedure
    .input(calculationIdInput)
    .output(z.object({ removed: z.literal(true) }))
    .mutation(({ ctx, input }) => removeCalculation(ctx, input)),
});
