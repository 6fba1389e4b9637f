import { desc, eq } from "drizzle-orm";
import { study } from "../../../drizzle/schema/index.ts";
import type { StudySpecification } from "../../../lib/trial/study-specification.ts";
import type { ServiceContext } from "../context.ts";
import type { StudyRecord } from "./access.ts";
import { patientsSaved } from "./study-answer.ts";
import type { StudyRow } from "./study-schemas.ts";
import { type StudyWork, studyWork } from "./study-work.ts";

export async function listStudies(ctx: ServiceContext): Promise<StudyRow[]> {
  const rows = await ctx.db
    .select()
    .from(study)
    .where(eq(study.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(study.updatedAt));
  const presented: StudyRow[] = [];
  for (const row of rows) presented.push(presentStudy(row, await studyWork(ctx.db, row.id)));
  return presented;
}

function presentStudy(row: StudyRecord, work: StudyWork): StudyRow {
  const summary = work.model?.summary ?? null;
  return {
    id: row.id,
    title: row.title,
    indication: row.specification.indication,
    primaryEndpoint: primaryEndpointLabel(row.specification),
    dataOrigin: row.specification.dataOrigin,
    state: studyState(row, work),
    patientsSaved: patientsSaved(work),
    gainSentence: summary?.sentence ?? "No model trained yet.",
    lastSimulationAt: work.run?.finishedAt?.toISOString() ?? null,
    dossierState: dossierState(work),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function primaryEndpointLabel(specification: StudySpecification): string {
  const { endpointId, visitId } = specification.primary;
  const endpoint = specification.endpoints.find((candidate) => candidate.id === endpointId)?.label ?? endpointId;
  const visit = specification.visits.find((candidate) => candidate.id === visitId)?.label ?? visitId;
  return `${endpoint} at ${visit}`;
}

export function studyState(row: StudyRecord, work: Pick<StudyWork, "dossier">): StudyRow["state"] {
  if (work.dossier !== null && work.dossier.state !== "draft") return "locked";
  return row.planFrozenAt === null ? "draft" : "plan-frozen";
}

export function dossierState(work: Pick<StudyWork, "dossier" | "activeJobs">): StudyRow["dossierState"] {
  if (work.activeJobs.some((job) => job.kind === "build-dossier")) return "building";
  return work.dossier?.state ?? "none";
}
