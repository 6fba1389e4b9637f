import { openEventModel } from "../progression/event-model/event-model.ts";
import { eventLabel } from "../progression/event-model/event-parameters.ts";
import type { MemberModel, PatientHistory } from "../progression/member.ts";
import { eventSection, type FrozenModel } from "../progression/model-document.ts";
import type { TwinEvents } from "./twin-document.ts";

/** What a patient's expected course says about the events that end it. */
export type ExpectedEvents = (course: MemberModel, history: PatientHistory) => TwinEvents;

/**
 * Chances of events for the twins of a model; null where the model has none. See lib/progression/event-model/METHODS.md, equation (EV5).
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
