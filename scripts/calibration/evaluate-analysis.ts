// The treatment effect of an analysis without its tables and programs; what several analyses of one trial share is
// computed once. tests/calibration/calibration-evaluation.test.ts compares it with the report a user gets.

import { type BenefitDirection, waldInference } from "../../lib/analysis/analysis-result.ts";
import { type AncovaFit, fitAncova } from "../../lib/analysis/ancova/ancova.ts";
import { ancovaColumns, SCORE_NAME } from "../../lib/analysis/ancova/ancova-columns.ts";
import { armColumnName, covariateColumns, designColumns } from "../../lib/analysis/ancova/ancova-design.ts";
import type { AncovaSpec } from "../../lib/analysis/ancova/ancova-spec.ts";
import { twinVarianceWeights } from "../../lib/analysis/ancova/twin-variance-weights.ts";
import { binaryAnalysis } from "../../lib/analysis/generalized/analyse-binary-regression.ts";
import { countAnalysis } from "../../lib/analysis/generalized/analyse-count-regression.ts";
import type { BinaryRegressionSpec } from "../../lib/analysis/generalized/binary-regression-spec.ts";
import type { CountRegressionSpec } from "../../lib/analysis/generalized/count-regression-spec.ts";
import { fitBinaryModel } from "../../lib/analysis/generalized/fit-binary-model.ts";
import { fitGlm } from "../../lib/analysis/generalized/fit-glm.ts";
import { marginalContrast } from "../../lib/analysis/generalized/marginal-contrast.ts";
import { designOnArm, marginalMeans } from "../../lib/analysis/generalized/marginal-means.ts";
import { ARM_NAME, armColumn, armModel, designMatrix } from "../../lib/analysis/generalized/model-matrix.ts";
import { fitNegativeBinomial } from "../../lib/analysis/generalized/negative-binomial.ts";
import { type GlmCovariance, glmCovariance } from "../../lib/analysis/generalized/robust-covariance.ts";
import { fitMixedModel } from "../../lib/analysis/mixed-model/fit-mixed-model.ts";
import {
  mixedModelColumns,
  residualStructureOf,
  TIME_NAME,
} from "../../lib/analysis/mixed-model/mixed-model-columns.ts";
import { mixedModelContrasts } from "../../lib/analysis/mixed-model/mixed-model-inference.ts";
import type { MixedModelSpec } from "../../lib/analysis/mixed-model/mixed-model-spec.ts";
import { fitTrialModel } from "../../lib/analysis/mmrm/analyse-mmrm.ts";
import { mmrmColumns } from "../../lib/analysis/mmrm/mmrm-columns.ts";
import { mmrmInference } from "../../lib/analysis/mmrm/mmrm-inference.ts";
import type { MmrmSpec } from "../../lib/analysis/mmrm/mmrm-spec.ts";
import type { ModelDesign } from "../../lib/analysis/model-design.ts";
import { gridDifference, gridMean } from "../../lib/analysis/reference-grid.ts";
import { robustCovariance } from "../../lib/analysis/survival/cox-residuals.ts";
import { eventData, modelColumns } from "../../lib/analysis/survival/event-data.ts";
import { fitCox } from "../../lib/analysis/survival/fit-cox.ts";
import type { CoxSpec } from "../../lib/analysis/survival/time-to-event-spec.ts";
import type { TrialData } from "../../lib/analysis/trial-data.ts";
import { DomainError } from "../../lib/errors/domain-error.ts";
import { analyseTrial } from "../../lib/trial-analysis/analyse-trial.ts";
import type { AnalysisSpec } from "../../lib/trial-analysis/analysis-spec.ts";

/** What calibration counts of an analysis. */
export interface EvaluatedEffect {
  readonly oneSidedPValue: number;
  readonly twoSidedPValue: number;
  readonly interval: { readonly lower: number | null; readonly upper: number | null };
}

