import type { Rng } from "../numerics/rng.ts";
import { openEventModel } from "../progression/event-model/event-model.ts";
import { eventLabel } from "../progression/event-model/event-parameters.ts";
import type { MemberModel, PatientHistory } from "../progression/member.ts";
import { eventSection, type FrozenModel } from "../progression/model-document.ts";
import type { TwinEvents } from "./twin-document.ts";

/** What a patient's expected course says about the events that end it. */
export type ExpectedEvents = (course: MemberModel, history: PatientHistory) => TwinEvents;

/**
 * Chances of events for the twins of a model; null where the model has none. METHODS.md, equation (T8).
 *
 * @param model - Frozen model.
 */
export function expectedEvents(model: FrozenModel): ExpectedEvents | null {
  const section = eventSection(model);
  if (section === undefined) return null;
  const events = openEventModel(section.parameters);
  const V = model.visits.length;
  return (course, history) => {
    const { eventFree, standardError, cumulativeIncidence } = events.eventFreeProbabilities(course, history);
    return {
      eventFree: Array.from(eventFree),
      standardError: Array.from(standardError),
      incidence: events.kinds.map((kind, k) => ({
        kind: eventLabel(kind),
        cumulative: Array.from(cumulativeIncidence.subarray(k * V, (k + 1) * V)),
      })),
    };
  };
}

/** What ends a drawn course; nulls for one that nothing ends before the last visit. */
export interface CourseEnd {
  readonly kind: string | null;
  readonly day: number | null;
}

/**
 * Draws what ends each of a patient's drawn trajectories; null where the model has no events. METHODS.md,
 * equation (T8).
 *
 * @param model - Frozen model.
 * @returns Function of the history, [count × E·V] trajectories (kept as they are), their number and a generator.
 */
export function drawnEvents(
  model: FrozenModel,
): ((history: PatientHistory, trajectories: Float64Array, count: number, rng: Rng) => CourseEnd[]) | null {
  const section = eventSection(model);
  if (section === undefined) return null;
  const events = openEventModel(section.parameters);
  const labels = events.kinds.map(eventLabel);
  return (history, trajectories, count, rng) => {
    const { kind, day } = events.drawEvents(history, trajectories.slice(), count, rng);
    return Array.from({ length: count }, (_, r) =>
      kind[r]! < 0 ? { kind: null, day: null } : { kind: labels[kind[r]!]!, day: day[r]! },
    );
  };
}
