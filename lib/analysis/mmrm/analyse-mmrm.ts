import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, namingFields } from "../../errors/domain-error.ts";
import type { AnalysisReport } from "../analysis-report.ts";
import { type AnalysisResult, waldInference } from "../analysis-result.ts";
import { gridDifference, gridMean } from "../reference-grid.ts";
import type { TrialData } from "../trial-data.ts";
import type { CovarianceStructure } from "./covariance-structure.ts";
import { convergenceNotes } from "./fit-notes.ts";
import { type MmrmColumns, mmrmColumns } from "./mmrm-columns.ts";
import { fitMmrmModel, type MmrmModel, type MmrmModelOptions } from "./mmrm-model.ts";
import { mmrmProgramCode } from "./mmrm-program.ts";
import type { MmrmSpec } from "./mmrm-spec.ts";
import { mmrmTables } from "./mmrm-tables.ts";
import { namingSparseVisits, type VisitCount, visitCounts } from "./sparse-visits.ts";

/**
 * Mixed model for repeated measures of a trial (METHODS.md eq. (M1)–(M19), (M23)).
 *
 * @param spec - What to analyse and how; names are those of the trial.
 * @param data - The trial.
 * @returns Every arm minus control at the primary visit, at the other visits, and averaged over the visits chosen; means,
 *   coefficients, covariance, every structure tried with its convergence, and the R and SAS programs of the same analysis.
 * @throws DomainError naming the field of the specification; NOT_CONVERGED when no structure of the ladder can be fitted.
 */
export function analyseMmrm(spec: MmrmSpec, data: TrialData): AnalysisReport {
  return namingFields({ contrast: "covariates" }, () => reportOf(spec, data));
}

function reportOf(spec: MmrmSpec, data: TrialData): AnalysisReport {
  const columns = mmrmColumns(spec, data);
  refuseEmptyArms(columns, data);
  const counts = visitCounts(
    columns.visits.map((visit) => ({ code: visit, name: data.visits[visit]!.label })),
    data.armNames,
    { visit: columns.visit.codes, arm: columns.arm.codes },
  );
  const model = fittedOrNamingVisits(spec, columns, counts);
  const comparisons = comparisonsOf(spec, data, columns, model);
  return {
    method: methodOf(spec, data, columns, model),
    effects: comparisons.effects,
    tables: mmrmTables({ spec, data, columns, model, withoutScore: withoutScore(spec, data, columns) }),
    fitNotes: convergenceNotes(model.attempts),
    diagnostics: [...columns.diagnostics, ...modelDiagnostics(spec, counts, model), ...comparisons.diagnostics],
    code: mmrmProgramCode({ spec, data, columns, structure: model.fit.structure }),
  };
}

/** The model; where none of the ladder can be fitted, the refusal names the visits that have hardly any patients. */
function fittedOrNamingVisits(spec: MmrmSpec, columns: MmrmColumns, counts: readonly VisitCount[]): MmrmModel {
  try {
    return fitTrialModel(spec, columns, columns.terms);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw namingSparseVisits(error, counts, {
      field: "visits",
      hint: "Leave such visits out, or choose a structure with one variance for all visits (ar1, toeplitz, compound-symmetry).",
    });
  }
}

/** The model of a specification on its rows, with the terms given. */
export function fitTrialModel(spec: MmrmSpec, columns: MmrmColumns, terms: MmrmColumns["terms"]): MmrmModel {
  const patients = [...new Set(columns.patient)];
  const index = new Map(patients.map((patient, i) => [patient, i]));
  const structures: MmrmModelOptions["structures"] = [
    spec.structure,
    ...spec.fallback.filter((structure, i) => structure !== spec.structure && spec.fallback.indexOf(structure) === i),
  ];
  return fitMmrmModel(
    {
      variables: columns.variables,
      terms,
      intercept: true,
      outcome: columns.outcome,
      subject: Int32Array.from(columns.patient, (patient) => index.get(patient)!),
      subjectCount: patients.length,
      visit: columns.visit,
      time: columns.day,
      ...(spec.groups === "by-arm" ? { group: columns.arm } : {}),
      ...(columns.weights === null ? {} : { weights: columns.weights }),
    },
    {
      structures,
      restricted: spec.estimation === "reml",
      degreesOfFreedom: spec.degreesOfFreedom,
      covariance: spec.covariance,
    },
  );
}