/** The first effect of each analysis of one trial; null where the analysis is refused. */
export function trialEvaluator(data: TrialData): (spec: AnalysisSpec) => EvaluatedEffect | null {
  const shared = new Map<string, unknown>();
  /** Computes once for all specifications that differ only in what `varying` names; a refusal is shared as well. */
  const once = <S extends AnalysisSpec, T>(spec: S, varying: readonly (keyof S)[], make: () => T): T => {
    const rest = Object.entries(spec).filter(([field]) => !varying.includes(field as keyof S));
    const key = JSON.stringify(rest);
    if (!shared.has(key)) shared.set(key, outcomeOf(make));
    const outcome = shared.get(key) as Outcome<T>;
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  };
  const evaluate = (spec: AnalysisSpec): EvaluatedEffect => {
    switch (spec.method) {
      case "ancova": {
        const { fit, benefit } = once(spec, ["varianceEstimator"], () => ancovaFit(spec, data));
        const estimator = spec.varianceEstimator;
        if (estimator === "automatic") break;
        const weights = Float64Array.from(fit.model.columnNames, (name) =>
          Number(name === armColumnName(data.armNames[1]!)),
        );
        const { estimate, standardError } = fit.model.contrast(weights, estimator);
        return waldInference(estimate, standardError, fit.model.residualDf, { benefit });
      }
      case "mmrm": {
        const { model, columns, options } = once(spec, ["degreesOfFreedom", "covariance"], () => mmrmFit(spec, data));
        const visit = data.visits[columns.primaryVisit]!.id;
        const { degreesOfFreedom, covariance } = spec;
        const inference = mmrmInference(model.fit, { degreesOfFreedom, covariance, design: options });
        const weights = armDifference(model.design, data, { visit });
        const found = inference.contrast(weights);
        return waldInference(found.estimate, found.standardError, found.degreesOfFreedom, {
          benefit: columns.endpoint.benefit,
        });
      }
      case "mixed-model": {
        const { columns, fit } = once(spec, ["degreesOfFreedom"], () => slopesFit(spec, data));
        const fixed = columns.model.fixed.map(({ values }) => values);
        const weights = gridDifference(
          armDifference(columns.design, data, { [TIME_NAME]: 1 }),
          armDifference(columns.design, data, { [TIME_NAME]: 0 }),
        );
        const found = mixedModelContrasts(fit, spec.degreesOfFreedom, fixed)(weights);
        return waldInference(found.estimate, found.standardError, found.degreesOfFreedom, {
          benefit: columns.endpoint.benefit,
        });
      }
      case "binary-regression": {
        if (spec.measure === "conditional-odds-ratio") break;
        const { fitted, designs, analysis } = once(spec, ["measure", "variance"], () => binaryFit(spec, data));
        const marginal = once(spec, ["measure"], () =>
          marginalMeans(fitted.fit, designs, analysis.patients.arm, marginalVariance(spec)),
        );
        const scale = (
          { "risk-difference": "difference", "risk-ratio": "log-ratio", "odds-ratio": "log-odds-ratio" } as const
        )[spec.measure];
        const { estimate, standardError } = marginalContrast(marginal, 1, 0, scale);
        if (!(standardError > 0)) break;
        return waldInference(estimate, standardError, null, { benefit: analysis.outcome.benefit });
      }
      case "count-regression": {
        const { fit, negative, analysis, model } = once(spec, ["measure", "variance"], () => countFit(spec, data));
        const { benefit } = analysis.outcome;
        if (spec.measure !== "rate-ratio") {
          if (spec.variance !== "ye") break;
          const designs = data.armNames.map((_, code) => designOnArm(model, fit, ARM_NAME, code));
          const marginal = marginalMeans(fit, designs, analysis.patients.arm, marginalVariance({ variance: "ye" }));
          const scale = spec.measure === "marginal-rate-ratio" ? "log-ratio" : "difference";
          const { estimate, standardError } = marginalContrast(marginal, 1, 0, scale);
          return waldInference(estimate, standardError, null, { benefit });
        }
        if (spec.variance === "ye") break;
        const covariance =
          spec.variance === "observed" ? negative!.observedCovariance : glmCovariance(fit, spec.variance);
        const column = armColumn(model, fit.independentColumns, 1);
        const variance = covariance[column * fit.rank + column]!;
        return waldInference(fit.coefficients[column]!, Math.sqrt(variance), null, { benefit });
      }
      case "cox": {
        const fit = once(spec, ["variance"], () => coxFit(spec, data));
        const covariance = spec.variance === "robust" ? robustCovariance(fit) : fit.covariance;
        return waldInference(fit.coefficients[0]!, Math.sqrt(covariance[0]!), null, {
          benefit: spec.direction === "unfavourable" ? "lower" : "higher",
        });
      }
    }
    return analyseTrial(spec, data).effects[0]!.result;
  };
  return (spec) => {
    const outcome = outcomeOf(() => evaluate(spec));
    return outcome.ok ? outcome.value : null;
  };
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DomainError };

function outcomeOf<T>(make: () => T): Outcome<T> {
  try {
    return { ok: true, value: make() };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { ok: false, error };
  }
}

