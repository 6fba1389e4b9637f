import type { SizingResult } from "../../../lib/sizing/sizing-document.ts";
import type { StudyWork } from "./study-work.ts";

/** The sizing that the study quotes: the newest saved one, else the one that follows from the model. */
export function quotedSizing(work: Pick<StudyWork, "model" | "sizing">): SizingResult | null {
  return work.sizing?.result ?? work.model?.summary?.sizing ?? null;
}

export interface PatientsSaved {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** Patients that the twin saves against ANCOVA, with the saving at the limits of its R²; null when no gain is claimed. */
export function patientsSaved(work: Pick<StudyWork, "model" | "sizing">): PatientsSaved | null {
  const result = quotedSizing(work);
  if (work.model?.summary?.gainClaimed !== true || result === null) return null;
  const ancova = result.rows.find((row) => row.analysis === "ancova");
  const withScore = result.rows.find((row) => row.analysis === "ancova-with-score");
  if (ancova === undefined || withScore === undefined) return null;
  const value = ancova.total - withScore.total;
  if (result.range === null) return { value, lower: value, upper: value };
  return { value, lower: ancova.total - result.range.totalAtLower, upper: ancova.total - result.range.totalAtUpper };
}

/** The answer so far in one sentence, in the user's words. */
export function studyAnswer(work: Pick<StudyWork, "model" | "sizing" | "history">): string {
  const summary = work.model?.summary ?? null;
  if (summary === null) {
    return work.history === null
      ? "No answer yet: import historical controls, then train a model."
      : `No answer yet: ${work.history.patients} historical controls are in; train a model on them.`;
  }
  if (!summary.gainClaimed) return "No model beat ordinary adjustment here: plan without twins.";
  const result = quotedSizing(work);
  const saved = patientsSaved(work);
  const ancova = result?.rows.find((row) => row.analysis === "ancova");
  const withScore = result?.rows.find((row) => row.analysis === "ancova-with-score");
  if (result === null || saved === null || ancova === undefined || withScore === undefined) return summary.sentence;
  const power = Math.round(result.spec.power.value * 1000) / 10;
  const fixed = result.controlOnly.find((row) => row.analysis === "ancova-with-score")?.control ?? null;
  const controlOnly =
    fixed === null ? "" : `; with the treated arm fixed the control arm goes from ${ancova.control} to ${fixed}`;
  return `With the twin, ${ancova.total} → ${withScore.total} patients at ${power} % power (saving ${saved.value}; ${saved.lower} to ${saved.upper})${controlOnly}.`;
}
