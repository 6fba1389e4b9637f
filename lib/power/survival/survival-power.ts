import { diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { powerProgram, rPowerProgram } from "../power-program.ts";
import type { PowerReport, SolvedQuantity } from "../power-report.ts";
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
} from "../power-sweep.ts";
import { eventShares, shareEntered } from "./event-projection.ts";
import { courseOf } from "./lachin-foulkes.ts";
import { solveSurvivalRow } from "./solve-survival.ts";
import { assumptionsAt, courseChoices, courseFields, SURVIVAL_FIELDS } from "./survival-course-spec.ts";
import { rSurvivalFunctions, rSurvivalSolve } from "./survival-power-program.ts";
import { SURVIVAL_CONVENTIONS, type SurvivalConvention, type SurvivalPowerSpec } from "./survival-power-spec.ts";

const FIELDS = {
  alpha: { name: "alpha", label: "Type I error", unit: "", kind: "number", range: "open-unit" },
  power: { name: "power", label: "Power", unit: "", kind: "proportion", range: "open-unit" },
  ratio: { name: "ratio", label: "Allocation experimental : control", unit: "", kind: "number", range: "positive" },
  total: { name: "total", label: "Subjects", unit: "subjects", kind: "number", range: "subjects" },
  events: { name: "events", label: "Events", unit: "events", kind: "number", range: "subjects" },
} as const;

const SOLVED: Readonly<Record<SolvedQuantity, string>> = {
  "sample-size": "Sample size",
  events: "Events",
  power: "Power",
  effect: "Hazard ratio",
  alpha: "Type I error",
  duration: "Study duration",
};

/**
 * Power, events, subjects, hazard ratio, type I error or duration of a trial with a log-rank test.
 *
 * @throws DomainError naming the field at fault; NOT_ESTIMABLE when no such trial exists.
 * METHODS.md eq. (W1)–(W8). Reference values: tests/reference/power_survival.json.
 */
export function computeSurvival(spec: SurvivalPowerSpec): PowerReport {
  assertCombination(spec);
  const onEvents = spec.events !== undefined || spec.solveFor === "events";
  const { solveFor } = spec;
  const chosen = SURVIVAL_CONVENTIONS[spec.convention];
  const others = (Object.keys(SURVIVAL_CONVENTIONS) as SurvivalConvention[])
    .filter((id) => id !== spec.convention)
    .map((id) => SURVIVAL_CONVENTIONS[id]);
  const title = `${SOLVED[solveFor]}: log-rank test; ${chosen.name}`;
  return runPowerSweep({
    method: title,
    solvedFor: {
      quantity: solveFor,
      label: SOLVED[solveFor],
      unit:
        solveFor === "sample-size"
          ? "subjects"
          : solveFor === "events"
            ? "events"
            : solveFor === "duration"
              ? spec.timeUnit
              : "",
    },
    conventions: [chosen, ...others],
    choices: [
      { field: "sides", label: "Sides of the test", unit: "", values: [spec.sides] },
      ...(spec.bothTails
        ? [{ field: "bothTails", label: "Rejections counted", unit: "", values: ["both directions"] }]
        : []),
      ...(onEvents ? [] : courseChoices(spec)),
    ],
    given: givenFields(spec, onEvents),
    combine: spec.combine,
    outputs: outputsOf(spec, onEvents),
    solve: (settings) => solveSurvivalRow(spec, settings, onEvents),
    statement: (settings, answers) => statementOf(spec, settings, answers, onEvents),
    diagnostics: (rows) =>
      rows.some(({ answers }) => typeof answers.followUp === "number" && answers.followUp < 0)
        ? [
            diagnostic(
              "warning",
              "analysis-before-last-entry",
              "The events are reached before the last subject enters: fewer subjects are needed than are planned.",
              "total",
            ),
          ]
        : [],
    tables: onEvents ? [] : projectionTables(spec),
    code: (rows) =>
      powerProgram(
        rPowerProgram({
          title,
          rows,
          functions: rSurvivalFunctions(spec, onEvents),
          solve: rSurvivalSolve(spec, onEvents),
          withSolvers: false,
        }),
        null,
        "PROC POWER (TWOSAMPLESURVIVAL) computes the power of the log-rank test by Lakatos's method, which is another approximation.",
      ),
  });
}

