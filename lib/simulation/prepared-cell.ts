import type { SequentialBounds } from "../design/crossing-probability.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { type CourseLaw, fittedCourse } from "./course-law.ts";
import { lookCohorts } from "./look-schedule.ts";
import { type PatientLaw, patientLaw } from "./patient-law.ts";
import { type AnalysisParts, analysisParts } from "./simulated-analysis.ts";
import { assertDistinctIdentifiers, cellAt } from "./simulation-cell.ts";
import type { Scenario, SimulationSpec, TrialDesign } from "./simulation-document.ts";
import { stoppingBounds } from "./stopping-rule.ts";

const DAYS_PER_MONTH = 30.4375;

/** Everything about a cell that does not change from replicate to replicate. */
export interface PreparedCell {
  readonly cellIndex: number;
  readonly seed: number;
  readonly design: TrialDesign;
  readonly scenario: Scenario;
  readonly law: PatientLaw;
  readonly analysis: AnalysisParts;
  /** Earlier visits, where the analysis reads them. */
  readonly course: CourseLaw | null;
  readonly bounds: SequentialBounds;
  /** n_k: patients randomised whose primary visit is over at look k. */
  readonly cohorts: readonly number[];
  readonly totalPatients: number;
  /** Months from randomisation to the primary visit. */
  readonly followUpMonths: number;
  /** +1 when a larger outcome is better, −1 otherwise. */
  readonly direction: 1 | -1;
  /** ANCOVA covariates in the analysis, the score not counted. */
  readonly covariates: number;
  readonly useScore: boolean;
}

/**
 * Prepare a cell: patient law, looks and bounds.
 *
 * @param spec - Designs, scenarios, seed.
 * @param model - Frozen model, or null when every scenario is parametric.
 * @param cellIndex - See `cellAt`.
 * @throws DomainError INVALID_INPUT, UNSUPPORTED_COMBINATION, NOT_ESTIMABLE from the parts.
 */
export function prepareCell(spec: SimulationSpec, model: FrozenModel | null, cellIndex: number): PreparedCell {
  assertDistinctIdentifiers(spec);
  const { design, scenario } = cellAt(spec, cellIndex);
  const law = patientLaw(spec.primary, scenario.generator, model);
  const analysis = analysisParts(design.analysis);
  return {
    cellIndex,
    seed: spec.seed,
    design,
    scenario,
    law,
    analysis,
    course: analysis.repeatedMeasures ? courseOf(spec.primary, scenario, model) : null,
    bounds: stoppingBounds(design),
    cohorts: lookCohorts(design),
    totalPatients: design.experimental + design.control,
    followUpMonths: primaryDay(spec, model) / DAYS_PER_MONTH,
    direction: spec.benefit === "higher-is-better" ? 1 : -1,
    covariates: analysis.adjusted ? law.covariates : 0,
    useScore: analysis.withScore && law.scoreIsDistinct,
  };
}

function courseOf(primary: SimulationSpec["primary"], scenario: Scenario, model: FrozenModel | null): CourseLaw {
  if (scenario.generator.kind === "fitted-model" && model !== null) return fittedCourse(primary, model);
  throw new DomainError("UNSUPPORTED_COMBINATION", {
    argument: "design.analysis",
    received: `MMRM in scenario "${scenario.name}"`,
    requirement: "needs a generator with earlier visits; the parametric law has the primary visit only",
    hint: "Choose the fitted model as generator of the scenario, or an analysis of the primary visit.",
  });
}

/** Day of the primary visit: from the model where there is one, else from the specification. */
function primaryDay(spec: SimulationSpec, model: FrozenModel | null): number {
  const visit = model?.visits.find(({ id }) => id === spec.primary.visitId);
  const day = visit?.targetDay ?? spec.primary.day;
  if (day === undefined || !(day > 0))
    throw invalidInput(
      "primary.day",
      day ?? null,
      `must be the target day (> 0) of visit "${spec.primary.visitId}", which no model states`,
      "Give primary.day, or a model that has the visit.",
    );
  return day;
}
