import type { DossierBasis } from "../../../drizzle/schema/dossier.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { TrainingSpec } from "../../../lib/progression/model-document.ts";
import type { SimulationSpec } from "../../../lib/simulation/simulation-document.ts";
import type { StudySpecification } from "../../../lib/trial/study-specification.ts";
import type { StudyWork } from "./study-work.ts";

/** What the study looks like now, as far as results can fall behind it. */
export interface StudyNow {
  readonly specification: StudySpecification;
  readonly revision: number;
  readonly work: Pick<
    StudyWork,
    "history" | "enrolled" | "model" | "twins" | "run" | "analyses" | "designs" | "scenarios"
  >;
}

const engineChanged = (version: string) =>
  version === ENGINE_VERSION ? null : `The numerics changed from version ${version} to ${ENGINE_VERSION}.`;

/** Each function says why a result no longer fits the study, or null when it does. */
export function modelOutOfDate(
  model: { datasetId: string; training: TrainingSpec; engineVersion: string },
  now: StudyNow,
): string | null {
  const { history } = now.work;
  if (history !== null && history.id !== model.datasetId) {
    return `The historical data set is now version ${history.version}; this model was trained on an earlier one.`;
  }
  const { endpointId, visitId } = now.specification.primary;
  if (model.training.primary.endpointId !== endpointId || model.training.primary.visitId !== visitId) {
    return "The primary endpoint or visit of the study is now another.";
  }
  return engineChanged(model.engineVersion);
}

export function twinsOutOfDate(
  twins: { modelId: string; datasetId: string; engineVersion: string },
  now: StudyNow,
): string | null {
  const { model, enrolled } = now.work;
  if (model !== null && model.id !== twins.modelId) return `The model is now version ${model.version}.`;
  if (enrolled !== null && enrolled.id !== twins.datasetId) {
    return `The enrolled data set is now version ${enrolled.version}.`;
  }
  return (model === null ? null : behind("model", modelOutOfDate(model, now))) ?? engineChanged(twins.engineVersion);
}

export function analysesOutOfDate(
  run: { datasetId: string; twinSetId: string | null; engineVersion: string },
  now: StudyNow,
): string | null {
  const { enrolled, twins } = now.work;
  if (enrolled !== null && enrolled.id !== run.datasetId) {
    return `The enrolled data set is now version ${enrolled.version}.`;
  }
  const current = twins !== null && enrolled !== null && twins.datasetId === enrolled.id ? twins : null;
  if ((current?.id ?? null) !== run.twinSetId) return "The twins that give the scores were generated anew.";
  return (
    (current === null ? null : behind("set of twins", twinsOutOfDate(current, now))) ?? engineChanged(run.engineVersion)
  );
}

export function runOutOfDate(
  run: { modelId: string | null; spec: SimulationSpec; engineVersion: string },
  now: StudyNow,
): string | null {
  const { model, designs, scenarios } = now.work;
  if (model !== null && run.modelId !== null && model.id !== run.modelId) {
    return `The model is now version ${model.version}.`;
  }
  const changed =
    firstChange(run.spec.designs, designs, "design") ?? firstChange(run.spec.scenarios, scenarios, "scenario");
  if (changed !== null) return changed;
  const staleModel = model === null || run.modelId === null ? null : behind("model", modelOutOfDate(model, now));
  return staleModel ?? engineChanged(run.engineVersion);
}

export function dossierOutOfDate(
  dossier: { basis: DossierBasis | null; engineVersion: string },
  now: StudyNow,
): string | null {
  const { basis } = dossier;
  if (basis === null) return null;
  const { history, enrolled, model, twins, run, analyses } = now.work;
  if (basis.studyRevision !== now.revision) return "The study specification changed.";
  const parts = [
    ["historical data set", basis.historyId, history],
    ["enrolled data set", basis.enrolledId, enrolled],
    ["model", basis.modelId, model],
    ["twins", basis.twinSetId, twins],
    ["simulation", basis.runId, run],
    ["run of the analyses", basis.analysisRunId, analyses],
  ] as const;
  const changed = parts.find(([, id, current]) => current !== null && current.id !== id);
  if (changed !== undefined) return `There is a newer ${changed[0]} than the one in this dossier.`;
  return engineChanged(dossier.engineVersion);
}

function behind(what: string, reason: string | null): string | null {
  return reason === null ? null : `The ${what} is out of date: ${reason}`;
}

function firstChange(
  simulated: readonly { id: string; name: string }[],
  current: readonly { id: string; name: string }[],
  what: string,
): string | null {
  for (const item of simulated) {
    const now = current.find((candidate) => candidate.id === item.id);
    if (now === undefined) return `The ${what} "${item.name}" was removed.`;
    if (canonicalJson(now) !== canonicalJson(item)) return `The ${what} "${item.name}" was changed.`;
  }
  const added = current.find((candidate) => !simulated.some((item) => item.id === candidate.id));
  return added === undefined ? null : `The ${what} "${added.name}" was added.`;
}
