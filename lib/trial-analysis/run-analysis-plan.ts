import type { TrialData } from "../analysis/trial-data.ts";
import type { LongDataSet } from "../data/long-data-set.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { DomainError } from "../errors/domain-error.ts";
import { canonicalJson } from "../numerics/canonical-json.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import type { TwinSet } from "../twins/twin-document.ts";
import { analyseTrial } from "./analyse-trial.ts";
import type { AnalysisOutcome, AnalysisPlan, AnalysisResults } from "./analysis-plan.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";
import { codedEndpointDiagnostics } from "./coded-endpoint.ts";
import { effectUnit } from "./effect-unit.ts";
import { type ComparedArms, levelDiagnostics } from "./recommendation.ts";
import { SIMULATED_LEVELS } from "./simulated-level-table.ts";
import { survivalCurves } from "./survival-curves.ts";
import { trialDataOf } from "./trial-data-of.ts";

export interface AnalysisPlanInput {
  readonly plan: AnalysisPlan;
  readonly data: LongDataSet;
  readonly dataHash: string;
  /** Twins of the patients; null to analyse without a score. */
  readonly twins: TwinSet | null;
  readonly onProgress?: (fraction: number, message: string) => void;
}

/**
 * Does every planned analysis. One that the data do not allow is refused with its reason and does not stop the others.
 *
 * @throws DomainError when the data set is not a trial with a control arm, or the twins are of other patients.
 */
export function runAnalysisPlan({ plan, data, dataHash, twins, onProgress }: AnalysisPlanInput): AnalysisResults {
  const trial = trialDataOf(data, twins);
  const analyses = plan.analyses.map((planned, index) => {
    onProgress?.(index / plan.analyses.length, planned.name);
    return { planned, outcome: outcomeOf(planned.spec, trial, data) };
  });
  return {
    format: "understudy-analysis-results/1",
    engineVersion: ENGINE_VERSION,
    planHash: sha256Hex(canonicalJson(plan)),
    dataHash,
    twinHash: twins?.hash ?? null,
    patients: data.patients.length,
    analyses,
  };
}

function outcomeOf(spec: AnalysisSpec, trial: TrialData, { endpoints }: LongDataSet): AnalysisOutcome {
  try {
    const report = analyseTrial(spec, trial);
    return {
      kind: "report",
      report: {
        ...report,
        diagnostics: [
          ...report.diagnostics,
          ...codedEndpointDiagnostics(spec, endpoints),
          ...levelDiagnostics(spec, comparedArms(trial), SIMULATED_LEVELS),
        ],
      },
      unit: effectUnit(spec, trial),
      curves: survivalCurves(spec, trial),
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { kind: "refused", argument: error.detail.argument, message: error.message };
  }
}

/** Patients of the control and of the first experimental arm, which the main effect compares. */
function comparedArms({ arm }: TrialData): ComparedArms {
  const patients = (index: number) => arm.reduce((count, own) => count + (own === index ? 1 : 0), 0);
  return { control: patients(0), experimental: patients(1) };
}
