import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberTraining } from "../member.ts";
import { calibrateEvents } from "./event-calibration.ts";
import type { EventCalibration, EventSection } from "./event-document.ts";
import type { EventKind } from "./event-parameters.ts";
import { learnableKinds, trainEventModel } from "./train-event-model.ts";

/** What a training asks for about events. */
export type EventWish = "learn" | "ignore" | undefined;

/**
 * Kinds of event in question: those the data record, and dropout beside them. Where nothing is recorded, dropout alone is only
 * learnt when asked for.
 *
 * @param recorded - Kinds of event that occur in the data.
 * @param wish - What was asked for; undefined: where the data hold events.
 */
export function eventCandidates(recorded: readonly string[], wish: EventWish): EventKind[] {
  if (wish === "ignore" || (recorded.length === 0 && wish !== "learn")) return [];
  return [...recorded.map((kind): EventKind => ({ source: "event", kind })), { source: "dropout" }];
}

/**
 * Event and dropout model of the patients of a training, with its calibration out of fold. METHODS.md, equations (EV1)–(EV3), (EV7).
 *
 * @param training - All patients.
 * @param candidates - From {@link eventCandidates}.
 * @param folds - Of the calibration.
 * @param rng - Forked by part.
 * @returns Null when no kind has enough events.
 */
export function learnEvents(
  training: MemberTraining,
  candidates: readonly EventKind[],
  folds: number,
  rng: Rng,
): EventSection | null {
  const options = { followUpEnds: null };
  const kinds = learnableKinds(training, candidates, options);
  if (kinds.length === 0) return null;
  return {
    parameters: trainEventModel(training, kinds, options, rng.fork("fit")),
    calibration: calibrationWherePossible(training, kinds, folds, rng.fork("calibration")),
    omitted: candidates.filter((candidate) => !kinds.includes(candidate)),
  };
}

function calibrationWherePossible(
  training: MemberTraining,
  kinds: readonly EventKind[],
  folds: number,
  rng: Rng,
): EventCalibration | null {
  try {
    return calibrateEvents({ training, kinds, options: { followUpEnds: null }, folds }, rng);
  } catch (error) {
    if (error instanceof DomainError && error.code === "INSUFFICIENT_DATA") return null;
    throw error;
  }
}
