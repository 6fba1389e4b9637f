import type { ResultTable } from "../analysis/analysis-report.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { assumptionsAt, courseFields, type SurvivalCourseSpec } from "../power/survival/survival-course-spec.ts";
import { SURVIVAL_CONVENTIONS } from "../power/survival/survival-power-spec.ts";
import type { DesignReport } from "./design-report.ts";
import { boundaryWords, futilityWords } from "./design-words.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import { designSurvivalTrial, type SurvivalDesign } from "./survival-design.ts";
import { survivalDesignProgram } from "./survival-design-program.ts";
import type { SurvivalDesignSpec } from "./survival-design-spec.ts";

/**
 * A group sequential trial with a log-rank test: events and calendar times of the analyses, subjects, bounds as hazard
 * ratios, expected events and duration.
 *
 * @throws DomainError naming the field at fault.
 * @remarks lib/power/survival/METHODS.md eq. (W1)–(W7).
 */
export function reportSurvivalDesign(spec: SurvivalDesignSpec): DesignReport {
  if (spec.hazardRatio === spec.nullHazardRatio)
    throw invalidInput(
      "hazardRatio",
      spec.hazardRatio,
      "must differ from its value under the null hypothesis",
      "Enter the hazard ratio expected, or change the margin.",
    );
  const course: SurvivalCourseSpec = spec;
  const settings = Object.fromEntries(
    courseFields(course, true).map(({ field, values }) => [field.name, values as number]),
  );
  const assumptions = assumptionsAt(
    course,
    { ...settings, ratio: spec.ratio, nullHazardRatio: spec.nullHazardRatio },
    spec.hazardRatio,
  );
  const plan = planOf(spec);
  const trial = designSurvivalTrial(plan, assumptions, spec.followUp, spec.convention);
  const analyses = spec.informationFractions.length;
  return {
    method: `Group sequential log-rank test, ${analyses} ${analyses === 1 ? "analysis" : "analyses"}, ${spec.sides === "one-sided" ? "one-sided" : "symmetric two-sided"}; ${SURVIVAL_CONVENTIONS[spec.convention].name}; ${boundaryWords(spec.efficacy)}; ${futilityWords(spec.futility)}`,
    answer: answerOf(spec, trial),
    tables: [stagesTable(spec, trial), stoppingTable(trial), expectationTable(spec, trial)],
    conventionNote: `${SURVIVAL_CONVENTIONS[spec.convention].note} The inflation factor of the plan multiplies the events; subjects follow from the share expected to have the event by the final analysis. Real numbers here, as rpact gives them: round events and subjects up.`,
    diagnostics: [...trial.design.diagnostics],
    code: survivalDesignProgram(spec, plan, settings),
  };
}

function planOf(spec: SurvivalDesignSpec): GroupSequentialSpec {
  const { oneSidedAlpha, power, informationFractions, efficacy, futility, sides, efficacyLooks, powerCounts } = spec;
  return {
    oneSidedAlpha,
    power,
    informationFractions,
    efficacy,
    futility,
    sides,
    ...(efficacyLooks === undefined ? {} : { efficacyLooks }),
    ...(powerCounts === undefined ? {} : { powerCounts }),
  };
}

function answerOf(spec: SurvivalDesignSpec, trial: SurvivalDesign): string {
  const last = trial.stages.at(-1)!;
  const events = Math.ceil(trial.events - 1e-9);
  const subjects = Math.ceil(trial.subjects - 1e-9);
  return `At most ${events} events among ${subjects} subjects, expected ${short(last.time)} ${spec.timeUnit} after the first entry, give ${short(100 * spec.power)} % power at a hazard ratio of ${short(spec.hazardRatio)}; a single analysis needs ${Math.ceil(trial.fixedEvents - 1e-9)} events. Under the design effect ${short(trial.expectedEvents.underDesignEffect)} events and ${short(trial.expectedDuration)} ${spec.timeUnit} are expected.`;
}

const short = (value: number) => String(Number(value.toPrecision(4)));

function stagesTable(spec: SurvivalDesignSpec, trial: SurvivalDesign): ResultTable {
  return {
    id: "stages",
    title: "Analyses",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      { title: "Information fraction", unit: "", kind: "proportion" },
      { title: "Events", unit: "events", kind: "number" },
      { title: "Time since the first entry", unit: spec.timeUnit, kind: "number" },
      { title: "Subjects entered", unit: "subjects", kind: "number" },
      { title: "Efficacy bound, Z", unit: "", kind: "number" },
      { title: "Efficacy bound, one-sided p", unit: "", kind: "p-value" },
      { title: "Efficacy bound, hazard ratio", unit: "", kind: "number" },
      { title: "Futility bound, Z", unit: "", kind: "number" },
      { title: "Futility bound, hazard ratio", unit: "", kind: "number" },
    ],
    rows: trial.stages.map((stage, k) => {
      const look = trial.design.looks[k]!;
      return [
        stage.analysis,
        stage.informationFraction,
        stage.events,
        stage.time,
        stage.subjects,
        look.efficacyZ,
        look.efficacyNominalP,
        stage.efficacyHazardRatio,
        look.futilityZ,
        stage.futilityHazardRatio,
      ];
    }),
    note: "Z is positive in the direction of the design effect. Times and subjects under the design effect.",
  };
}

function stoppingTable(trial: SurvivalDesign): ResultTable {
  return {
    id: "stopping",
    title: "Probability of stopping under the design effect",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      { title: "Rejects the null hypothesis", unit: "", kind: "proportion" },
      { title: "Stops for futility", unit: "", kind: "proportion" },
    ],
    rows: trial.stages.map((stage) => [stage.analysis, stage.rejectProbability, stage.futilityProbability]),
    note: `Before the final analysis: ${(100 * trial.earlyStop).toFixed(2)} %.`,
  };
}

function expectationTable(spec: SurvivalDesignSpec, trial: SurvivalDesign): ResultTable {
  return {
    id: "expectations",
    title: "Expected at the end of the trial",
    columns: [
      { title: "Quantity", unit: "", kind: "text" },
      { title: "Value", unit: "", kind: "quantity" },
    ],
    rows: [
      ["Events without any effect", trial.expectedEvents.underNull],
      ["Events under half the design effect", trial.expectedEvents.underHalfEffect],
      ["Events under the design effect", trial.expectedEvents.underDesignEffect],
      ["Subjects entered, design effect", trial.expectedSubjects],
      [`Duration in ${spec.timeUnit}, design effect`, trial.expectedDuration],
      ["Largest number of events", trial.events],
      ["Largest number of subjects", trial.subjects],
      ["Events of a single analysis", trial.fixedEvents],
    ],
    note: "Half the design effect: half the drift of the test statistic.",
  };
}
