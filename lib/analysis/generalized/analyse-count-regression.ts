import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import { type AnalysisResult, type SummaryMeasure, waldInference } from "../analysis-result.ts";
import type { AnalysisTable } from "../analysis-table.ts";
import type { ModelDesign } from "../model-design.ts";
import { type AnalysedPatients, analysedPatients, patientTable } from "../outcome/adjustment-columns.ts";
import { type CountOutcome, countOutcome } from "../outcome/count-outcome.ts";
import type { TrialData } from "../trial-data.ts";
import { countRegressionProgram } from "./count-regression-program.ts";
import type { CountRegressionSpec } from "./count-regression-spec.ts";
import { fitGlm, type GlmFit } from "./fit-glm.ts";
import type { GlmData } from "./glm-basis.ts";
import { marginalContrast } from "./marginal-contrast.ts";
import { designOnArm, type MarginalMeans, marginalMeans } from "./marginal-means.ts";
import { ARM_NAME, armColumn, armModel, designMatrix } from "./model-matrix.ts";
import { fitNegativeBinomial, type NegativeBinomialFit } from "./negative-binomial.ts";
import { coefficientTable } from "./regression-tables.ts";
import { exactlyFitted, glmCovariance } from "./robust-covariance.ts";

/** What an analysis of counts works on. */
export interface CountAnalysis {
  readonly spec: CountRegressionSpec;
  readonly armNames: readonly string[];
  readonly outcome: CountOutcome;
  readonly patients: AnalysedPatients;
  /** One a patient analysed. */
  readonly counts: Float64Array;
  /** Null when it is the same for all. */
  readonly exposure: Float64Array | null;
  readonly table: AnalysisTable;
}

/** Patients, counts and table of the analysis that a specification asks for. */
export function countAnalysis(spec: CountRegressionSpec, data: TrialData): CountAnalysis {
  const outcome = countOutcome(spec.outcome, data);
  const patients = analysedPatients(
    spec,
    data,
    (patient) =>
      Number.isFinite(outcome.values[patient]!) && (outcome.exposure === null || outcome.exposure[patient]! > 0),
  );
  const counts = Float64Array.from(patients.rows, (row) => outcome.values[row]!);
  const exposure =
    outcome.exposure === null ? null : Float64Array.from(patients.rows, (row) => outcome.exposure![row]!);
  const table = patientTable(data, patients, [
    { name: "value", kind: "number", values: Array.from(counts) },
    { name: "time", kind: "number", values: Array.from(counts, (_, i) => exposure?.[i] ?? 1) },
  ]);
  return { spec, armNames: data.armNames, outcome, patients, counts, exposure, table };
}

/**
 * Poisson or negative binomial regression of counts with exposure: rate ratio, or standardised rates compared by ratio or
 * difference (METHODS.md eq. (G3), (G5)–(G7), (G10), (G11)).
 *
 * @throws DomainError naming the field of the specification: an unknown name, values that are no counts, a covariate level
 *   without any count, choices that exclude each other.
 */
export function analyseCountRegression(spec: CountRegressionSpec, data: TrialData): AnalysisReport {
  assertChoices(spec);
  const analysis = countAnalysis(spec, data);
  const { patients, counts, exposure, armNames, outcome } = analysis;
  const model = armModel(patients.arm, armNames, patients.covariates, spec.interaction);
  const glmData: GlmData = {
    design: designMatrix(model),
    columnNames: model.columns.map(({ name }) => name),
    response: counts,
    ...(exposure === null ? {} : { offset: exposure.map(Math.log) }),
  };
  const negative = spec.distribution === "negative-binomial" ? fitNegativeBinomial(glmData) : null;
  const fit = negative?.fit ?? fitGlm(glmData, { distribution: "poisson", link: "log" });
  const covariance = covarianceOf(spec, fit, negative);
  const marginal = standardisedRates(analysis, model, fit, covariance);
  return {
    method: methodOf(analysis),
    effects: armNames.slice(1).map((name, k) => ({
      label: `${name} minus ${armNames[0]}`,
      result: effectOf(analysis, model, fit, covariance, marginal, k + 1),
    })),
    tables: [
      rateTable(analysis, marginal),
      coefficientTable(fit, covariance, spec.confidence, "rate ratio"),
      ...(negative === null ? [] : [dispersionTable(negative)]),
    ],
    fitNotes: [
      negative === null
        ? `Maximum likelihood: settled after ${fit.iterations} iterations.`
        : `Maximum likelihood: dispersion settled after ${negative.rounds} rounds.`,
    ],
    diagnostics: [
      ...outcome.diagnostics,
      ...patients.diagnostics,
      ...(negative?.diagnostics ?? fit.diagnostics),
      ...overdispersion(spec, fit),
      ...leftOut(analysis, fit),
    ],
    code: countRegressionProgram(analysis, fit, negative !== null && negative.size === Infinity),
  };
}

