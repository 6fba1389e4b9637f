import { diagnostic } from "../errors/diagnostic.ts";
import { invalidInput } from "../errors/domain-error.ts";
import type { NumericField } from "../power/numeric-field.ts";
import type { PowerReport } from "../power/power-report.ts";
import {
  type Answers,
  assertAbsent,
  type GivenField,
  inWords,
  type OutputColumn,
  powerInWords,
  required,
  runPowerSweep,
  type Settings,
} from "../power/power-sweep.ts";
import { assertPowerAboveError } from "../power/solve-power.ts";
import { accrualEnd, eventShares } from "../power/survival/event-projection.ts";
import { courseOf } from "../power/survival/lachin-foulkes.ts";
import { solveHazardRatio } from "../power/survival/solve-survival.ts";
import { assumptionsAt, courseChoices, courseFields, SURVIVAL_FIELDS } from "../power/survival/survival-course-spec.ts";
import { SURVIVAL_CONVENTIONS, type SurvivalConvention } from "../power/survival/survival-power-spec.ts";
import type { GroupSequentialDesign } from "./group-sequential-design.ts";
import {
  analysesInWords,
  assertDiffers,
  diagnosticsOf,
  errorFields,
  errorInWords,
  ruleChoices,
  rulesInWords,
  SEQUENTIAL_FIELDS,
} from "./report-sequential-size.ts";
import { designsOf, solveSequentialAlpha } from "./solve-sequential.ts";
import { endForSubjects, type SurvivalDesign, sizedSurvivalTrial, survivalTrialWithEvents } from "./survival-design.ts";
import { survivalDesignProgram } from "./survival-design-program.ts";
import type { SurvivalDesignSpec } from "./survival-design-spec.ts";
import { survivalDesignTables } from "./survival-design-tables.ts";

const EVENTS: NumericField = {
  name: "events",
  label: "Most events",
  unit: "events",
  kind: "number",
  range: "subjects",
};

const SOLVED: Readonly<
  Record<SurvivalDesignSpec["solveFor"], { label: string; quantity: PowerReport["solvedFor"]["quantity"] }>
> = {
  "sample-size": { label: "Sample size", quantity: "sample-size" },
  power: { label: "Power", quantity: "power" },
  effect: { label: "Hazard ratio", quantity: "effect" },
  alpha: { label: "One-sided type I error", quantity: "alpha" },
  duration: { label: "Study duration", quantity: "duration" },
};

/**
 * A group sequential trial with a log-rank test: events and calendar times of the analyses, subjects, bounds as hazard
 * ratios, expected events and duration; or power, hazard ratio, type I error or duration at a given size.
 *
 * @throws DomainError naming the field at fault.
 * @remarks lib/power/survival/METHODS.md eq. (W1)–(W10).
 */
export function reportSurvivalDesign(spec: SurvivalDesignSpec): PowerReport {
  const { solveFor } = spec;
  const designFor = designsOf(spec);
  const trials: SolvedTrial[] = [];
  const chosen = SURVIVAL_CONVENTIONS[spec.convention];
  const others = (Object.keys(SURVIVAL_CONVENTIONS) as SurvivalConvention[]).filter((id) => id !== spec.convention);
  const report = runPowerSweep({
    method: `Group sequential log-rank test, ${analysesInWords(spec)}, ${spec.sides === "one-sided" ? "one-sided" : "symmetric two-sided"}; ${chosen.name}; ${rulesInWords(spec)}`,
    solvedFor: {
      ...SOLVED[solveFor],
      unit: solveFor === "sample-size" ? "subjects" : solveFor === "duration" ? spec.timeUnit : "",
    },
    conventions: [chosen, ...others.map((id) => SURVIVAL_CONVENTIONS[id])],
    choices: [...ruleChoices(spec), ...courseChoices(spec)],
    given: givenFields(spec),
    combine: spec.combine,
    outputs: outputsOf(spec),
    solve: (s) => {
      const trial = solveTrial(spec, designFor, s);
      trials.push(trial);
      return answersOf(trial);
    },
    statement: (s, answers) => statementOf(spec, trials[0]!, s, answers),
    diagnostics: () => [
      ...diagnosticsOf(new Set(trials.map(({ trial }) => trial.design))),
      ...(trials.some((solved) => solved.end < solved.lastEntry) ? [BEFORE_LAST_ENTRY] : []),
    ],
    code: (rows) => survivalDesignProgram(spec, rows),
  });
  const first = trials[0];
  return {
    ...report,
    tables: first === undefined ? [] : survivalDesignTables(spec, first.trial),
    conventionNote: `${chosen.note} The inflation factor of the plan multiplies the events; subjects follow from the share expected to have the event by the final analysis. Unrounded events and subjects as rpact gives them: round up.`,
  };
}

