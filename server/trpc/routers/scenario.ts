import { z } from "zod";
import { scenarioSchema } from "../../../lib/simulation/simulation-document.ts";
import { removeScenarioInput, saveScenarioInput } from "../../services/design/design-schemas.ts";
import { listScenarios } from "../../services/design/list-designs.ts";
import { removeScenario } from "../../services/design/remove-scenario.ts";
import { saveScenario } from "../../services/design/save-scenario.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const scenarioRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(scenarioSchema))
    .query(({ ctx, input }) => listScenarios(ctx, input.studyId)),
  save: procedure
    .input(saveScenarioInput)
    .output(scenarioSchema)
    .mutation(({ ctx, input }) => saveScenario(ctx, input)),
  remove: procedure
    .input(removeScenarioInput)
    .output(z.object({ removed: z.literal(true) }))
    .mutation(({ ctx, input }) => removeScenario(ctx, input)),
});
