import { z } from "zod";
import { plannedAnalysisSchema } from "../../../lib/trial-analysis/analysis-plan.ts";
import {
  analysisOverviewSchema,
  removeAnalysisInput,
  saveAnalysisInput,
} from "../../services/analysis/analysis-schemas.ts";
import { getAnalyses } from "../../services/analysis/get-analyses.ts";
import { removeAnalysis } from "../../services/analysis/remove-analysis.ts";
import { runAnalyses } from "../../services/analysis/run-analyses.ts";
import { saveAnalysis } from "../../services/analysis/save-analysis.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const analysisRouter = router({
  get: procedure
    .input(studyIdInput)
    .output(analysisOverviewSchema)
    .query(({ ctx, input }) => getAnalyses(ctx, input.studyId)),
  save: procedure
    .input(saveAnalysisInput)
    .output(plannedAnalysisSchema)
    .mutation(({ ctx, input }) => saveAnalysis(ctx, input)),
  remove: procedure
    .input(removeAnalysisInput)
    .output(z.object({ removed: z.literal(true) }))
    .mutation(({ ctx, input }) => removeAnalysis(ctx, input)),
  run: procedure
    .input(studyIdInput)
    .output(z.object({ runId: z.uuid(), jobId: z.uuid() }))
    .mutation(({ ctx, input }) => runAnalyses(ctx, input)),
});