function assertCombination(spec: SurvivalPowerSpec): void {
  const onEvents = spec.events !== undefined || spec.solveFor === "events";
  if (spec.convention === "lachin-foulkes" && onEvents)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: spec.solveFor === "events" ? "solveFor" : "events",
      received: "lachin-foulkes",
      requirement: "needs subjects with their course in time for Lachin and Foulkes, not events alone",
      hint: "Solve for the sample size, or use Schoenfeld's events.",
    });
  if (spec.bothTails && spec.convention === "lachin-foulkes")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "bothTails",
      received: true,
      requirement: "must be off with Lachin and Foulkes",
    });
  if (spec.events !== undefined && (spec.solveFor === "sample-size" || spec.solveFor === "duration"))
    throw invalidInput(
      "events",
      null,
      `must not be given when the ${SOLVED[spec.solveFor].toLowerCase()} is solved for`,
    );
}

function givenFields(spec: SurvivalPowerSpec, onEvents: boolean): GivenField[] {
  const { solveFor, sides } = spec;
  const given: GivenField[] = [];
  if (solveFor === "effect") assertAbsent("hazardRatio", spec.hazardRatio, "when it is solved for");
  else given.push(required(SURVIVAL_FIELDS.hazardRatio, spec.hazardRatio, "unless it is solved for"));
  given.push({ field: SURVIVAL_FIELDS.nullHazardRatio, values: spec.nullHazardRatio ?? 1 });
  if (solveFor === "alpha") assertAbsent("alpha", spec.alpha, "when it is solved for");
  else {
    const values = spec.alpha ?? (sides === 1 ? 0.025 : 0.05);
    for (const alpha of typeof values === "number" ? [values] : values)
      if (sides === 1 && alpha >= 0.5)
        throw invalidInput("alpha", alpha, "must lie below 0.5 for a one-sided test", "0.025 is usual.");
    given.push({ field: FIELDS.alpha, values });
  }
  if (solveFor === "power") assertAbsent("power", spec.power, "when it is solved for");
  else given.push({ field: FIELDS.power, values: spec.power ?? 0.9 });
  given.push({ field: FIELDS.ratio, values: spec.ratio ?? 1 });
  if (onEvents) {
    assertAbsent("total", spec.total, "beside events");
    for (const name of COURSE_NAMES) assertAbsent(name, spec[name] ?? undefined, "when events alone decide");
    if (solveFor !== "events") given.push(required(FIELDS.events, spec.events, "unless it is solved for"));
    else assertAbsent("events", spec.events, "when they are solved for");
    return given;
  }
  if (solveFor === "sample-size") assertAbsent("total", spec.total, "when the sample size is solved for");
  else given.push(required(FIELDS.total, spec.total, "(or events) here"));
  return [...given, ...courseFields(spec, solveFor !== "duration")];
}

const COURSE_NAMES = [
  "controlMedian",
  "controlHazard",
  "accrualDuration",
  "accrual",
  "followUp",
  "dropout",
  "dropoutExperimental",
  "dropoutTime",
] as const;

function outputsOf(spec: SurvivalPowerSpec, onEvents: boolean): OutputColumn[] {
  const time = spec.timeUnit;
  const eventsAtEnd: OutputColumn = { key: "expectedEvents", title: "Events expected", unit: "events", kind: "number" };
  switch (spec.solveFor) {
    case "sample-size":
      return [
        { key: "unrounded", title: "Total before rounding", unit: "subjects", kind: "number" },
        { key: "unroundedEvents", title: "Events before rounding", unit: "events", kind: "number" },
        { key: "experimental", title: "Experimental", unit: "subjects", kind: "count" },
        { key: "control", title: "Control", unit: "subjects", kind: "count" },
        { key: "subjects", title: "Total", unit: "subjects", kind: "count" },
        eventsAtEnd,
        { key: "achieved", title: "Power reached", unit: "", kind: "proportion" },
        { key: "duration", title: "Study duration", unit: time, kind: "number" },
      ];
    case "events":
      return [
        { key: "unroundedEvents", title: "Events before rounding", unit: "events", kind: "number" },
        { key: "answer", title: "Events", unit: "events", kind: "count" },
      ];
    case "power":
    case "effect":
    case "alpha":
      return [
        {
          key: "answer",
          title: SOLVED[spec.solveFor],
          unit: "",
          kind: spec.solveFor === "power" ? "proportion" : "number",
        },
        ...(onEvents
          ? []
          : [eventsAtEnd, { key: "duration", title: "Study duration", unit: time, kind: "number" as const }]),
      ];
    case "duration":
      return [
        { key: "answer", title: "Study duration", unit: time, kind: "number" },
        { key: "followUp", title: "Follow-up after the last entry", unit: time, kind: "number" },
        eventsAtEnd,
      ];
  }
}

