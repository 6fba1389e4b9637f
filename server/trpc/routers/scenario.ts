import { z } from "zod";
import { scenarioSchema } from "../../../lib/simulation/simulation-document.ts";
import { removeScenarioInput, saveScenarioInput } from "../../services/design/design-schemas.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const scenarioRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(scenarioSchema))
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  save: procedure
    .input(saveScenarioInput)
    .output(scenarioSchema)
    .mutation(({ ctx, input }) => pending(ctx, input)),
  remove: procedure
    .input(removeScenarioInput)
    .output(z.object({ removed: z.literal(true) }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
});
