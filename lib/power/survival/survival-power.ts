import { z } from "zod";
import { diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { powerProgram, rPowerProgram } from "../power-program.ts";
import type { PowerConvention, PowerReport, SolvedQuantity } from "../power-report.ts";
import {
  type Answers,
  assertAbsent,
  type GivenField,
  inWords,
  type OutputColumn,
  required,
  runPowerSweep,
  type Settings,
} from "../power-sweep.ts";
import { roundSizes } from "../round-sizes.ts";
import { severalValuesSchema } from "../several-values.ts";
import { assertPowerAboveError, solveAlpha } from "../solve-power.ts";
import { twoArmShape } from "../two-arm-spec.ts";
import { accrualEnd, eventShares, shareEntered, timeOfEvents } from "./event-projection.ts";
import { driftPerRootEvent, eventsNeeded, powerOfDrift, type TestLevel } from "./events-needed.ts";
import { courseOf, lachinFoulkesPower, lachinFoulkesSubjects, type SurvivalAssumptions } from "./lachin-foulkes.ts";
import {
  assumptionsAt,
  courseChoices,
  courseFields,
  SURVIVAL_FIELDS,
  survivalCourseShape,
} from "./survival-course-spec.ts";
import { rSurvivalFunctions, rSurvivalSolve } from "./survival-power-program.ts";

export type SurvivalConvention = "schoenfeld" | "freedman" | "hsieh-freedman" | "lachin-foulkes";

export const SURVIVAL_CONVENTIONS: Readonly<Record<SurvivalConvention, PowerConvention>> = {
  schoenfeld: {
    id: "schoenfeld",
    name: "Schoenfeld's events",
    software: ["rpact (default)", "East", "gsDesign nEvents"],
    note: "Variance of the log hazard ratio from the allocation alone; the number of subjects follows from the expected share with the event.",
  },
  freedman: {
    id: "freedman",
    name: "Freedman's events",
    software: ["rpact (Freedman)", "nQuery", "PASS"],
    note: "Counts more events than Schoenfeld for equal arms and large effects, and depends on which arm is larger.",
  },
  "hsieh-freedman": {
    id: "hsieh-freedman",
    name: "Freedman's events with Hsieh's allocation",
    software: ["rpact (HsiehFreedman)"],
    note: "As Freedman for equal arms; for unequal arms the events grow as with Schoenfeld.",
  },
  "lachin-foulkes": {
    id: "lachin-foulkes",
    name: "Lachin and Foulkes",
    software: ["gsDesign nSurv", "East"],
    note: "Variances of the log hazard ratio from the events of each arm, under the null hypothesis and the alternative, for a study of this duration.",
  },
};

/** Log-rank test of two arms: events, subjects, power, hazard ratio, type I error, duration. */
export const survivalPowerSpecSchema = z.object({
  method: z.literal("survival"),
  solveFor: z
    .enum(["sample-size", "events", "power", "effect", "alpha", "duration"])
    .default("sample-size")
    .describe("The quantity to compute: subjects, events alone, power, hazard ratio, type I error, or study duration."),
  convention: z
    .enum(["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes"])
    .default("schoenfeld")
    .describe("How events become power."),
  sides: twoArmShape.sides,
  bothTails: z
    .boolean()
    .default(false)
    .describe(
      "Whether a two-sided test counts rejections in the wrong direction as power; not with Lachin and Foulkes.",
    ),
  alpha: twoArmShape.alpha,
  power: twoArmShape.power,
  ratio: twoArmShape.ratio,
  ...survivalCourseShape,
  total: severalValuesSchema
    .optional()
    .describe("Subjects of both arms together; given unless the sample size or the events are solved for."),
  events: severalValuesSchema
    .optional()
    .describe("Events of both arms together, in place of subjects and their course; not with Lachin and Foulkes."),
  direction: z
    .enum(["less", "greater"])
    .default("less")
    .describe("Where a hazard ratio is sought when it is solved for: below or above its null value."),
  rounding: twoArmShape.rounding,
  combine: twoArmShape.combine,
});
export type SurvivalPowerSpec = z.infer<typeof survivalPowerSpecSchema>;

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
    solve: (settings) => solveRow(spec, settings, onEvents),
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

function solveRow(spec: SurvivalPowerSpec, settings: Settings, onEvents: boolean): Answers {
  const { hazardRatio, nullHazardRatio, alpha, power, ratio, total, events } = settings;
  if (hazardRatio !== undefined && hazardRatio === nullHazardRatio && spec.solveFor !== "power")
    throw invalidInput(
      "hazardRatio",
      hazardRatio,
      `must differ from its value under the null hypothesis, ${inWords(nullHazardRatio)}`,
      "Enter the hazard ratio expected, or change the margin.",
    );
  if (power !== undefined && alpha !== undefined) assertPowerAboveError(power, alpha / spec.sides);
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

function solveHazardRatio(
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

function statementOf(spec: SurvivalPowerSpec, settings: Settings, answers: Answers, onEvents: boolean): string {
  const sided = spec.sides === 1 ? "one-sided" : "two-sided";
  const hazardRatio = spec.solveFor === "effect" ? answers.answer! : settings.hazardRatio!;
  const alpha = spec.solveFor === "alpha" ? answers.answer! : settings.alpha!;
  const power = spec.solveFor === "power" ? answers.answer! : settings.power!;
  const margin = settings.nullHazardRatio === 1 ? "" : ` against ${inWords(settings.nullHazardRatio!)}`;
  const goal = `${inWords(100 * power)} % power at a hazard ratio of ${inWords(hazardRatio)}${margin} with a ${sided} type I error of ${inWords(alpha)} (log-rank test; ${SURVIVAL_CONVENTIONS[spec.convention].name})`;
  if (onEvents) {
    const events = spec.solveFor === "events" ? answers.answer! : settings.events!;
    return `${inWords(events)} events give ${goal}.`;
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
    answers = solveRow(spec, settings, false);
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