function statementOf(spec: SurvivalPowerSpec, settings: Settings, answers: Answers, onEvents: boolean): string {
  const sided = spec.sides === 1 ? "one-sided" : "two-sided";
  const hazardRatio = spec.solveFor === "effect" ? answers.answer! : settings.hazardRatio!;
  const alpha = spec.solveFor === "alpha" ? answers.answer! : settings.alpha!;
  const power = spec.solveFor === "power" ? answers.answer! : settings.power!;
  const margin = settings.nullHazardRatio === 1 ? "" : ` against ${inWords(settings.nullHazardRatio!)}`;
  const reached =
    spec.solveFor === "sample-size"
      ? `${powerInWords(answers.achieved!)} power (${powerInWords(power)} wanted)`
      : `${powerInWords(power)} power`;
  const goal = `${reached} at a hazard ratio of ${inWords(hazardRatio)}${margin} with a ${sided} type I error of ${inWords(alpha)} (log-rank test; ${SURVIVAL_CONVENTIONS[spec.convention].name})`;
  if (onEvents) {
    const events = spec.solveFor === "events" ? answers.answer! : settings.events!;
    return `${inWords(events)} events ${spec.solveFor === "events" ? "are enough for" : "give"} ${goal}.`;
  }
  const subjects = spec.solveFor === "sample-size" ? answers.subjects! : settings.total!;
  const duration = spec.solveFor === "duration" ? answers.answer! : answers.duration!;
  return `${inWords(subjects)} subjects followed for a study of ${inWords(duration)} ${spec.timeUnit}, with ${inWords(answers.expectedEvents!)} events expected, give ${goal}.`;
}

/** Events and subjects by calendar time for the first value of every input. */
function projectionTables(spec: SurvivalPowerSpec): PowerReport["tables"] {
  const given = givenFields(spec, false);
  const settings: Settings = Object.fromEntries(
    given.map(({ field, values }) => [field.name, typeof values === "number" ? values : values[0]!]),
  );
  let answers: Answers;
  try {
    answers = solveSurvivalRow(spec, settings, false);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
  const hazardRatio = spec.solveFor === "effect" ? answers.answer! : settings.hazardRatio!;
  const subjects = spec.solveFor === "sample-size" ? answers.subjects! : settings.total!;
  const duration = spec.solveFor === "duration" ? answers.answer! : answers.duration!;
  const assumptions = assumptionsAt(spec, settings, hazardRatio);
  const course = courseOf(assumptions);
  return [
    {
      id: "event-projection",
      title: "Expected events by calendar time",
      columns: [
        { title: "Time since the first entry", unit: spec.timeUnit, kind: "number" },
        { title: "Subjects entered", unit: "subjects", kind: "number" },
        { title: "Events, experimental", unit: "events", kind: "number" },
        { title: "Events, control", unit: "events", kind: "number" },
        { title: "Events", unit: "events", kind: "number" },
      ],
      rows: Array.from({ length: 8 }, (_, k) => {
        const time = ((k + 1) / 8) * duration;
        const shares = eventShares(course, time);
        return [
          time,
          subjects * shareEntered(assumptions.accrual, time),
          subjects * shares.experimental,
          subjects * shares.control,
          subjects * shares.both,
        ];
      }),
      note: "Under the design hazard ratio, for the first value of every input.",
    },
  ];
}
