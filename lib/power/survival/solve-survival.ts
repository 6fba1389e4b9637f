import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { type Answers, inWords, type Settings } from "../power-sweep.ts";
import { roundSizes } from "../round-sizes.ts";
import { assertPowerAboveError, solveAlpha } from "../solve-power.ts";
import { accrualEnd, eventShares, timeOfEvents } from "./event-projection.ts";
import { driftPerRootEvent, eventsNeeded, powerOfDrift, type TestLevel } from "./events-needed.ts";
import { courseOf, lachinFoulkesPower, lachinFoulkesSubjects, type SurvivalAssumptions } from "./lachin-foulkes.ts";
import { assumptionsAt } from "./survival-course-spec.ts";
import type { SurvivalConvention, SurvivalPowerSpec } from "./survival-power-spec.ts";

function levelOf(spec: SurvivalPowerSpec, alpha: number): TestLevel {
  return { alpha, sides: spec.sides, bothTails: spec.bothTails };
}

/** Power of a trial analysed at a calendar time. */
function powerAt(
  spec: SurvivalPowerSpec,
  assumptions: SurvivalAssumptions,
  time: number,
  subjects: number,
  alpha: number,
): number {
  const level = levelOf(spec, alpha);
  if (spec.convention === "lachin-foulkes") return lachinFoulkesPower(assumptions, time, subjects, level);
  const events = subjects * eventShares(courseOf(assumptions), time).both;
  return powerOfEvents(spec, assumptions.hazardRatio, assumptions.nullHazardRatio, assumptions.ratio, events, alpha);
}

function powerOfEvents(
  spec: SurvivalPowerSpec,
  hazardRatio: number,
  nullHazardRatio: number,
  ratio: number,
  events: number,
  alpha: number,
): number {
  if (spec.convention === "lachin-foulkes") return Number.NaN;
  const drift = driftPerRootEvent(spec.convention, hazardRatio, ratio, nullHazardRatio) * Math.sqrt(events);
  return powerOfDrift(drift, levelOf(spec, alpha));
}

/**
 * Answers of one row of settings (METHODS.md eq. (W3)–(W8)).
 *
 * @param onEvents - Whether events alone are given or solved for, without subjects and their course in time.
 */
export function solveSurvivalRow(spec: SurvivalPowerSpec, settings: Settings, onEvents: boolean): Answers {
  const { hazardRatio, nullHazardRatio, alpha, power, ratio, total, events } = settings;
  if (hazardRatio !== undefined && hazardRatio === nullHazardRatio && spec.solveFor !== "power")
    throw invalidInput(
      "hazardRatio",
      hazardRatio,
      `must differ from its value under the null hypothesis, ${inWords(nullHazardRatio)}`,
      "Enter the hazard ratio expected, or change the margin.",
    );
  if (power !== undefined && alpha !== undefined) assertPowerAboveError(power, alpha);
  const at = (ratioOfHazards: number) => assumptionsAt(spec, settings, ratioOfHazards);
  const powerWith = (ratioOfHazards: number, level: number) => {
    if (onEvents) return powerOfEvents(spec, ratioOfHazards, nullHazardRatio!, ratio!, events!, level);
    const assumptions = at(ratioOfHazards);
    return powerAt(spec, assumptions, endOf(assumptions, settings), total!, level);
  };
  const atEnd = (ratioOfHazards: number): Answers => {
    if (onEvents) return {};
    const assumptions = at(ratioOfHazards);
    const end = endOf(assumptions, settings);
    return { expectedEvents: total! * eventShares(courseOf(assumptions), end).both, duration: end };
  };
  switch (spec.solveFor) {
    case "sample-size":
      return solveSubjects(spec, at(hazardRatio!), settings);
    case "events": {
      const needed = eventsNeeded(
        spec.convention as Exclude<SurvivalConvention, "lachin-foulkes">,
        hazardRatio!,
        ratio!,
        power!,
        levelOf(spec, alpha!),
        nullHazardRatio!,
      );
      return { unroundedEvents: needed, answer: Math.ceil(needed * (1 - 1e-10)) };
    }
    case "power":
      return { answer: powerWith(hazardRatio!, alpha!), ...atEnd(hazardRatio!) };
    case "effect": {
      const answer = solveHazardRatio((x) => powerWith(x, alpha!), power!, nullHazardRatio!, spec.direction);
      return { answer, ...atEnd(answer) };
    }
    case "alpha": {
      const answer = solveAlpha((level) => powerWith(hazardRatio!, level), power!, spec.sides === 1 ? 0.5 : 1);
      return { answer, ...atEnd(hazardRatio!) };
    }
    case "duration":
      return solveDuration(spec, at(hazardRatio!), settings);
  }
}

