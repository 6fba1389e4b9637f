import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { AnalysisReport } from "../analysis-report.ts";
import { type AnalysisResult, type SummaryMeasure, waldInference } from "../analysis-result.ts";
import type { AnalysisTable } from "../analysis-table.ts";
import type { ModelDesign } from "../model-design.ts";
import { type AnalysedPatients, analysedPatients, patientTable } from "../outcome/adjustment-columns.ts";
import { type BinaryOutcome, binaryOutcome } from "../outcome/binary-outcome.ts";
import type { TrialData } from "../trial-data.ts";
import { binaryRegressionProgram } from "./binary-regression-program.ts";
import type { BinaryRegressionSpec } from "./binary-regression-spec.ts";
import { firthProfile } from "./firth-logistic.ts";
import { type BinaryModelFit, fitBinaryModel } from "./fit-binary-model.ts";
import { type ContrastScale, marginalContrast } from "./marginal-contrast.ts";
import { designOnArm, type MarginalMeans, type MarginalVariance, marginalMeans } from "./marginal-means.ts";
import { ARM_NAME, armColumn, armModel } from "./model-matrix.ts";
import { coefficientTable, standardisedRiskTable } from "./regression-tables.ts";
import { type GlmCovariance, glmCovariance } from "./robust-covariance.ts";
import { stratumCodes } from "./stratum-codes.ts";

/** What an analysis of a yes-or-no outcome works on. */
export interface BinaryAnalysis {
  readonly spec: BinaryRegressionSpec;
  readonly armNames: readonly string[];
  readonly outcome: BinaryOutcome;
  readonly patients: AnalysedPatients;
  /** 0 or 1, one a patient analysed. */
  readonly response: Float64Array;
  readonly table: AnalysisTable;
}

const SCALES: Record<
  Exclude<BinaryRegressionSpec["measure"], "conditional-odds-ratio">,
  [ContrastScale, SummaryMeasure]
> = {
  "risk-difference": ["difference", "risk-difference"],
  "risk-ratio": ["log-ratio", "log-risk-ratio"],
  "odds-ratio": ["log-odds-ratio", "log-odds-ratio"],
};

/** Patients, outcome and table of the analysis that a specification asks for. */
export function binaryAnalysis(spec: BinaryRegressionSpec, data: TrialData): BinaryAnalysis {
  const outcome = binaryOutcome(spec.outcome, data);
  const patients = analysedPatients(spec, data, (patient) => !Number.isNaN(outcome.values[patient]!));
  const response = Float64Array.from(patients.rows, (row) => outcome.values[row]!);
  const table = patientTable(data, patients, [{ name: "value", kind: "number", values: Array.from(response) }]);
  return { spec, armNames: data.armNames, outcome, patients, response, table };
}

/**
 * Logistic (probit, complementary log-log) regression of a yes-or-no outcome with standardised risks of the arms and their
 * difference, ratio or odds ratio, or the conditional odds ratio (METHODS.md eq. (G3)–(G13)).
 *
 * @throws DomainError naming the field of the specification: an unknown name, an arm without patients, covariates that
 *   separate the outcomes, choices that exclude each other.
 */
export function analyseBinaryRegression(spec: BinaryRegressionSpec, data: TrialData): AnalysisReport {
  assertChoices(spec);
  const analysis = binaryAnalysis(spec, data);
  const { patients, outcome, response, armNames } = analysis;
  const model = armModel(patients.arm, armNames, patients.covariates, spec.interaction);
  const fitted = fitBinaryModel(model, response, spec.link, spec.estimation);
  const marginal = standardisedRisks(analysis, model, fitted);
  const effects = armNames.slice(1).map((name, k) => ({
    label: `${name} minus ${armNames[0]}`,
    result:
      spec.measure === "conditional-odds-ratio"
        ? conditionalEffect(analysis, model, fitted, k + 1)
        : marginalEffect(spec, spec.measure, analysis, marginal, k + 1),
  }));
  return {
    method: methodOf(spec, outcome, fitted),
    effects,
    tables: [
      standardisedRiskTable(armNames, patients.arm, response, marginal, spec.confidence),
      coefficientTable(fitted.fit, glmCovariance(fitted.fit, covarianceOf(spec)), spec.confidence, "odds ratio"),
    ],
    fitNotes: [...fitted.notes],
    diagnostics: [...outcome.diagnostics, ...patients.diagnostics, ...fitted.diagnostics],
    code: binaryRegressionProgram(analysis, fitted),
  };
}