const BEFORE_LAST_ENTRY = diagnostic(
  "warning",
  "analysis-before-last-entry",
  "The events are reached before the last subject enters: fewer subjects are needed than are planned.",
  "total",
);

function givenFields(spec: SurvivalDesignSpec): GivenField[] {
  const { solveFor } = spec;
  if (solveFor === "effect") assertAbsent("hazardRatio", spec.hazardRatio, "when it is solved for");
  if (solveFor === "sample-size") {
    assertAbsent("total", spec.total, "when the sample size is solved for");
    assertAbsent("events", spec.events, "when the sample size is solved for");
  }
  if (solveFor === "duration") assertAbsent("events", spec.events, "when the duration is solved for");
  if (spec.events !== undefined) assertAbsent("total", spec.total, "beside events");
  return [
    ...(solveFor === "effect"
      ? []
      : [required(SURVIVAL_FIELDS.hazardRatio, spec.hazardRatio, "unless it is solved for")]),
    { field: SURVIVAL_FIELDS.nullHazardRatio, values: spec.nullHazardRatio ?? 1 },
    ...errorFields(spec, solveFor === "alpha"),
    { field: SEQUENTIAL_FIELDS.ratio, values: spec.ratio ?? 1 },
    ...(solveFor === "sample-size"
      ? []
      : spec.events === undefined
        ? [required(SEQUENTIAL_FIELDS.total, spec.total, "(or events) unless the sample size is solved for")]
        : [{ field: EVENTS, values: spec.events }]),
    ...courseFields(spec, solveFor !== "duration"),
  ];
}

/** A row of inputs with its trial. */
interface SolvedTrial {
  readonly trial: SurvivalDesign;
  readonly hazardRatio: number;
  /** Calendar times of the final analysis and of the last entry. */
  readonly end: number;
  readonly lastEntry: number;
  /** Unless the sizes are solved for. */
  readonly answer: number | null;
  readonly ratio: number;
}

function solveTrial(spec: SurvivalDesignSpec, designFor: ReturnType<typeof designsOf>, s: Settings): SolvedTrial {
  const at = (hazardRatio: number) => assumptionsAt(spec, s, hazardRatio);
  const lastEntry = accrualEnd(at(1).accrual);
  const end = lastEntry + (s.followUp ?? 0);
  const eventsAt = (hazardRatio: number) => s.events ?? s.total! * eventShares(courseOf(at(hazardRatio)), end).both;
  const trialOf = (design: GroupSequentialDesign, hazardRatio: number) =>
    survivalTrialWithEvents(design, at(hazardRatio), end, spec.convention, eventsAt(hazardRatio));
  const finish = (trial: SurvivalDesign, hazardRatio: number, answer: number | null, time = end): SolvedTrial => ({
    trial,
    hazardRatio,
    end: time,
    lastEntry,
    answer,
    ratio: s.ratio!,
  });
  if (spec.solveFor !== "effect" && spec.solveFor !== "power")
    assertDiffers("hazardRatio", s.hazardRatio!, s.nullHazardRatio!);
  assertEnoughEvents(spec, s);
  switch (spec.solveFor) {
    case "sample-size":
      return finish(
        sizedSurvivalTrial(designFor(s.oneSidedAlpha!, s.power!), at(s.hazardRatio!), end, spec.convention),
        s.hazardRatio!,
        null,
      );
    case "duration": {
      const design = designFor(s.oneSidedAlpha!, s.power!);
      const time = endForSubjects(design, at(s.hazardRatio!), spec.convention, s.total!);
      return finish(sizedSurvivalTrial(design, at(s.hazardRatio!), time, spec.convention), s.hazardRatio!, time, time);
    }
    case "power": {
      const trial = trialOf(designFor(s.oneSidedAlpha!, s.power!), s.hazardRatio!);
      return finish(trial, s.hazardRatio!, trial.power);
    }
    case "effect": {
      const design = designFor(s.oneSidedAlpha!, s.power!);
      assertPowerAboveError(s.power!, trialOf(design, s.nullHazardRatio!).power);
      const answer = solveHazardRatio((x) => trialOf(design, x).power, s.power!, s.nullHazardRatio!, spec.direction);
      return finish(trialOf(design, answer), answer, answer);
    }
    case "alpha": {
      const answer = solveSequentialAlpha((a) => trialOf(designFor(a, s.power!), s.hazardRatio!).power, s.power!);
      return finish(trialOf(designFor(answer, s.power!), s.hazardRatio!), s.hazardRatio!, answer);
    }
  }
}

