import { desc, eq } from "drizzle-orm";
import { auditEvent, dataset, job } from "../../../drizzle/schema/index.ts";
import { planOutsideSimulation } from "../../../lib/simulation/plan-outside-simulation.ts";
import { presentEvent } from "../audit/list-audit.ts";
import type { ServiceContext } from "../context.ts";
import { frozenModelDocument } from "../model/access.ts";
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
  const [quality] =
    work.history === null
      ? []
      : await ctx.db.select({ quality: dataset.quality }).from(dataset).where(eq(dataset.id, work.history.id));
  const model = work.model === null ? null : await frozenModelDocument(ctx, work.model);
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
      quality: quality?.quality ?? null,
      model,
      sizing,
      simulationCaveats,
      steps,
      newestJob: newestJob ?? null,
    }),
    simulationCaveats,
    recentEvents: events.map(presentEvent),
  };
}
