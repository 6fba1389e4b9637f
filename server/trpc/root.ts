import { analysisRouter } from "./routers/analysis.ts";
import { auditRouter } from "./routers/audit.ts";
import { calculationRouter } from "./routers/calculation.ts";
import { datasetRouter } from "./routers/dataset.ts";
import { designRouter } from "./routers/design.ts";
import { dossierRouter } from "./routers/dossier.ts";
import { jobRouter } from "./routers/job.ts";
import { membersRouter } from "./routers/members.ts";
import { modelRouter } from "./routers/model.ts";
import { scenarioRouter } from "./routers/scenario.ts";
import { sessionRouter } from "./routers/session.ts";
import { simulationRouter } from "./routers/simulation.ts";
import { sizingRouter } from "./routers/sizing.ts";
import { studyRouter } from "./routers/study.ts";
import { twinsRouter } from "./routers/twins.ts";
import { createCallerFactory, router } from "./trpc.ts";

export const appRouter = router({
  session: sessionRouter,
  members: membersRouter,
  study: studyRouter,
  dataset: datasetRouter,
  model: modelRouter,
  twins: twinsRouter,
  sizing: sizingRouter,
  design: designRouter,
  scenario: scenarioRouter,
  simulation: simulationRouter,
  analysis: analysisRouter,
  calculation: calculationRouter,
  dossier: dossierRouter,
  audit: auditRouter,
  job: jobRouter,
});

export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
