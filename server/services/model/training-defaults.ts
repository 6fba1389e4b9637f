import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import type { TrainingSpec } from "../../../lib/progression/model-document.ts";
import { sampleStudy } from "../../../lib/samples/index.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { readDocument } from "../stored-file.ts";
import { studyInWorkspace } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";

const DEFAULT_SEED = 20_260_101;

/** Every covariate of the historical data set, the study's strata, ten folds; a sample's own choices for a sample. */
export async function trainingDefaults(ctx: ServiceContext, studyId: string): Promise<TrainingSpec> {
  const study = await studyInWorkspace(ctx, studyId);
  const { history, model } = await studyWork(ctx.db, studyId);
  if (history === null) throw new ServiceError("CONFLICT", "There is no historical data set yet. Import one first.");
  const data = await readDocument(ctx.db, ctx.actor.workspaceId, history.dataFileId, longDataSetSchema);
  const known = new Set(data.covariates.map((covariate) => covariate.id));
  const before = model?.training ?? (study.sample === null ? null : sampleStudy(study.sample).training);
  if (before !== null && [...before.covariateIds, ...before.strata].every((id) => known.has(id))) {
    return { ...before, primary: study.specification.primary };
  }
  return {
    format: "understudy-training/1",
    covariateIds: [...known],
    strata: study.specification.strata.filter((id) => known.has(id)),
    primary: study.specification.primary,
    folds: 10,
    repeats: 1,
    bootstrapReplicates: 2000,
    shrinkage: { kind: "chosen" },
    seed: DEFAULT_SEED,
  };
}
