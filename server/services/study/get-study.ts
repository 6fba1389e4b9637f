import { desc, eq } from "drizzle-orm";
import { auditEvent, dataset, job } from "../../../drizzle/schema/index.ts";
import type { QualityReport } from "../../../lib/data/quality-document.ts";
import { planOutsideSimulation } from "../../../lib/simulation/plan-outside-simulation.ts";
import { simulationResultSchema } from "../../../lib/simulation/simulation-document.ts";
import { presentEvent } from "../audit/list-audit.ts";
import type { ServiceContext } from "../context.ts";
import { frozenModelDocument } from "../model/access.ts";
import { readDocument } from "../stored-file.ts";
import { storedTwins } from "../twins/access.ts";
import { studyInWorkspace } from "./access.ts";
import { studyState } from "./list-studies.ts";
import { quotedSizing, studyAnswer } from "./study-answer.ts";
import { studyNow } from "./study-now.ts";
import type { StudyOverview } from "./study-schemas.ts";
import { nextStep, studySteps } from "./study-steps.ts";
import { studyWarnings } from "./study-warnings.ts";

const RECENT_EVENTS = 10;

export async function getStudy(ctx: ServiceContext, studyId: string): Promise<StudyOverview> {
  const row = await studyInWorkspace(ctx, studyId);
  const now = await studyNow(ctx.db, row);
  const { work } = now;
  const events = await ctx.db
    .select()
    .from(auditEvent)
    .where(eq(auditEvent.chainId, studyId))
    .orderBy(desc(auditEvent.sequence))
    .limit(RECENT_EVENTS);
  const [newestJob] = await ctx.db
    .select()
    .from(job)
    .where(eq(job.studyId, studyId))
    .orderBy(desc(job.createdAt))
    .limit(1);
  const model = work.model === null ? null : await frozenModelDocument(ctx, work.model);
  const twins = work.twins === null || work.twins.documentFileId === null ? null : await storedTwins(ctx, work.twins);
  const run =
    work.run === null || work.run.resultFileId === null
      ? null
      : await readDocument(ctx.db, ctx.actor.workspaceId, work.run.resultFileId, simulationResultSchema);
  const sizing = quotedSizing(work);
  const simulationCaveats = sizing === null ? [] : planOutsideSimulation(sizing);
  const steps = studySteps(now, events[0]?.sequence ?? 0);
  return {
    id: row.id,
    title: row.title,
    specification: row.specification,
    revision: row.revision,
    state: studyState(row, work),
    planFrozenAt: row.planFrozenAt?.toISOString() ?? null,
    sample: row.sample,
    steps,
    answer: studyAnswer(work),
    next: nextStep(studyId, steps, row.planFrozenAt !== null),
    warnings: studyWarnings(studyId, {
      work,
      quality: {
        history: await qualityOf(ctx, work.history),
        enrolled: await qualityOf(ctx, work.enrolled),
      },
      model,
      twins: twins?.twins.diagnostics ?? [],
      run: run?.diagnostics ?? [],
      simulationCaveats,
      steps,
      newestJob: newestJob ?? null,
    }),
    simulationCaveats,
    recentEvents: events.map(presentEvent),
  };
}

async function qualityOf(ctx: ServiceContext, row: { id: string } | null): Promise<QualityReport | null> {
  if (row === null) return null;
  const [found] = await ctx.db.select({ quality: dataset.quality }).from(dataset).where(eq(dataset.id, row.id));
  return found?.quality ?? null;
}