const endOf = (assumptions: SurvivalAssumptions, settings: Settings) =>
  accrualEnd(assumptions.accrual) + settings.followUp!;

function solveSubjects(spec: SurvivalPowerSpec, assumptions: SurvivalAssumptions, settings: Settings): Answers {
  const { alpha, power, ratio } = settings as { alpha: number; power: number; ratio: number };
  const end = endOf(assumptions, settings);
  const level = levelOf(spec, alpha);
  const perSubject = eventShares(courseOf(assumptions), end).both;
  const unrounded =
    spec.convention === "lachin-foulkes"
      ? lachinFoulkesSubjects(assumptions, end, power, level)
      : eventsNeeded(spec.convention, assumptions.hazardRatio, ratio, power, level, assumptions.nullHazardRatio) /
        perSubject;
  const { experimental, control } = roundSizes(unrounded, ratio, spec.rounding, 1);
  const subjects = experimental + control;
  const rounded = { ...assumptions, ratio: experimental / control };
  return {
    unrounded,
    unroundedEvents: unrounded * perSubject,
    experimental,
    control,
    subjects,
    expectedEvents: subjects * eventShares(courseOf(rounded), end).both,
    achieved: powerAt(spec, rounded, end, subjects, alpha),
    duration: end,
  };
}

/**
 * Hazard ratio nearest to its null value that has the power (METHODS.md eq. (W8)).
 *
 * @throws DomainError NOT_ESTIMABLE when no hazard ratio within e^±12 has it.
 */
export function solveHazardRatio(
  powerOf: (hazardRatio: number) => number,
  power: number,
  nullHazardRatio: number,
  direction: "less" | "greater",
): number {
  const sign = direction === "less" ? -1 : 1;
  const excess = (distance: number) => powerOf(nullHazardRatio * Math.exp(sign * distance)) - power;
  let near = 0;
  for (let far = 0.02; far < 12; far *= 1.2) {
    if (excess(far) >= 0) {
      const from = near === 0 ? 1e-12 : near;
      return nullHazardRatio * Math.exp(sign * findRoot(excess, from, far, { relativeTolerance: 1e-13 }).value);
    }
    near = far;
  }
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "power",
    received: power,
    requirement: "must be attainable with these subjects or events; no hazard ratio reaches it",
    hint: "Plan more subjects or a longer follow-up.",
  });
}

function solveDuration(spec: SurvivalPowerSpec, assumptions: SurvivalAssumptions, settings: Settings): Answers {
  const { alpha, power, ratio, total } = settings as { alpha: number; power: number; ratio: number; total: number };
  const course = courseOf(assumptions);
  const end = accrualEnd(assumptions.accrual);
  let duration: number;
  if (spec.convention === "lachin-foulkes") {
    const excess = (time: number) => powerAt(spec, assumptions, time, total, alpha) - power;
    let to = end;
    for (let k = 0; !(excess(to) >= 0); k++) {
      if (k > 40)
        throw new DomainError("NOT_ESTIMABLE", {
          argument: "total",
          received: total,
          requirement: "must be enough subjects for the power with any length of follow-up",
          hint: "Plan more subjects, or a lower power.",
        });
      to *= 2;
    }
    let from = to / 2;
    while (excess(from) > 0) from /= 2;
    duration = findRoot(excess, from, to, { relativeTolerance: 1e-13 }).value;
  } else {
    const events = eventsNeeded(
      spec.convention,
      assumptions.hazardRatio,
      ratio,
      power,
      levelOf(spec, alpha),
      assumptions.nullHazardRatio,
    );
    if (events >= total)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "total",
        received: total,
        requirement: `must be more subjects than the ${Math.ceil(events)} events needed`,
        hint: "Plan more subjects, or a lower power.",
      });
    duration = timeOfEvents(course, events / total, "total");
  }
  return { answer: duration, followUp: duration - end, expectedEvents: total * eventShares(course, duration).both };
}