/** Standardised risks of the arms with the covariance that the specification asks for. */
function standardisedRisks(analysis: BinaryAnalysis, model: ModelDesign, { fit }: BinaryModelFit): MarginalMeans {
  const { spec, patients, armNames } = analysis;
  const designs = armNames.map((_, code) => designOnArm(model, fit, ARM_NAME, code));
  const variance: MarginalVariance = spec.variance.startsWith("ye")
    ? {
        method: "ye",
        form: spec.variance === "ye" ? "decomposed" : "direct",
        strata: stratumCodes(patients.strata, patients.rows.length),
      }
    : { method: "ge", covariance: covarianceOf(spec) };
  return marginalMeans(fit, designs, patients.arm, variance);
}

/** Covariance of the coefficients: the one that `ge` names, else model-based. */
function covarianceOf(spec: BinaryRegressionSpec): GlmCovariance {
  return spec.variance.startsWith("ge-") ? (spec.variance.slice(3) as GlmCovariance) : "model-based";
}

/** A standard error of risks, which lie between 0 and 1, below this is rounding error. */
const NO_VARIANCE = 1e-10;

/** No standard error: the arms have no variance, or the covariates explain so much that its estimate is not positive. */
function withoutVariance(spec: BinaryRegressionSpec, { means }: MarginalMeans, arms: readonly number[]): DomainError {
  const varies = arms.some((arm) => means[arm]! > NO_VARIANCE && means[arm]! < 1 - NO_VARIANCE);
  if (varies)
    return new DomainError("NOT_ESTIMABLE", {
      argument: "variance",
      received: spec.variance,
      requirement: "must give a positive variance; the covariates predict the outcome so well that this one does not",
      hint: 'Choose "ye-direct" or "ge-HC3", or leave a covariate out.',
    });
  return new DomainError("NOT_ESTIMABLE", {
    argument: "outcome",
    received: 0,
    requirement: "must vary within the arms: the standard error is zero",
    hint: "Use an exact test of two proportions.",
  });
}

function marginalEffect(
  spec: BinaryRegressionSpec,
  measure: Exclude<BinaryRegressionSpec["measure"], "conditional-odds-ratio">,
  { outcome, patients }: BinaryAnalysis,
  marginal: MarginalMeans,
  arm: number,
): AnalysisResult {
  const [scale, summaryMeasure] = SCALES[measure];
  const { estimate, standardError } = marginalContrast(marginal, arm, 0, scale);
  if (!(standardError > NO_VARIANCE)) throw withoutVariance(spec, marginal, [arm, 0]);
  return {
    method: "standardised risks",
    summaryMeasure,
    ...waldInference(estimate, standardError, null, {
      nullValue: nullOf(spec),
      benefit: outcome.benefit,
      confidence: spec.confidence,
    }),
    subjectsUsed: patients.rows.length,
    diagnostics: [],
  };
}

