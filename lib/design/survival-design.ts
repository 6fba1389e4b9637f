import { DomainError } from "../errors/domain-error.ts";
import { normalQuantile, normalUpperQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { accrualEnd, eventShares, shareEntered, timeOfEvents } from "../power/survival/event-projection.ts";
import { driftPerRootEvent, type EventFormula } from "../power/survival/events-needed.ts";
import {
  courseOf,
  lachinFoulkesExcess,
  lachinFoulkesSubjects,
  type SurvivalAssumptions,
} from "../power/survival/lachin-foulkes.ts";
import {
  designGroupSequential,
  type GroupSequentialDesign,
  type GroupSequentialSpec,
} from "./group-sequential-design.ts";
import { type CountedRejections, operationAtDrift, sizeFactor } from "./sequential-size.ts";

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
  /** P(reject here; in the directions that count) and P(stop for futility here) under the hazard ratio given. */
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
  /** Under the hazard ratio given. */
  readonly expectedDuration: number;
  readonly expectedSubjects: number;
  /** P(stop before the final analysis) under the hazard ratio given. */
  readonly earlyStop: number;
  /** P(rejection in the directions that count) under the hazard ratio given. */
  readonly power: number;
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
  return sizedSurvivalTrial(
    designGroupSequential(spec),
    assumptions,
    accrualEnd(assumptions.accrual) + followUp,
    sizing,
  );
}

/** The same for bounds made before, with the final analysis at a calendar time `end`. */
export function sizedSurvivalTrial(
  design: GroupSequentialDesign,
  assumptions: SurvivalAssumptions,
  end: number,
  sizing: SurvivalSizing,
): SurvivalDesign {
  const fixedEvents = eventsOfOneAnalysis(design, assumptions, end, sizing);
  const events = fixedEvents * sizeFactor(design);
  const counted = design.spec.powerCounts ?? "benefit";
  return describeTrial({ design, assumptions, end, fixedEvents, events, drift: design.drift, counted });
}

/**
 * A group sequential trial with a given largest number of events under a hazard ratio (lib/power/survival/METHODS.md eq. (W9)).
 *
 * @param events - At the final analysis.
 * @param end - Calendar time at which they are expected.
 */
export function survivalTrialWithEvents(
  design: GroupSequentialDesign,
  assumptions: SurvivalAssumptions,
  end: number,
  sizing: SurvivalSizing,
  events: number,
): SurvivalDesign {
  const drift = driftOfEvents(design.spec.oneSidedAlpha, assumptions, end, sizing, events);
  const counted = design.spec.powerCounts ?? "either-direction";
  return describeTrial({ design, assumptions, end, fixedEvents: events / sizeFactor(design), events, drift, counted });
}

/**
 * Calendar time of the final analysis with which a number of subjects has the events of the design
 * (lib/power/survival/METHODS.md eq. (W10)).
 *
 * @throws DomainError NOT_ESTIMABLE when no follow-up is long enough.
 */
export function endForSubjects(
  design: GroupSequentialDesign,
  assumptions: SurvivalAssumptions,
  sizing: SurvivalSizing,
  subjects: number,
): number {
  const course = courseOf(assumptions);
  const excess = (end: number) =>
    (eventsOfOneAnalysis(design, assumptions, end, sizing) * sizeFactor(design)) / eventShares(course, end).both -
    subjects;
  let to = accrualEnd(assumptions.accrual);
  for (let k = 0; !(excess(to) <= 0); k++) {
    if (k > 40)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "total",
        received: subjects,
        requirement: "must be enough subjects for the events of the design with any length of follow-up",
        hint: "Plan more subjects, or a lower power.",
      });
    to *= 2;
  }
  let from = to / 2;
  while (excess(from) <= 0) from /= 2;
  return findRoot(excess, from, to, { relativeTolerance: 1e-13 }).value;
}

function eventsOfOneAnalysis(
  { spec }: GroupSequentialDesign,
  assumptions: SurvivalAssumptions,
  end: number,
  sizing: SurvivalSizing,
): number {
  const { hazardRatio, ratio, nullHazardRatio } = assumptions;
  if (sizing === "lachin-foulkes") {
    const subjects = lachinFoulkesSubjects(assumptions, end, spec.power, { alpha: spec.oneSidedAlpha, sides: 1 });
    return eventShares(courseOf(assumptions), end).both * subjects;
  }
  const drift = normalQuantile(spec.power) + normalUpperQuantile(spec.oneSidedAlpha);
  return (drift / driftPerRootEvent(sizing, hazardRatio, ratio, nullHazardRatio)) ** 2;
}

/** Expected statistic at the final analysis; 0 without effect. */
function driftOfEvents(
  oneSidedAlpha: number,
  assumptions: SurvivalAssumptions,
  end: number,
  sizing: SurvivalSizing,
  events: number,
): number {
  const { hazardRatio, ratio, nullHazardRatio } = assumptions;
  if (hazardRatio === nullHazardRatio) return 0;
  if (sizing !== "lachin-foulkes")
    return driftPerRootEvent(sizing, hazardRatio, ratio, nullHazardRatio) * Math.sqrt(events);
  const critical = normalUpperQuantile(oneSidedAlpha);
  const subjects = events / eventShares(courseOf(assumptions), end).both;
  return critical + lachinFoulkesExcess(assumptions, end, subjects, critical);
}

interface TrialParts {
  readonly design: GroupSequentialDesign;
  readonly assumptions: SurvivalAssumptions;
  readonly end: number;
  readonly fixedEvents: number;
  readonly events: number;
  readonly drift: number;
  readonly counted: CountedRejections;
}

function describeTrial({ design, assumptions, end, fixedEvents, events, drift, counted }: TrialParts): SurvivalDesign {
  const course = courseOf(assumptions);
  const { ratio, hazardRatio, nullHazardRatio } = assumptions;
  const perSubject = eventShares(course, end).both;
  const subjects = events / perSubject;
  const operation = operationAtDrift(design, drift, events, counted);
  const expectedEventsAt = (at: number) => operationAtDrift(design, at, events).expectedTotal;
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
      underHalfEffect: expectedEventsAt(drift / 2),
      underDesignEffect: operation.expectedTotal,
    },
    expectedDuration,
    expectedSubjects,
    earlyStop: operation.earlyStop,
    power: operation.power,
  };
}