/** Refuses a size with which no comparison can be made. */
function assertEnoughEvents(spec: SurvivalDesignSpec, { total, events, ratio }: Settings): void {
  if (events !== undefined && events < 1)
    throw invalidInput("events", events, "must be at least 1", "Give the largest number of events planned.");
  if (total !== undefined && spec.solveFor !== "sample-size" && Math.min(total, total * ratio!) / (1 + ratio!) < 1)
    throw invalidInput("total", total, "must leave at least one subject in each arm", "Give more subjects.");
}

function outputsOf(spec: SurvivalDesignSpec): OutputColumn[] {
  const { solveFor, timeUnit } = spec;
  const sizes: OutputColumn[] = [
    { key: "unroundedEvents", title: "Most events, before rounding", unit: "events", kind: "number" },
    { key: "unrounded", title: "Most subjects, before rounding", unit: "subjects", kind: "number" },
  ];
  const rest: OutputColumn[] = [
    { key: "expectedEvents", title: "Expected events", unit: "events", kind: "number" },
    { key: "expectedDuration", title: "Expected duration", unit: timeUnit, kind: "number" },
    { key: "earlyStop", title: "Early stop", unit: "", kind: "proportion" },
  ];
  if (solveFor === "sample-size")
    return [
      { key: "fixedEvents", title: "Events of one analysis", unit: "events", kind: "number" },
      ...sizes,
      { key: "experimental", title: "Experimental", unit: "subjects", kind: "count" },
      { key: "control", title: "Control", unit: "subjects", kind: "count" },
      { key: "subjects", title: "Most subjects", unit: "subjects", kind: "count" },
      { key: "duration", title: "Study duration at most", unit: timeUnit, kind: "number" },
      ...rest,
    ];
  const answer: OutputColumn = {
    key: "answer",
    title: SOLVED[solveFor].label,
    unit: solveFor === "duration" ? timeUnit : "",
    kind: solveFor === "power" ? "proportion" : "number",
  };
  return [
    answer,
    ...sizes,
    { key: "duration", title: "Study duration at most", unit: timeUnit, kind: "number" },
    ...rest,
  ];
}

const up = (size: number) => Math.ceil(size * (1 - 1e-10));

function answersOf({ trial, end, answer, ratio }: SolvedTrial): Answers {
  const experimental = up((trial.subjects * ratio) / (1 + ratio));
  const control = up(trial.subjects / (1 + ratio));
  return {
    ...(answer === null
      ? { fixedEvents: trial.fixedEvents, experimental, control, subjects: experimental + control }
      : { answer }),
    unroundedEvents: trial.events,
    unrounded: trial.subjects,
    duration: end,
    expectedEvents: trial.expectedEvents.underDesignEffect,
    expectedDuration: trial.expectedDuration,
    earlyStop: trial.earlyStop,
  };
}

function statementOf(
  spec: SurvivalDesignSpec,
  { trial, hazardRatio, end }: SolvedTrial,
  s: Settings,
  answers: Answers,
): string {
  const { solveFor, timeUnit } = spec;
  const alpha = solveFor === "alpha" ? answers.answer! : s.oneSidedAlpha!;
  const power = powerInWords(solveFor === "power" ? answers.answer! : s.power!);
  const margin = s.nullHazardRatio === 1 ? "" : ` against ${inWords(s.nullHazardRatio!)}`;
  const sizes =
    solveFor === "sample-size"
      ? `At most ${Math.ceil(trial.events - 1e-9)} events among ${answers.subjects} subjects (${answers.experimental} experimental, ${answers.control} control)`
      : `At most ${inWords(trial.events)} events among ${inWords(trial.subjects)} subjects`;
  const single =
    solveFor === "sample-size" ? ` A single analysis needs ${Math.ceil(trial.fixedEvents - 1e-9)} events.` : "";
  return `${sizes}, expected ${short(end)} ${timeUnit} after the first entry, ${solveFor === "sample-size" || solveFor === "duration" ? "are enough for" : "give"} ${power} power at a hazard ratio of ${inWords(hazardRatio)}${margin} with ${errorInWords(spec, alpha)}.${single} Under this hazard ratio ${short(trial.expectedEvents.underDesignEffect)} events and ${short(trial.expectedDuration)} ${timeUnit} are expected.`;
}

const short = (value: number) => String(Number(value.toPrecision(4)));