function conditionalEffect(
  analysis: BinaryAnalysis,
  model: ModelDesign,
  fitted: BinaryModelFit,
  arm: number,
): AnalysisResult {
  const { spec, outcome, patients, response, armNames } = analysis;
  const { fit, firth } = fitted;
  const column = armColumn(model, fit.independentColumns, arm);
  if (column === -1)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "covariates",
      received: armNames[arm]!,
      requirement: "must not determine the arm",
      hint: "Leave out the covariate that tells the arms apart.",
    });
  const covariance = glmCovariance(fit, covarianceOf(spec));
  const standardError = Math.sqrt(covariance[column * fit.rank + column]!);
  const wald = waldInference(fit.coefficients[column]!, standardError, null, {
    nullValue: nullOf(spec),
    benefit: outcome.benefit,
    confidence: spec.confidence,
  });
  const shared = { summaryMeasure: "log-odds-ratio" as const, subjectsUsed: patients.rows.length, diagnostics: [] };
  if (firth === null) return { method: "conditional odds ratio, Wald", ...wald, ...shared };
  const profile = firthProfile(fit.design, fit.rank, response, firth, column, spec.confidence, nullOf(spec));
  const finite = (limit: number) => (Number.isFinite(limit) ? limit : null);
  const towards = (wald.estimate - nullOf(spec)) * (outcome.benefit === "higher" ? 1 : -1);
  return {
    ...shared,
    method: "conditional odds ratio, penalised likelihood ratio",
    estimate: wald.estimate,
    standardError,
    degreesOfFreedom: null,
    testStatistic: Math.sign(wald.estimate - nullOf(spec)) * Math.sqrt(profile.statistic),
    oneSidedPValue: towards >= 0 ? profile.twoSidedPValue / 2 : 1 - profile.twoSidedPValue / 2,
    twoSidedPValue: profile.twoSidedPValue,
    interval: { lower: finite(profile.lower), upper: finite(profile.upper), confidence: spec.confidence },
  };
}

/** The null effect on the scale of the estimate. */
function nullOf({ measure, nullValue }: BinaryRegressionSpec): number {
  if (nullValue === null) return 0;
  return measure === "risk-difference" ? nullValue : Math.log(nullValue);
}

function assertChoices(spec: BinaryRegressionSpec): void {
  const { measure, nullValue } = spec;
  if (nullValue !== null) {
    if (measure === "risk-difference" && !(nullValue > -1 && nullValue < 1))
      throw invalidInput("nullValue", nullValue, "must be a difference of risks between −1 and 1");
    if (measure !== "risk-difference" && !(nullValue > 0))
      throw invalidInput("nullValue", nullValue, "must be a positive ratio");
  }
  if (measure === "conditional-odds-ratio") {
    if (spec.link !== "logit")
      throw unsupported("link", spec.link, "must be the logit for a conditional odds ratio", "Choose the logit link.");
    if (spec.interaction !== "none")
      throw unsupported(
        "interaction",
        spec.interaction,
        "must be none for one conditional odds ratio",
        "Choose a standardised measure, which averages over the covariates.",
      );
  }
  if (spec.strata.length > 0 && (!spec.variance.startsWith("ye") || measure === "conditional-odds-ratio"))
    throw unsupported(
      "strata",
      spec.strata.join(", "),
      "change the variance ye of a standardised measure only",
      "Choose the variance ye, or name the strata as covariates.",
    );
}

function unsupported(argument: string, received: string, requirement: string, hint: string): DomainError {
  return new DomainError("UNSUPPORTED_COMBINATION", { argument, received, requirement, hint });
}

const LINK_NAMES = { logit: "Logistic", probit: "Probit", "complementary-log-log": "Complementary log-log" } as const;
const MEASURE_NAMES = {
  "risk-difference": "risk difference",
  "risk-ratio": "risk ratio",
  "odds-ratio": "unconditional odds ratio",
  "conditional-odds-ratio": "conditional odds ratio",
} as const;

function methodOf(spec: BinaryRegressionSpec, outcome: BinaryOutcome, { firth }: BinaryModelFit): string {
  const variance = spec.variance.startsWith("ye")
    ? `variance of Ye et al.${spec.variance === "ye-direct" ? ", direct form" : ""}${spec.strata.length > 0 ? `, stratified by ${spec.strata.join(", ")}` : ""}`
    : `variance of Ge et al. (${spec.variance.slice(3)})`;
  const conditional = spec.measure === "conditional-odds-ratio";
  return [
    `${LINK_NAMES[spec.link]} regression${firth === null ? "" : " (Firth)"}, ${MEASURE_NAMES[spec.measure]}`,
    conditional
      ? `${firth === null ? covarianceOf(spec) : "profile penalised likelihood"}`
      : `standardised, ${variance}`,
    outcome.description,
  ].join("; ");
}
