import { normalQuantile } from "../numerics/normal.ts";
import { accrualEnd, eventShares, shareEntered, timeOfEvents } from "../power/survival/event-projection.ts";
import { driftPerRootEvent, type EventFormula } from "../power/survival/events-needed.ts";
import { courseOf, lachinFoulkesSubjects, type SurvivalAssumptions } from "../power/survival/lachin-foulkes.ts";
import {
  designGroupSequential,
  type GroupSequentialDesign,
  type GroupSequentialSpec,
} from "./group-sequential-design.ts";
import { operationAtDrift, sizeFactor } from "./sequential-size.ts";

/** One analysis of a group sequential trial with events. */
export interface SurvivalStage {
  readonly analysis: number;
  readonly events: number;
  readonly informationFraction: number;
  /** Calendar time since the first entry at which the events are expected under the design effect. */
  readonly time: number;
  /** Subjects entered by then. */
  readonly subjects: number;
  /** Hazard ratio at the efficacy bound; null where no trial can stop for efficacy. */
  readonly efficacyHazardRatio: number | null;
  /** Hazard ratio at the futility bound; null where there is none. */
  readonly futilityHazardRatio: number | null;
  /** P(reject here; in either direction for a two-sided design) and P(stop for futility here) under the design effect. */
  readonly rejectProbability: number;
  readonly futilityProbability: number;
}

/** Group sequential trial with a log-rank test. */
export interface SurvivalDesign {
  readonly design: GroupSequentialDesign;
  /** Events of the design with one analysis. */
  readonly fixedEvents: number;
  /** Largest number of events; real numbers, rounded by the caller. */
  readonly events: number;
  readonly subjects: number;
  readonly stages: readonly SurvivalStage[];
  readonly expectedEvents: {
    readonly underNull: number;
    readonly underHalfEffect: number;
    readonly underDesignEffect: number;
  };
  /** Under the design effect. */
  readonly expectedDuration: number;
  readonly expectedSubjects: number;
  /** P(stop before the final analysis) under the design effect. */
  readonly earlyStop: number;
}

export type SurvivalSizing = EventFormula | "lachin-foulkes";

/**
 * Events, subjects and calendar times of a group sequential trial with a log-rank test.
 *
 * @param spec - Group sequential plan (bounds, error, power).
 * @param assumptions - Hazards, dropout, entry and allocation.
 * @param followUp - Time from the last entry to the final analysis.
 * @param sizing - How the design with one analysis is sized; the inflation factor of the plan multiplies its events.
 * @throws DomainError as `designGroupSequential` and the event projection.
 *
 * @remarks
 * lib/power/survival/METHODS.md eq. (W6)–(W7). Reference values: `survGS` cases of tests/reference/power_survival.json (rpact 3.3.4).
 */
export function designSurvivalTrial(
  spec: GroupSequentialSpec,
  assumptions: SurvivalAssumptions,
  followUp: number,
  sizing: SurvivalSizing,
): SurvivalDesign {
  const design = designGroupSequential(spec);
  const course = courseOf(assumptions);
  const { ratio, hazardRatio, nullHazardRatio } = assumptions;
  const end = accrualEnd(assumptions.accrual) + followUp;
  const perSubject = eventShares(course, end).both;
  const fixedEvents =
    sizing === "lachin-foulkes"
      ? perSubject * lachinFoulkesSubjects(assumptions, end, spec.power, { alpha: spec.oneSidedAlpha, sides: 1 })
      : ((normalQuantile(spec.power) - normalQuantile(spec.oneSidedAlpha)) /
          driftPerRootEvent(sizing, hazardRatio, ratio, nullHazardRatio)) **
        2;
  const events = fixedEvents * sizeFactor(design);
  const subjects = events / perSubject;
  const operation = operationAtDrift(design, design.drift, events, design.spec.powerCounts ?? "benefit");
  const expectedEventsAt = (drift: number) => operationAtDrift(design, drift, events).expectedTotal;
  const last = design.looks.length - 1;
  const direction = hazardRatio < nullHazardRatio ? -1 : 1;
  const ratioAt = (z: number | null, stageEvents: number) =>
    z === null ? null : nullHazardRatio * Math.exp((direction * z * (1 + ratio)) / Math.sqrt(ratio * stageEvents));
  const stages = design.looks.map((look, k): SurvivalStage => {
    const stageEvents = events * look.informationFraction;
    const time = k === last ? end : timeOfEvents(course, (perSubject * stageEvents) / events);
    return {
      analysis: look.analysis,
      events: stageEvents,
      informationFraction: look.informationFraction,
      time,
      subjects: subjects * shareEntered(assumptions.accrual, time),
      efficacyHazardRatio: ratioAt(look.efficacyZ, stageEvents),
      futilityHazardRatio: ratioAt(look.futilityZ, stageEvents),
      rejectProbability: operation.rejectPerStage[k]!,
      futilityProbability: operation.futilityPerStage[k] ?? 0,
    };
  });
  let expectedDuration = 0;
  let expectedSubjects = 0;
  stages.forEach((stage, k) => {
    expectedDuration += operation.endPerStage[k]! * stage.time;
    expectedSubjects += operation.endPerStage[k]! * stage.subjects;
  });
  return {
    design,
    fixedEvents,
    events,
    subjects,
    stages,
    expectedEvents: {
      underNull: expectedEventsAt(0),
      underHalfEffect: expectedEventsAt(design.drift / 2),
      underDesignEffect: operation.expectedTotal,
    },
    expectedDuration,
    expectedSubjects,
    earlyStop: operation.earlyStop,
  };
}