function ancovaFit(spec: AncovaSpec, data: TrialData): { fit: AncovaFit; benefit: BenefitDirection } {
  const columns = ancovaColumns(spec, data);
  const rows = Array.from(columns.outcome, (_, i) => i);
  const weighting =
    columns.twinVariance === null
      ? null
      : twinVarianceWeights(
          columns.outcome,
          designColumns(
            columns.covariates.flatMap((covariate) => covariateColumns(covariate, rows)),
            data.arm,
            data.armNames,
            spec.interaction,
          ),
          columns.twinVariance,
        );
  const fit = fitAncova({
    outcome: columns.outcome,
    arm: data.arm,
    armNames: data.armNames,
    covariates: columns.covariates,
    interaction: spec.interaction,
    ...(columns.withScore ? { scoreName: SCORE_NAME } : {}),
    ...(weighting === null ? {} : { weights: weighting.weights }),
  });
  return { fit, benefit: columns.endpoint.benefit };
}

function mmrmFit(spec: MmrmSpec, data: TrialData) {
  const columns = mmrmColumns(spec, data);
  const model = fitTrialModel(
    { ...spec, degreesOfFreedom: "residual", covariance: "model-based" },
    columns,
    columns.terms,
  );
  const patients = [...new Set(columns.patient)];
  const index = new Map(patients.map((patient, i) => [patient, i]));
  const width = model.design.columns.length;
  const values = new Float64Array(model.design.rowCount * width);
  model.design.columns.forEach((column, j) => {
    for (let i = 0; i < model.design.rowCount; i++) values[i * width + j] = column.values[i]!;
  });
  const subject = Int32Array.from(columns.patient, (patient) => index.get(patient)!);
  return { model, columns, options: { columnCount: width, values, subject } };
}

function slopesFit(spec: MixedModelSpec, data: TrialData) {
  const columns = mixedModelColumns(spec, data);
  const fit = fitMixedModel(columns.model, { criterion: spec.likelihood, residual: residualStructureOf(spec) });
  if (fit.verdict.state === "not-converged")
    throw new DomainError("NOT_CONVERGED", {
      argument: "randomEffects",
      received: spec.randomEffects,
      requirement: "must be estimable from the data",
      hint: "Use a random intercept only.",
    });
  return { columns, fit };
}

function armDifference(design: ModelDesign, data: TrialData, at: Readonly<Record<string, string | number>>) {
  const of = (arm: string) => gridMean(design, { ...at, arm }, "equal");
  return gridDifference(of(data.armNames[1]!), of(data.armNames[0]!));
}

function binaryFit(spec: BinaryRegressionSpec, data: TrialData) {
  const analysis = binaryAnalysis(spec, data);
  const { patients, response } = analysis;
  const model = armModel(patients.arm, data.armNames, patients.covariates, spec.interaction);
  const fitted = fitBinaryModel(model, response, spec.link, spec.estimation);
  const designs = data.armNames.map((_, code) => designOnArm(model, fitted.fit, ARM_NAME, code));
  return { analysis, fitted, designs };
}

function countFit(spec: CountRegressionSpec, data: TrialData) {
  const analysis = countAnalysis(spec, data);
  const model = armModel(analysis.patients.arm, data.armNames, analysis.patients.covariates, spec.interaction);
  const glmData = {
    design: designMatrix(model),
    columnNames: model.columns.map(({ name }) => name),
    response: analysis.counts,
  };
  const negative = spec.distribution === "negative-binomial" ? fitNegativeBinomial(glmData) : null;
  const fit = negative?.fit ?? fitGlm(glmData, { distribution: "poisson", link: "log" });
  return { analysis, model, fit, negative };
}

function marginalVariance({ variance }: Pick<BinaryRegressionSpec, "variance">) {
  return variance.startsWith("ye")
    ? ({ method: "ye", form: variance === "ye" ? "decomposed" : "direct", strata: null } as const)
    : ({ method: "ge", covariance: variance.slice("ge-".length) as GlmCovariance } as const);
}

function coxFit(spec: CoxSpec, data: TrialData) {
  const events = eventData(spec, data);
  const bothArms = [0, 1].every((code) => events.arm.some((own, i) => own === code && events.times.event[i] === 1));
  if (!bothArms)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "events",
      received: 0,
      requirement: "must have occurred in every arm",
      hint: "Use the log-rank test.",
    });
  const design = modelColumns(events.arm, events.armNames, events.covariates);
  return fitCox(events.times, design.columns, { ties: spec.ties });
}