/** HC0 and HC1 leave out patients without a residual. */
function leftOut({ spec }: CountAnalysis, fit: GlmFit): Diagnostic[] {
  const exact = spec.variance.startsWith("HC") ? exactlyFitted(fit).length : 0;
  if (exact === 0) return [];
  return [
    diagnostic(
      "warning",
      "leverage-one",
      `${exact} patients are fitted exactly (leverage 1) and do not enter the robust variance: it is too small for whatever rests on them.`,
      "variance",
    ),
  ];
}

function covarianceOf(spec: CountRegressionSpec, fit: GlmFit, negative: NegativeBinomialFit | null): Float64Array {
  switch (spec.variance) {
    case "observed":
      return negative!.observedCovariance;
    case "ye":
    case "model-based":
      return fit.covariance;
    default:
      return glmCovariance(fit, spec.variance);
  }
}

function standardisedRates(
  { spec, patients, armNames, exposure }: CountAnalysis,
  model: ModelDesign,
  fit: GlmFit,
  covariance: Float64Array,
): MarginalMeans {
  const designs = armNames.map((_, code) => designOnArm(model, fit, ARM_NAME, code));
  if (spec.variance === "ye")
    return marginalMeans(fit, designs, patients.arm, { method: "ye", form: "decomposed", strata: null });
  const offset = exposure === null ? null : new Float64Array(fit.rows).fill(Math.log(spec.ratePer));
  return marginalMeans(fit, designs, patients.arm, { method: "ge", covariance }, offset);
}

function effectOf(
  { spec, outcome, patients, armNames }: CountAnalysis,
  model: ModelDesign,
  fit: GlmFit,
  covariance: Float64Array,
  marginal: MarginalMeans,
  arm: number,
): AnalysisResult {
  const { estimate, standardError } = ((): { estimate: number; standardError: number } => {
    if (spec.measure !== "rate-ratio")
      return marginalContrast(marginal, arm, 0, spec.measure === "marginal-rate-ratio" ? "log-ratio" : "difference");
    const column = armColumn(model, fit.independentColumns, arm);
    if (column === -1)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "covariates",
        received: armNames[arm]!,
        requirement: "must not determine the arm",
        hint: "Leave out the covariate that tells the arms apart.",
      });
    return { estimate: fit.coefficients[column]!, standardError: Math.sqrt(covariance[column * fit.rank + column]!) };
  })();
  if (!(standardError > 0 && standardError < Infinity && Number.isFinite(estimate)))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "covariates",
      received: standardError < Infinity ? standardError : null,
      requirement: `must leave a finite, positive standard error for the effect of ${armNames[arm]}`,
      hint: "Use fewer covariates, no arm-by-covariate interaction, or another variance.",
    });
  const summaryMeasure: SummaryMeasure =
    spec.measure === "marginal-rate-difference" ? "mean-difference" : "log-rate-ratio";
  return {
    method: MEASURE_NAMES[spec.measure],
    summaryMeasure,
    ...waldInference(estimate, standardError, null, {
      nullValue:
        spec.nullValue === null
          ? 0
          : spec.measure === "marginal-rate-difference"
            ? spec.nullValue
            : Math.log(spec.nullValue),
      benefit: outcome.benefit,
      confidence: spec.confidence,
    }),
    subjectsUsed: patients.rows.length,
    diagnostics: [],
  };
}

/** Pearson's chi-square over its degrees of freedom says how much more than Poisson the counts vary. */
function overdispersion(spec: CountRegressionSpec, fit: GlmFit): Diagnostic[] {
  if (spec.distribution !== "poisson" || spec.variance !== "model-based") return [];
  let sum = 0;
  fit.response.forEach((y, i) => {
    sum += (y - fit.fitted[i]!) ** 2 / fit.fitted[i]!;
  });
  const ratio = sum / (fit.rows - fit.rank);
  if (ratio <= 1.25) return [];
  return [
    diagnostic(
      "warning",
      "overdispersion",
      `The counts vary ${ratio.toFixed(2)} times as much as Poisson counts would: the model-based standard errors are too small. Use the negative binomial distribution or a robust variance.`,
      "distribution",
    ),
  ];
}