/** The same model on the same rows without the score; null where the score is not in the model. */
function withoutScore(spec: MmrmSpec, data: TrialData, columns: MmrmColumns): Float64Array | null {
  if (!columns.withScore) return null;
  const model = fitTrialModel(
    spec,
    columns,
    columns.terms.filter((term) => !term.includes("score")),
  );
  const visit = data.visits[columns.primaryVisit]!.id;
  return Float64Array.from(data.armNames.slice(1), (arm) => {
    const weights = gridDifference(
      gridMean(model.design, { arm, visit }, "equal"),
      gridMean(model.design, { arm: data.armNames[0]!, visit }, "equal"),
    );
    return model.contrast(weights).standardError;
  });
}

function refuseEmptyArms(columns: MmrmColumns, data: TrialData): void {
  data.armNames.forEach((name, arm) => {
    const seen = Array.from(columns.arm.codes).some(
      (code, row) => code === arm && columns.visit.codes[row] === columns.primaryVisit,
    );
    if (seen) return;
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "primaryVisit",
      received: data.visits[columns.primaryVisit]!.id,
      requirement: `must have at least one patient analysed in every arm; ${name} has none`,
      hint: "Choose an earlier visit, or fewer covariates if they are missing.",
    });
  });
}

function comparisonsOf(spec: MmrmSpec, data: TrialData, columns: MmrmColumns, model: MmrmModel) {
  const control = data.armNames[0]!;
  const effects: AnalysisReport["effects"] = [];
  const diagnostics: Diagnostic[] = [];
  const difference = (arm: string, visit: number) => {
    const at = (name: string) =>
      gridMean(model.design, { arm: name, visit: data.visits[visit]!.id }, spec.leastSquaresMeans);
    return gridDifference(at(arm), at(control));
  };
  const add = (label: string, arm: string, visits: readonly number[], primary: boolean): void => {
    const weights = new Float64Array(model.design.columns.length);
    for (const visit of visits)
      difference(arm, visit).forEach((value, j) => {
        weights[j]! += value / visits.length;
      });
    try {
      effects.push({ label, result: resultOf(spec, columns, data, model, weights, arm, visits) });
    } catch (error) {
      if (primary || !(error instanceof DomainError) || error.code !== "NOT_ESTIMABLE") throw error;
      diagnostics.push(
        diagnostic("warning", "effect-not-estimable", `${label} cannot be estimated: ${error.message}`, label),
      );
    }
  };
  const order = [columns.primaryVisit, ...columns.visits.filter((visit) => visit !== columns.primaryVisit)];
  for (const visit of order)
    for (const arm of data.armNames.slice(1))
      add(`${arm} minus ${control} at ${data.visits[visit]!.label}`, arm, [visit], visit === columns.primaryVisit);
  if (columns.averageOver.length > 0) {
    const names = columns.averageOver.map((visit) => data.visits[visit]!.label).join(", ");
    for (const arm of data.armNames.slice(1))
      add(`${arm} minus ${control}, mean of ${names}`, arm, columns.averageOver, false);
  }
  return { effects, diagnostics };
}

function resultOf(
  spec: MmrmSpec,
  columns: MmrmColumns,
  data: TrialData,
  model: MmrmModel,
  weights: Float64Array,
  arm: string,
  visits: readonly number[],
): AnalysisResult {
  const { estimate, standardError, degreesOfFreedom } = model.contrast(weights);
  const pair = [0, data.armNames.indexOf(arm)];
  const patients = new Set(
    Array.from(columns.patient).filter(
      (_, row) => pair.includes(columns.arm.codes[row]!) && visits.includes(columns.visit.codes[row]!),
    ),
  );
  return {
    method: `MMRM, ${structureName(model.fit.structure)} covariance`,
    summaryMeasure: "mean-difference",
    ...waldInference(estimate, standardError, degreesOfFreedom, {
      nullValue: spec.nullValue,
      benefit: columns.endpoint.benefit,
      confidence: spec.confidence,
    }),
    subjectsUsed: patients.size,
    diagnostics: [],
  };
}

