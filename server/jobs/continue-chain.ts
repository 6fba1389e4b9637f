import type { ChainKind } from "../../drizzle/schema/job.ts";
import { DomainError } from "../../lib/errors/domain-error.ts";
import { sampleStudy } from "../../lib/samples/index.ts";
import type { SimulationSpec } from "../../lib/simulation/simulation-document.ts";
import { recordEvent } from "../audit/record-event.ts";
import { runAnalyses } from "../services/analysis/run-analyses.ts";
import type { ServiceContext } from "../services/context.ts";
import { buildDossier } from "../services/dossier/build-dossier.ts";
import { ServiceError } from "../services/errors.ts";
import type { JobRecord } from "../services/job/access.ts";
import { trainModel } from "../services/model/train-model.ts";
import { trainingDefaults } from "../services/model/training-defaults.ts";
import { submitSimulation } from "../services/simulation/submit-simulation.ts";
import { type StudyRecord, studyInWorkspace } from "../services/study/access.ts";
import { type StudyWork, studyWork } from "../services/study/study-work.ts";
import { generateTwins } from "../services/twins/generate-twins.ts";

const DEFAULT_SIMULATION = { replicates: 10_000, seed: 4711 };

/**
 * Queues the next link of a chain in the transaction that closes this one. A link that cannot be queued ends the chain
 * with an event; what was done so far stays.
 */
export async function continueChain(ctx: ServiceContext, done: JobRecord): Promise<void> {
  const [next, ...rest] = done.chain;
  if (next === undefined) return;
  try {
    await ctx.db.transaction((tx) => queueNext({ ...ctx, db: tx }, done.studyId, next, rest));
  } catch (error) {
    if (!(error instanceof DomainError || error instanceof ServiceError)) throw error;
    await recordEvent(ctx.db, ctx.actor, ctx.now(), {
      action: "job.end-chain",
      subject: `${next} after ${done.kind} ${done.id}`,
      change: `not started: ${error.message}`,
      studyId: done.studyId,
    });
  }
}

async function queueNext(ctx: ServiceContext, studyId: string, next: ChainKind, rest: ChainKind[]): Promise<void> {
  const study = await studyInWorkspace(ctx, studyId);
  const work = await studyWork(ctx.db, studyId);
  switch (next) {
    case "train-model":
      await trainModel(ctx, { studyId, training: await trainingDefaults(ctx, studyId) }, rest);
      return;
    case "generate-twins": {
      if (work.model === null || work.enrolled === null) {
        throw new ServiceError("CONFLICT", "Twins need a frozen model and an enrolled data set.");
      }
      await generateTwins(ctx, { studyId, modelId: work.model.id, datasetId: work.enrolled.id }, rest);
      return;
    }
    case "run-simulation":
      await submitSimulation(ctx, { studyId, spec: simulationOf(study, work) }, rest);
      return;
    case "run-analyses":
      await runAnalyses(ctx, { studyId }, rest);
      return;
    case "build-dossier":
      await buildDossier(ctx, { studyId, reason: "First dossier of the study" }, rest);
      return;
    default:
      next satisfies never;
  }
}

/** Every design in every scenario of the study. */
function simulationOf(study: StudyRecord, work: StudyWork): SimulationSpec {
  if (work.designs.length === 0 || work.scenarios.length === 0) {
    throw new ServiceError("CONFLICT", "A simulation needs at least one design and one scenario.");
  }
  const { specification, sample } = study;
  const endpoint = specification.endpoints.find((candidate) => candidate.id === specification.primary.endpointId);
  if (endpoint === undefined) throw new ServiceError("CONFLICT", "The primary endpoint of the study does not exist.");
  const { replicates, seed } = sample === null ? DEFAULT_SIMULATION : sampleStudy(sample).simulation;
  return {
    format: "understudy-simulation/1",
    designs: work.designs,
    scenarios: work.scenarios,
    replicates,
    seed,
    primary: specification.primary,
    benefit: endpoint.benefit,
  };
}
