import { readFileSync } from "node:fs";
import { asc, eq } from "drizzle-orm";
import { job } from "../../drizzle/schema/index.ts";
import { calculationMethods } from "../../lib/calculation/calculation-methods.ts";
import { sampleStudy } from "../../lib/samples/index.ts";
import type { SignedIn } from "../../server/auth/auth.ts";
import type { Database } from "../../server/db/open-database.ts";
import { type JobEnvironment, runJob } from "../../server/jobs/run-job.ts";
import { receiveUpload } from "../../server/services/dataset/receive-upload.ts";
import { callerOf, contextOf } from "./actors.ts";
import { repositoryPath } from "./shared.ts";

/** Ids of everything that a study comes to have. */
export interface FinishedStudy {
  readonly studyId: string;
  readonly historyId: string;
  readonly enrolledId: string;
  readonly uploadId: string;
  readonly modelId: string;
  readonly twinSetId: string;
  readonly runId: string;
  readonly dossierId: string;
  readonly jobId: string;
  readonly patientId: string;
}

/** Works on every queued job of a study as a worker would, and says how each ended. `handlers` replace the work of kinds. */
export async function workOffJobs(
  database: Database,
  actor: SignedIn,
  studyId: string,
  handlers: NonNullable<JobEnvironment["handlers"]> = {},
): Promise<string[]> {
  const environment = {
    handlers,
    db: database.db,
    contextFor: (workspaceId: string, requestedBy: string) => ({
      ...contextOf(database, actor),
      actor: { kind: "system", name: `Understudy for ${requestedBy}`, workspaceId } as const,
    }),
    log: (id: string, error: unknown) => console.error(`error ${id}:`, error),
  };
  for (;;) {
    const rows = await database.db.select().from(job).where(eq(job.studyId, studyId)).orderBy(asc(job.createdAt));
    const next = rows.find((row) => row.status === "queued");
    if (next === undefined) return rows.map((row) => `${row.kind}: ${row.error ?? row.status}`);
    await runJob(environment, next.id, new AbortController().signal);
  }
}

/** The PBC study with its two data sets. */
export async function beginStudy(database: Database, actor: SignedIn) {
  const sample = sampleStudy("pbc");
  const call = callerOf(database, actor);
  const { id: studyId } = await call.study.create({
    title: "From files to dossier",
    indication: sample.specification.indication,
    endpoint: { label: "Bilirubin", unit: "", scale: "log", benefit: "lower-is-better" },
    visits: [{ label: "Year 2", targetDay: 730 }],
    arms: { experimental: "Drug", control: "Placebo" },
  });
  await call.study.updateSpecification({ studyId, specification: sample.specification, reason: "the real protocol" });
  for (const planned of sample.analyses.slice(0, 3)) await call.analysis.save({ studyId, planned });
  await call.study.lockPlan({ studyId, reason: "ready" });
  const [history, enrolled] = sample.datasets;
  const upload = async ({ fileName, mapping, bytes }: typeof history) => {
    const content = bytes((path) => new Uint8Array(readFileSync(repositoryPath(path))));
    const received = { studyId, fileName, bytes: content, role: mapping.role };
    const { uploadId, problems } = await receiveUpload(contextOf(database, actor), received);
    if (uploadId === null) throw new Error(problems[0]?.message ?? "unreadable");
    return uploadId;
  };
  const importFile = async (file: typeof history) =>
    (await call.dataset.confirm({ uploadId: await upload(file), mapping: file.mapping, reason: "the data" })).datasetId;
  const historyId = await importFile(history);
  const enrolledId = await importFile(enrolled);
  return { studyId, historyId, enrolledId, uploadAgain: () => upload(enrolled) };
}

/** The PBC study from its files to its dossier, by the procedures that a person uses, with few folds and replicates. */
export async function finishStudy(database: Database, actor: SignedIn): Promise<FinishedStudy> {
  const sample = sampleStudy("pbc");
  const begun = await beginStudy(database, actor);
  const { studyId } = begun;
  const training = { ...sample.training, folds: 2, bootstrapReplicates: 200 };
  const { modelId } = await callerOf(database, actor).model.train({ studyId, training });
  await workOffJobs(database, actor, studyId);
  return completeStudy(database, actor, begun, modelId);
}

/** From a frozen model to the dossier. */
export async function completeStudy(
  database: Database,
  actor: SignedIn,
  { studyId, historyId, enrolledId, uploadAgain }: Awaited<ReturnType<typeof beginStudy>>,
  modelId: string,
): Promise<FinishedStudy> {
  const sample = sampleStudy("pbc");
  const call = callerOf(database, actor);
  const { twinSetId } = await call.twins.generate({ studyId, modelId, datasetId: enrolledId });
  const designs = await call.design.list({ studyId });
  const scenarios = await call.scenario.list({ studyId });
  const { runId } = await call.simulation.submit({
    studyId,
    spec: {
      format: "understudy-simulation/1",
      designs,
      scenarios,
      replicates: 20,
      seed: 3,
      primary: sample.specification.primary,
      benefit: "lower-is-better",
    },
  });
  await workOffJobs(database, actor, studyId);
  await call.analysis.run({ studyId });
  await call.calculation.save({ studyId, name: "Two means", spec: calculationMethods[0]!.example });
  await workOffJobs(database, actor, studyId);
  const { dossierId, jobId } = await call.dossier.build({ studyId, reason: "first version" });
  const ended = await workOffJobs(database, actor, studyId);
  const failed = ended.filter((line) => !line.endsWith(": done"));
  if (failed.length > 0) throw new Error(failed.join("\n"));
  const twins = await call.twins.get({ studyId });
  const patientId = twins?.document?.rows[0]?.patientId ?? "";
  const uploadId = await uploadAgain();
  return { studyId, historyId, enrolledId, uploadId, modelId, twinSetId, runId, dossierId, jobId, patientId };
}
