import type { QualityReport } from "../../../lib/data/quality-document.ts";
import type { Diagnostic } from "../../../lib/errors/diagnostic.ts";
import { diagnostic } from "../../../lib/errors/diagnostic.ts";
import type { FrozenModel } from "../../../lib/progression/model-document.ts";
import type { JobRecord } from "../job/access.ts";
import { quotedSizing } from "./study-answer.ts";
import type { StudyStep, StudyWarning } from "./study-schemas.ts";
import type { StudyWork } from "./study-work.ts";

export interface WarningSources {
  readonly work: StudyWork;
  /** Reports of the data sets in use; null where there is none. */
  readonly quality: Readonly<Record<"history" | "enrolled", QualityReport | null>>;
  readonly model: FrozenModel | null;
  /** Caveats of the twins and of the run in use. */
  readonly twins: readonly Diagnostic[];
  readonly run: readonly Diagnostic[];
  readonly simulationCaveats: readonly Diagnostic[];
  readonly steps: readonly StudyStep[];
  readonly newestJob: JobRecord | null;
}

const MOST_WARNINGS = 20;

/** Open caveats of the study, the critical ones first, each with the object that it belongs to and where that stands. */
export function studyWarnings(studyId: string, sources: WarningSources): StudyWarning[] {
  const { newestJob, work } = sources;
  const names = objectNames(work);
  const at = (step: StudyStep["key"], page: string, object: string) => (caveat: Diagnostic) => ({
    ...caveat,
    object,
    href: `/studies/${studyId}/${page === "" ? step : page}`,
  });
  const of = (step: StudyStep["key"]) => at(step, "", names[step]);
  const dataset = (row: StudyWork["history"], what: string) =>
    at(
      "data",
      row === null ? "" : `data/${row.id}`,
      row === null ? what : `${what} "${row.name}", version ${row.version}`,
    );
  const failed =
    newestJob?.status === "failed"
      ? [of(pageOf[newestJob.kind])(diagnostic("critical", "job-failed", newestJob.error ?? "The last job failed."))]
      : [];
  const stale = sources.steps
    .filter((step) => step.state === "out-of-date")
    .map((step) => of(step.key)(diagnostic("warning", `${step.key}-out-of-date`, step.detail, step.key)));
  const caveats = [
    ...(sources.quality.history?.diagnostics ?? []).map(dataset(work.history, "Historical data set")),
    ...(sources.quality.enrolled?.diagnostics ?? []).map(dataset(work.enrolled, "Enrolled data set")),
    ...(sources.model?.diagnostics ?? []).map(of("model")),
    ...sources.twins.map(of("twins")),
    ...(quotedSizing(work)?.diagnostics ?? []).map(of("sizing")),
    ...sources.simulationCaveats.map(of("simulations")),
    ...sources.run.map(of("simulations")),
  ].filter((caveat) => caveat.severity !== "information");
  const all = [...failed, ...stale, ...caveats];
  const critical = all.filter((caveat) => caveat.severity === "critical");
  return [...critical, ...all.filter((caveat) => caveat.severity !== "critical")].slice(0, MOST_WARNINGS);
}

/** What a person calls the newest object of every step. */
function objectNames({ model, sizing, run, dossier }: StudyWork): Record<StudyStep["key"], string> {
  return {
    data: "Data",
    model: model === null ? "Model" : `Model, version ${model.version}`,
    twins: "Twins",
    sizing: sizing === null ? "Sizing as derived from the model" : `Sizing "${sizing.name}"`,
    designs: "Designs",
    simulations:
      run === null ? "Simulation" : `Simulation of ${run.createdAt.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    analysis: "Analysis",
    dossier: dossier === null ? "Dossier" : `Dossier, version ${dossier.version}`,
    audit: "Audit trail",
  };
}

const pageOf: Record<JobRecord["kind"], StudyStep["key"]> = {
  "train-model": "model",
  "generate-twins": "twins",
  "run-simulation": "simulations",
  "run-analyses": "analysis",
  "build-dossier": "dossier",
  "lock-dossier": "dossier",
  "sign-dossier": "dossier",
};
