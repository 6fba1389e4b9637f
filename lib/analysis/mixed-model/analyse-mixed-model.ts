import { DomainError, namingFields } from "../../errors/domain-error.ts";
import type { AnalysisReport } from "../analysis-report.ts";
import { waldInference } from "../analysis-result.ts";
import { gridDifference, gridMean } from "../reference-grid.ts";
import type { TrialData } from "../trial-data.ts";
import { fitMixedModel, type MixedModelFit } from "./fit-mixed-model.ts";
import { type MixedModelColumns, mixedModelColumns, residualStructureOf, TIME_NAME } from "./mixed-model-columns.ts";
import { type MixedContrast, mixedModelContrasts } from "./mixed-model-inference.ts";
import { mixedModelProgramCode } from "./mixed-model-program.ts";
import type { MixedModelSpec } from "./mixed-model-spec.ts";
import { mixedModelTables } from "./mixed-model-tables.ts";

/** A fit with what the tables need of it. */
export interface MixedModelAnalysis {
  readonly spec: MixedModelSpec;
  readonly data: TrialData;
  readonly columns: MixedModelColumns;
  readonly fit: MixedModelFit;
  /** Estimate of a linear function of all columns of the design; null when it is not estimable. */
  readonly contrast: (weights: Float64Array) => MixedContrast | null;
  /** Weights of the slope of an arm. */
  readonly slope: (arm: string) => Float64Array;
}

/**
 * Comparison of the arms' slopes by a linear mixed model with a random intercept or random intercept and slope of each
 * patient (METHODS.md eq. (L1), (L20), (L21)).
 *
 * @param spec - What to analyse and how; names are those of the trial.
 * @returns Difference of slopes of every arm and the control, slopes and means by arm, fixed effects, variance
 *   components, fit statistics, the verdict on convergence in words, and the R and SAS programs of the same analysis.
 * @throws DomainError naming the field of the specification; NOT_CONVERGED when gradient and Hessian show no maximum.
 */
export function analyseMixedModel(spec: MixedModelSpec, data: TrialData): AnalysisReport {
  const columns = mixedModelColumns(spec, data);
  const fit = fitNamingFields(spec, columns);
  if (fit.verdict.state === "not-converged")
    throw new DomainError("NOT_CONVERGED", {
      argument: "randomEffects",
      received: spec.randomEffects,
      requirement: `must be estimable from the data. ${fit.verdict.lines.join(" ")}`,
      hint: "Use a random intercept only, or independent residuals.",
    });
  const analysis = analysisOf(spec, data, columns, fit);
  const control = data.armNames[0]!;
  const patients = new Set(columns.patientOfRow).size;
  const method = methodName(spec, columns);
  const effects = data.armNames.slice(1).map((arm) => {
    const found = analysis.contrast(gridDifference(analysis.slope(arm), analysis.slope(control)));
    if (found === null)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "treatment",
        received: arm,
        requirement: "needs observations at different times in every arm that are not determined by the covariates",
        hint: "Analyse more visits, or use fewer covariates.",
      });
    return {
      label: `${arm} minus ${control}, slope per ${spec.timeUnit}`,
      result: {
        method,
        summaryMeasure: "slope-difference" as const,
        ...waldInference(found.estimate, found.standardError, found.degreesOfFreedom, {
          nullValue: spec.nullValue,
          benefit: columns.endpoint.benefit,
          confidence: spec.confidence,
        }),
        subjectsUsed: patients,
        diagnostics: [],
      },
    };
  });
  return {
    method,
    effects,
    tables: mixedModelTables(analysis),
    fitNotes: [...fit.verdict.lines],
    diagnostics: [...columns.diagnostics, ...fit.diagnostics],
    code: mixedModelProgramCode(analysis),
  };
}

function analysisOf(
  spec: MixedModelSpec,
  data: TrialData,
  columns: MixedModelColumns,
  fit: MixedModelFit,
): MixedModelAnalysis {
  const { design, model } = columns;
  const independent = fit.likelihood.layout.independentColumns;
  const kept = new Set(independent);
  const estimate = mixedModelContrasts(
    fit,
    spec.degreesOfFreedom,
    model.fixed.map(({ values }) => values),
  );
  return {
    spec,
    data,
    columns,
    fit,
    contrast: (weights) => {
      // A function that needs a column left out has no unique value.
      if (weights.some((weight, j) => !kept.has(j) && Math.abs(weight) > 1e-12)) return null;
      const found = estimate(Float64Array.from(independent, (j) => weights[j]!));
      // Rounding can leave no variance where numbers are huge against their spread.
      return found.standardError > 0 ? found : null;
    },
    slope: (arm) =>
      gridDifference(
        gridMean(design, { [TIME_NAME]: 1, arm }, "equal"),
        gridMean(design, { [TIME_NAME]: 0, arm }, "equal"),
      ),
  };
}

/** Refusals of the fit name columns; a user knows the fields of the specification. */
function fitNamingFields(spec: MixedModelSpec, columns: MixedModelColumns): MixedModelFit {
  return namingFields({ outcome: "endpoint", group: "endpoint", fixed: "covariates", random: "randomEffects" }, () =>
    fitMixedModel(columns.model, { criterion: spec.likelihood, residual: residualStructureOf(spec) }),
  );
}

function methodName(spec: MixedModelSpec, columns: MixedModelColumns): string {
  const random = {
    intercept: "random intercept",
    "intercept-and-slope": "random intercept and slope",
    "independent-intercept-and-slope": "independent random intercept and slope",
  }[spec.randomEffects];
  const residual = {
    independent: "independent residuals",
    "continuous-autoregressive": "continuous-time AR(1) residuals",
    "continuous-autoregressive-with-measurement-error": "continuous-time AR(1) residuals with measurement error",
  }[spec.residual];
  const df = {
    satterthwaite: "Satterthwaite degrees of freedom",
    "kenward-roger": "Kenward–Roger degrees of freedom",
    "between-within": "between-within degrees of freedom",
    normal: "normal approximation",
  }[spec.degreesOfFreedom];
  const outcome = spec.outcome === "change" ? "change from baseline" : "value";
  const baseline =
    spec.baseline === "outcome"
      ? ", baseline as an outcome"
      : spec.baseline === "covariate"
        ? ", baseline as a covariate"
        : "";
  const start = spec.treatment === "slope" ? ", common start of the arms" : "";
  const time = spec.time === "planned-day" ? "planned days" : "actual days";
  return `Linear mixed model, ${random}, ${residual}, ${spec.likelihood}, ${df}; ${outcome} of ${columns.endpoint.label} over ${time}${baseline}${start}`;
}