/** A structure in words. */
export function structureName(structure: CovarianceStructure): string {
  switch (structure) {
    case "unstructured":
      return "unstructured";
    case "toeplitz":
      return "Toeplitz";
    case "toeplitz-heterogeneous":
      return "heterogeneous Toeplitz";
    case "ar1":
      return "AR(1)";
    case "ar1-heterogeneous":
      return "heterogeneous AR(1)";
    case "compound-symmetry":
      return "compound symmetric";
    case "compound-symmetry-heterogeneous":
      return "heterogeneous compound symmetric";
    case "ante-dependence":
      return "ante-dependence";
    case "ante-dependence-heterogeneous":
      return "heterogeneous ante-dependence";
    case "spatial-exponential":
      return "spatial exponential";
  }
}

const FREEDOM_NAMES = {
  satterthwaite: "Satterthwaite",
  "kenward-roger": "Kenward–Roger",
  "kenward-roger-linear": "Kenward–Roger (linear)",
  "between-within": "between-within",
  residual: "residual",
} as const;

const COVARIANCE_NAMES = {
  "model-based": "",
  empirical: ", empirical variance (CR0)",
  "empirical-bias-reduced": ", bias-reduced empirical variance (CR2)",
  "empirical-jackknife": ", jackknife empirical variance (CR3)",
} as const;

function methodOf(spec: MmrmSpec, data: TrialData, columns: MmrmColumns, model: MmrmModel): string {
  const visits = columns.visits.map((visit) => data.visits[visit]!.label).join(", ");
  const outcome = spec.outcome === "change" ? "change from baseline" : "value";
  const groups = spec.groups === "by-arm" ? " in each arm" : "";
  const weights = spec.weights === null ? "" : `, variance divided by ${spec.weights}`;
  return [
    `MMRM by ${spec.estimation === "reml" ? "REML" : "maximum likelihood"}`,
    `${structureName(model.fit.structure)} covariance${groups}${weights}`,
    `${FREEDOM_NAMES[spec.degreesOfFreedom]} degrees of freedom${COVARIANCE_NAMES[spec.covariance]}`,
    `${outcome} in ${columns.endpoint.label} at ${visits}`,
  ].join("; ");
}

/** Patients at a visit below which its covariances are hardly known. */
const FEW_PATIENTS = 10;

function modelDiagnostics(spec: MmrmSpec, counts: readonly VisitCount[], model: MmrmModel): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { fit, design, attempts } = model;
  if (fit.structure !== spec.structure) {
    const first = attempts[0]!;
    found.push(
      diagnostic(
        "warning",
        "fallback-structure",
        `The ${structureName(spec.structure)} covariance could not be fitted (${first.convergence.reason}); the ${structureName(fit.structure)} one of the fallback list was used.${spec.covariance === "model-based" ? " An empirical variance does not rest on this structure." : ""}`,
        "structure",
      ),
    );
  }
  if (fit.prepared.dependentColumns.length > 0) {
    const names = fit.prepared.dependentColumns.map((column) => design.columns[column]!.name).join(", ");
    found.push(
      diagnostic(
        "warning",
        "rank-deficient",
        `These columns of the model follow from the others and were left out: ${names}. Effects that do not depend on them are unchanged.`,
        "covariates",
      ),
    );
  }
  for (const { visit, arm, patients } of counts)
    if (patients < FEW_PATIENTS)
      found.push(
        diagnostic(
          "warning",
          "few-patients-at-visit",
          `${visit} has ${patients} patient${patients === 1 ? "" : "s"} in ${arm}: its mean and covariances are uncertain, and small-sample degrees of freedom are approximations.`,
          visit,
        ),
      );
  if (spec.degreesOfFreedom === "kenward-roger" && spec.covariance === "model-based")
    found.push(
      diagnostic(
        "information",
        "kenward-roger-parametrization",
        "Kenward–Roger with second derivatives, as the R package mmrm has it, depends on how the covariance is parametrized; its standard errors can be smaller than those of the model, by some per cent in small trials. Kenward–Roger linear does not, and is what SAS prints for TYPE=UN.",
        "degreesOfFreedom",
      ),
    );
  if (spec.covariance === "empirical" && fit.prepared.subjectCount < 200)
    found.push(
      diagnostic(
        "warning",
        "empirical-variance-small-sample",
        `The plain empirical variance is too small on average for ${fit.prepared.subjectCount} patients; the bias-reduced or jackknife one is recommended below 200.`,
        "covariance",
      ),
    );
  return found;
}
