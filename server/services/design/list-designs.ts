import type { Scenario, TrialDesign } from "../../../lib/simulation/simulation-document.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { listDesignDocuments, listScenarioDocuments } from "../study/study-work.ts";

export async function listDesigns(ctx: ServiceContext, studyId: string): Promise<TrialDesign[]> {
  await studyInWorkspace(ctx, studyId);
  return listDesignDocuments(ctx.db, studyId);
}

export async function listScenarios(ctx: ServiceContext, studyId: string): Promise<Scenario[]> {
  await studyInWorkspace(ctx, studyId);
  return listScenarioDocuments(ctx.db, studyId);
}
