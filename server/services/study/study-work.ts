import { and, asc, count, desc, eq, inArray, isNotNull } from "drizzle-orm";
import {
  analysisRun,
  dataset,
  design,
  dossier,
  job,
  plannedAnalysis,
  progressionModel,
  scenario,
  simulationRun,
  sizing,
  twinSet,
} from "../../../drizzle/schema/index.ts";
import type { Scenario, TrialDesign } from "../../../lib/simulation/simulation-document.ts";
import type { Db } from "../../db/client.ts";
import type { JobRecord } from "../job/access.ts";

/** Columns of a data set without its documents. */
export const datasetColumns = {
  id: dataset.id,
  studyId: dataset.studyId,
  role: dataset.role,
  version: dataset.version,
  name: dataset.name,
  fileName: dataset.fileName,
  fileBytes: dataset.fileBytes,
  fileHash: dataset.fileHash,
  subjectsFileName: dataset.subjectsFileName,
  subjectsFileBytes: dataset.subjectsFileBytes,
  subjectsFileHash: dataset.subjectsFileHash,
  dataHash: dataset.dataHash,
  dataFileId: dataset.dataFileId,
  patients: dataset.patients,
  visits: dataset.visits,
  diagnostics: dataset.diagnostics,
  importedBy: dataset.importedBy,
  importedAt: dataset.importedAt,
};

const dossierColumns = {
  id: dossier.id,
  version: dossier.version,
  state: dossier.state,
  basis: dossier.basis,
  checklist: dossier.checklist,
  engineVersion: dossier.engineVersion,
  builtAt: dossier.builtAt,
};

async function newestDataset(db: Db, studyId: string, role: "historical-control" | "enrolled") {
  const [row] = await db
    .select(datasetColumns)
    .from(dataset)
    .where(and(eq(dataset.studyId, studyId), eq(dataset.role, role)))
    .orderBy(desc(dataset.version))
    .limit(1);
  return row ?? null;
}

/** The newest finished result of every step of a study: what the study works with now. */
export async function studyWork(db: Db, studyId: string) {
  const [model] = await db
    .select()
    .from(progressionModel)
    .where(and(eq(progressionModel.studyId, studyId), isNotNull(progressionModel.hash)))
    .orderBy(desc(progressionModel.version))
    .limit(1);
  const [twins] = await db
    .select()
    .from(twinSet)
    .where(and(eq(twinSet.studyId, studyId), isNotNull(twinSet.hash)))
    .orderBy(desc(twinSet.createdAt))
    .limit(1);
  const [run] = await db
    .select()
    .from(simulationRun)
    .where(and(eq(simulationRun.studyId, studyId), isNotNull(simulationRun.resultFileId)))
    .orderBy(desc(simulationRun.createdAt))
    .limit(1);
  const [analyses] = await db
    .select()
    .from(analysisRun)
    .where(and(eq(analysisRun.studyId, studyId), isNotNull(analysisRun.resultFileId)))
    .orderBy(desc(analysisRun.createdAt))
    .limit(1);
  const [planned] = await db
    .select({ count: count() })
    .from(plannedAnalysis)
    .where(eq(plannedAnalysis.studyId, studyId));
  const [newestSizing] = await db
    .select()
    .from(sizing)
    .where(eq(sizing.studyId, studyId))
    .orderBy(desc(sizing.createdAt))
    .limit(1);
  const [builtDossier] = await db
    .select(dossierColumns)
    .from(dossier)
    .where(and(eq(dossier.studyId, studyId), isNotNull(dossier.builtAt)))
    .orderBy(desc(dossier.version))
    .limit(1);
  const activeJobs = await db
    .select()
    .from(job)
    .where(and(eq(job.studyId, studyId), inArray(job.status, ["queued", "running"])))
    .orderBy(asc(job.createdAt));
  return {
    history: await newestDataset(db, studyId, "historical-control"),
    enrolled: await newestDataset(db, studyId, "enrolled"),
    model: model ?? null,
    twins: twins ?? null,
    run: run ?? null,
    analyses: analyses ?? null,
    plannedCount: planned?.count ?? 0,
    sizing: newestSizing ?? null,
    dossier: builtDossier ?? null,
    designs: await listDesignDocuments(db, studyId),
    scenarios: await listScenarioDocuments(db, studyId),
    activeJobs: activeJobs as readonly JobRecord[],
  };
}

export type StudyWork = Awaited<ReturnType<typeof studyWork>>;

export async function listDesignDocuments(db: Db, studyId: string): Promise<TrialDesign[]> {
  const rows = await db
    .select({ document: design.document })
    .from(design)
    .where(eq(design.studyId, studyId))
    .orderBy(asc(design.position), asc(design.key));
  return rows.map((row) => row.document);
}

export async function listScenarioDocuments(db: Db, studyId: string): Promise<Scenario[]> {
  const rows = await db
    .select({ document: scenario.document })
    .from(scenario)
    .where(eq(scenario.studyId, studyId))
    .orderBy(asc(scenario.position), asc(scenario.key));
  return rows.map((row) => row.document);
}
