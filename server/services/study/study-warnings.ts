import type { QualityReport } from "../../../lib/data/quality-document.ts";
import type { Diagnostic } from "../../../lib/errors/diagnostic.ts";
import { diagnostic } from "../../../lib/errors/diagnostic.ts";
import type { FrozenModel } from "../../../lib/progression/model-document.ts";
import type { SizingResult } from "../../../lib/sizing/sizing-document.ts";
import type { JobRecord } from "../job/access.ts";
import type { StudyStep, StudyWarning } from "./study-schemas.ts";

export interface WarningSources {
  readonly quality: QualityReport | null;
  readonly model: FrozenModel | null;
  readonly sizing: SizingResult | null;
  readonly simulationCaveats: readonly Diagnostic[];
  readonly steps: readonly StudyStep[];
  readonly newestJob: JobRecord | null;
}

const MOST_WARNINGS = 20;

/** Open caveats of the study, the critical ones first, each with the page where its number stands. */
export function studyWarnings(studyId: string, sources: WarningSources): StudyWarning[] {
  const at = (page: string) => (caveat: Diagnostic) => ({ ...caveat, href: `/studies/${studyId}/${page}` });
  const { newestJob } = sources;
  const failed =
    newestJob?.status === "failed"
      ? [at(pageOf[newestJob.kind])(diagnostic("critical", "job-failed", newestJob.error ?? "The last job failed."))]
      : [];
  const stale = sources.steps
    .filter((step) => step.state === "out-of-date")
    .map((step) => at(step.key)(diagnostic("warning", `${step.key}-out-of-date`, step.detail, step.key)));
  const caveats = [
    ...(sources.quality?.diagnostics ?? []).map(at("data")),
    ...(sources.model?.diagnostics ?? []).map(at("model")),
    ...(sources.sizing?.diagnostics ?? []).map(at("sizing")),
    ...sources.simulationCaveats.map(at("simulations")),
  ].filter((caveat) => caveat.severity !== "information");
  const all = [...failed, ...stale, ...caveats];
  const critical = all.filter((caveat) => caveat.severity === "critical");
  return [...critical, ...all.filter((caveat) => caveat.severity !== "critical")].slice(0, MOST_WARNINGS);
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
