import { z } from "zod";
import { trialDesignSchema } from "../../../lib/simulation/simulation-document.ts";
import { removeDesignInput, saveDesignInput } from "../../services/design/design-schemas.ts";
import { listDesigns } from "../../services/design/list-designs.ts";
import { removeDesign } from "../../services/design/remove-design.ts";
import { saveDesign } from "../../services/design/save-design.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const designRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(trialDesignSchema))
    .query(({ ctx, input }) => listDesigns(ctx, input.studyId)),
  save: procedure
    .input(saveDesignInput)
    .output(trialDesignSchema)
    .mutation(({ ctx, input }) => saveDesign(ctx, input)),
  remove: procedure
    .input(removeDesignInput)
    .output(z.object({ removed: z.literal(true) }))
    .mutation(({ ctx, input }) => removeDesign(ctx, input)),
});