function rateTable(
  { armNames, patients, counts, exposure, spec }: CountAnalysis,
  marginal: MarginalMeans,
): ResultTable {
  const arms = armNames.length;
  const per = exposure === null ? "" : `per ${spec.ratePer}`;
  return {
    id: "standardised-rates",
    title: exposure === null ? "Mean count by arm" : "Rate by arm",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "N", unit: "", kind: "count" },
      { title: "Events", unit: "", kind: "count" },
      ...(exposure === null ? [] : [{ title: "Exposure", unit: "", kind: "number" as const }]),
      { title: "Observed", unit: per, kind: "number" },
      { title: "Standardised", unit: per, kind: "number" },
      { title: "SE", unit: "", kind: "number" },
    ],
    rows: armNames.map((name, code) => {
      const own = patients.rows.map((_, i) => i).filter((i) => patients.arm[i] === code);
      const events = own.reduce((sum, i) => sum + counts[i]!, 0);
      const time = own.reduce((sum, i) => sum + (exposure?.[i] ?? 1), 0);
      const observed = (events / time) * (exposure === null ? 1 : spec.ratePer);
      return [
        name,
        own.length,
        events,
        ...(exposure === null ? [] : [time]),
        observed,
        marginal.means[code]!,
        Math.sqrt(Math.max(0, marginal.covariance[code * arms + code]!)),
      ];
    }),
    note: "Standardised: mean predicted rate if every patient analysed had been on the arm.",
  };
}

function dispersionTable({ size, sizeStandardError, logLikelihood }: NegativeBinomialFit): ResultTable {
  const finite = size < Infinity;
  return {
    id: "dispersion",
    title: "Dispersion",
    columns: [
      { title: "Parameter", unit: "", kind: "text" },
      { title: "Estimate", unit: "", kind: "number" },
      { title: "SE", unit: "", kind: "number" },
    ],
    rows: [
      ["size (theta)", finite ? size : null, sizeStandardError],
      ["dispersion (1/size)", finite ? 1 / size : 0, sizeStandardError === null ? null : sizeStandardError / size ** 2],
      ["log-likelihood", logLikelihood, null],
    ],
    note: "The variance of a count with mean m is m + m²/size.",
  };
}

function assertChoices(spec: CountRegressionSpec): void {
  const { measure, nullValue, variance } = spec;
  if (nullValue !== null && measure !== "marginal-rate-difference" && !(nullValue > 0))
    throw invalidInput("nullValue", nullValue, "must be a positive ratio");
  const refuse = (argument: string, received: string, requirement: string, hint: string) =>
    new DomainError("UNSUPPORTED_COMBINATION", { argument, received, requirement, hint });
  if (variance === "observed" && spec.distribution === "poisson")
    throw refuse("variance", variance, "is the same as model-based for Poisson regression", "Choose model-based.");
  if (variance === "ye" && (measure === "rate-ratio" || spec.outcome.exposure.kind !== "none"))
    throw refuse(
      "variance",
      variance,
      "is for standardised means without exposure",
      "Choose a marginal measure without exposure, or a robust variance such as HC3.",
    );
  if (spec.interaction !== "none" && measure === "rate-ratio")
    throw refuse("interaction", spec.interaction, "must be none for one rate ratio", "Choose a marginal measure.");
}

const MEASURE_NAMES = {
  "rate-ratio": "rate ratio",
  "marginal-rate-ratio": "ratio of standardised rates",
  "marginal-rate-difference": "difference of standardised rates",
} as const;

function methodOf({ spec, outcome, exposure }: CountAnalysis): string {
  const law = spec.distribution === "poisson" ? "Poisson" : "Negative binomial";
  const offset =
    exposure === null
      ? ""
      : `, offset log ${spec.outcome.exposure.kind === "covariate" ? spec.outcome.exposure.name : "days followed"}`;
  return `${law} regression${offset}, ${MEASURE_NAMES[spec.measure]}, ${spec.variance} variance; ${outcome.description}`;
}
