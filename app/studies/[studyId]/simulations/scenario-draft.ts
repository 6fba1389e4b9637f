import { type Scenario, scenarioSchema } from "../../../../lib/simulation/simulation-document.ts";
import type { StudySpecification } from "../../../../lib/trial/study-specification.ts";

type Typed = number | string;

/** A scenario while it is being typed. */
export interface ScenarioDraft {
  readonly id: string;
  readonly name: string;
  readonly effect: Typed;
  readonly generator: Scenario["generator"]["kind"];
  readonly standardDeviation: Typed;
  readonly rSquaredBaseline: Typed;
  readonly rSquaredScore: Typed;
  readonly accrualPerMonth: Typed;
  readonly dropoutProbability: Typed;
  readonly meanShift: Typed;
  readonly residualSdRatio: Typed;
  readonly scoreInformation: Typed;
  readonly scoreCurvature: Typed;
}

export type ScenarioField = Exclude<keyof ScenarioDraft, "id">;

/** Six significant digits in the boxes; a box that nobody touched stands for the saved number with all of its digits. */
export function draftOfScenario(scenario: Scenario): ScenarioDraft {
  const { generator, drift } = scenario;
  const law =
    generator.kind === "parametric" ? generator : { standardDeviation: 1, rSquaredBaseline: 0.3, rSquaredScore: 0.1 };
  return {
    id: scenario.id,
    name: scenario.name,
    effect: rounded(scenario.effect),
    generator: generator.kind,
    standardDeviation: rounded(law.standardDeviation),
    rSquaredBaseline: rounded(law.rSquaredBaseline),
    rSquaredScore: rounded(law.rSquaredScore),
    accrualPerMonth: rounded(scenario.accrualPerMonth),
    dropoutProbability: rounded(scenario.dropoutProbability),
    meanShift: rounded(drift.meanShift),
    residualSdRatio: rounded(drift.residualSdRatio),
    scoreInformation: rounded(drift.scoreInformation),
    scoreCurvature: rounded(drift.scoreCurvature ?? 0),
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** A scenario to begin with: the target effect in patients as trained. */
export function startingScenario(specification: StudySpecification): Scenario {
  return {
    id: "new",
    name: "",
    effect: specification.targetEffect,
    generator: { kind: "fitted-model" },
    accrualPerMonth: 10,
    dropoutProbability: 0,
    drift: { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 },
  };
}

export type ScenarioReading =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly errors: Partial<Record<ScenarioField, string>> };

const requirements: Readonly<Record<ScenarioField, string>> = {
  name: "Give the scenario a name of at most 80 characters",
  effect: "A number; 0 for no effect",
  generator: "Choose where the patients come from",
  standardDeviation: "Greater than 0",
  rSquaredBaseline: "From 0 to below 1",
  rSquaredScore: "From 0 to below 1; the two together below 1",
  accrualPerMonth: "Greater than 0",
  dropoutProbability: "From 0 to below 1",
  meanShift: "A number; 0 for no shift",
  residualSdRatio: "Greater than 0; 1 for no change",
  scoreInformation: "From 0 to 1",
  scoreCurvature: "From 0 to 1",
};

const fields = Object.keys(requirements) as ScenarioField[];

/** The scenario that a draft stands for, or what every wrong field requires. */
export function readScenario(draft: ScenarioDraft, saved?: Scenario): ScenarioReading {
  const law = saved?.generator.kind === "parametric" ? saved.generator : undefined;
  const exact = (typed: Typed, known: number | undefined) =>
    known !== undefined && rounded(known) === typed ? known : typed;
  const scoreCurvature = exact(draft.scoreCurvature, saved?.drift.scoreCurvature);
  const parsed = scenarioSchema.safeParse({
    id: draft.id,
    name: draft.name.trim(),
    effect: exact(draft.effect, saved?.effect),
    generator:
      draft.generator === "fitted-model"
        ? { kind: "fitted-model" }
        : {
            kind: "parametric",
            standardDeviation: exact(draft.standardDeviation, law?.standardDeviation),
            rSquaredBaseline: exact(draft.rSquaredBaseline, law?.rSquaredBaseline),
            rSquaredScore: exact(draft.rSquaredScore, law?.rSquaredScore),
          },
    accrualPerMonth: exact(draft.accrualPerMonth, saved?.accrualPerMonth),
    dropoutProbability: exact(draft.dropoutProbability, saved?.dropoutProbability),
    drift: {
      meanShift: exact(draft.meanShift, saved?.drift.meanShift),
      residualSdRatio: exact(draft.residualSdRatio, saved?.drift.residualSdRatio),
      scoreInformation: exact(draft.scoreInformation, saved?.drift.scoreInformation),
      ...(scoreCurvature === 0 ? {} : { scoreCurvature }),
    },
  });
  if (parsed.success) return { ok: true, scenario: parsed.data };
  const errors: Partial<Record<ScenarioField, string>> = {};
  for (const { path } of parsed.error.issues) {
    const field = fields.find((name) => name === path.at(-1));
    if (field !== undefined) errors[field] = requirements[field];
  }
  return { ok: false, errors };
}
