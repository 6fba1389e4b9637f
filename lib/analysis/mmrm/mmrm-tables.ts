import type { ResultTable } from "../analysis-report.ts";
import { waldInference } from "../analysis-result.ts";
import { gridDifference, gridMean } from "../reference-grid.ts";
import type { TrialData } from "../trial-data.ts";
import type { MmrmColumns } from "./mmrm-columns.ts";
import type { MmrmModel } from "./mmrm-model.ts";
import type { MmrmSpec } from "./mmrm-spec.ts";

/** Everything the tables print. */
export interface MmrmTablesInput {
  readonly spec: MmrmSpec;
  readonly data: TrialData;
  readonly columns: MmrmColumns;
  readonly model: MmrmModel;
  /** Standard errors of the effects at the primary visit without the score; null when it is not in the model. */
  readonly withoutScore: Float64Array | null;
}

/** Tables of a mixed model for repeated measures, in the order in which they are read. */
export function mmrmTables(all: MmrmTablesInput): ResultTable[] {
  return [
    leastSquaresMeansTable(all),
    ...(all.withoutScore === null ? [] : [scoreGainTable(all, all.withoutScore)]),
    ...covarianceTables(all),
    jointTestsTable(all),
    fitTable(all),
    coefficientsTable(all),
  ];
}

function leastSquaresMeansTable({ spec, data, columns, model }: MmrmTablesInput): ResultTable {
  const { unit } = columns.endpoint;
  const percent = `${Number((100 * spec.confidence).toPrecision(6))} %`;
  const rows = columns.visits.flatMap((visit) =>
    data.armNames.map((arm, code) => {
      const count = Array.from(columns.visit.codes).filter(
        (at, row) => at === visit && columns.arm.codes[row] === code,
      ).length;
      const head = [data.visits[visit]!.label, arm, count];
      if (count === 0) return [...head, null, null, null, null, null];
      const weights = gridMean(model.design, { arm, visit: data.visits[visit]!.id }, spec.leastSquaresMeans);
      const mean = estimableOrNull(model, weights);
      if (mean === null) return [...head, null, null, null, null, null];
      const { interval } = waldInference(mean.estimate, mean.standardError, mean.degreesOfFreedom, {
        confidence: spec.confidence,
      });
      return [...head, mean.estimate, mean.standardError, mean.degreesOfFreedom, interval.lower, interval.upper];
    }),
  );
  return {
    id: "least-squares-means",
    title: "Least-squares means",
    columns: [
      { title: "Visit", unit: "", kind: "text" },
      { title: "Arm", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "Mean", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: `Lower ${percent}`, unit, kind: "number" },
      { title: `Upper ${percent}`, unit, kind: "number" },
    ],
    rows,
    note: `${
      spec.leastSquaresMeans === "equal"
        ? "Numeric covariates at their means over the rows analysed, categories with equal weights."
        : "Numeric covariates at their means over the rows analysed, categories in their observed shares."
    }${columns.withScore && spec.scoreAt === "same-visit" ? " The score is at its mean of the visit." : ""}`,
  };
}

function estimableOrNull(model: MmrmModel, weights: Float64Array) {
  try {
    return model.contrast(weights);
  } catch {
    // A mean that rests on categories without patients at the visit has no estimate; the table shows a dash.
    return null;
  }
}

function scoreGainTable({ data, columns, model, spec }: MmrmTablesInput, without: Float64Array): ResultTable {
  const { unit } = columns.endpoint;
  const visit = data.visits[columns.primaryVisit]!;
  const at = (arm: string) => gridMean(model.design, { arm, visit: visit.id }, spec.leastSquaresMeans);
  return {
    id: "score-gain",
    title: `What the prognostic score gains at ${visit.label}`,
    columns: [
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Standard error with score", unit, kind: "number" },
      { title: "Without", unit, kind: "number" },
      { title: "Patients saved", unit: "", kind: "proportion" },
    ],
    rows: data.armNames.slice(1).map((arm, a) => {
      const { standardError } = model.contrast(gridDifference(at(arm), at(data.armNames[0]!)));
      return [`${arm} minus ${data.armNames[0]}`, standardError, without[a]!, 1 - (standardError / without[a]!) ** 2];
    }),
    note: "The same model of the same rows with and without the score; patients saved is one minus the ratio of the variances.",
  };
}

function covarianceTables({ data, columns, model }: MmrmTablesInput): ResultTable[] {
  const { fit, groupNames } = model;
  const unit = columns.endpoint.unit;
  const spatial = fit.structure === "spatial-exponential";
  const labels = spatial ? ["distance 0", "distance 1 day"] : columns.visits.map((visit) => data.visits[visit]!.label);
  return fit.covariances.map((sigma, group) => {
    const m = labels.length;
    const deviation = (a: number) => Math.sqrt(sigma[a * m + a]!);
    return {
      id: groupNames.length === 0 ? "covariance" : `covariance-${group + 1}`,
      title: `Standard deviations and correlations${groupNames.length === 0 ? "" : `, ${groupNames[group]}`}`,
      columns: [
        { title: spatial ? "Distance" : "Visit", unit: "", kind: "text" as const },
        { title: "Standard deviation", unit, kind: "number" as const },
        ...labels.map((label) => ({ title: label, unit: "correlation", kind: "number" as const })),
      ],
      rows: labels.map((label, a) => [
        label,
        deviation(a),
        ...labels.map((_, b) => sigma[a * m + b]! / (deviation(a) * deviation(b))),
      ]),
      note: spatial ? "The correlation falls by the factor shown with every day between two measurements." : "",
    };
  });
}

/** F tests of the arms at each visit and of arm by visit. */
function jointTestsTable({ spec, data, columns, model }: MmrmTablesInput): ResultTable {
  const control = data.armNames[0]!;
  const differences = columns.visits.map((visit) =>
    data.armNames.slice(1).map((arm) => {
      const at = (name: string) =>
        gridMean(model.design, { arm: name, visit: data.visits[visit]!.id }, spec.leastSquaresMeans);
      return gridDifference(at(arm), at(control));
    }),
  );
  const tests: { readonly label: string; readonly contrasts: Float64Array[] }[] = columns.visits.map((visit, v) => ({
    label: `arms at ${data.visits[visit]!.label}`,
    contrasts: differences[v]!,
  }));
  if (columns.visits.length > 1)
    tests.push(
      {
        label: "arms by visits (the difference changes over the visits)",
        contrasts: differences
          .slice(1)
          .flatMap((visit) => visit.map((each, a) => gridDifference(each, differences[0]![a]!))),
      },
      { label: "arms at any visit", contrasts: differences.flat() },
    );
  return {
    id: "joint-tests",
    title: "F tests",
    columns: [
      { title: "Hypothesis: no difference of", unit: "", kind: "text" },
      { title: "F", unit: "", kind: "number" },
      { title: "Numerator degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "Denominator degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "p", unit: "", kind: "p-value" },
    ],
    rows: tests.map(({ label, contrasts }) => {
      const test = jointOrNull(model, contrasts);
      if (test === null) return [label, null, null, null, null];
      return [label, test.statistic, test.numeratorDegreesOfFreedom, test.denominatorDegreesOfFreedom, test.pValue];
    }),
    note: "",
  };
}

function jointOrNull(model: MmrmModel, contrasts: readonly Float64Array[]) {
  try {
    return model.joint(contrasts);
  } catch {
    // Not estimable with an arm that nobody was seen of at a visit.
    return null;
  }
}

function fitTable({ model }: MmrmTablesInput): ResultTable {
  const { fit } = model;
  const deviance = -2 * fit.logLikelihood;
  const count = fit.theta.length + (fit.restricted ? 0 : fit.prepared.rank);
  const { rowCount, subjectCount } = fit.prepared;
  return {
    id: "fit",
    title: "Fit",
    columns: [
      { title: "Quantity", unit: "", kind: "text" },
      { title: "Value", unit: "", kind: "quantity" },
    ],
    rows: [
      ["Measurements", rowCount],
      ["Patients", subjectCount],
      ["Coefficients", fit.prepared.rank],
      ["Covariance parameters", fit.theta.length],
      [`-2 log ${fit.restricted ? "restricted " : ""}likelihood`, deviance],
      ["AIC", deviance + 2 * count],
      ["BIC", deviance + Math.log(subjectCount) * count],
    ],
    note: `AIC and BIC count ${fit.restricted ? "the covariance parameters" : "covariance parameters and coefficients"}, BIC with the number of patients, as SAS PROC MIXED does.`,
  };
}

function coefficientsTable({ columns, model }: MmrmTablesInput): ResultTable {
  const { fit, design, inference } = model;
  const { independentColumns, dependentColumns, rank } = fit.prepared;
  const kept = independentColumns.map((column, j) => {
    const weights = new Float64Array(rank);
    weights[j] = 1;
    const { estimate, standardError, degreesOfFreedom } = inference.contrast(weights);
    const wald = waldInference(estimate, standardError, degreesOfFreedom);
    return [
      design.columns[column]!.name,
      estimate,
      standardError,
      degreesOfFreedom,
      wald.testStatistic,
      wald.twoSidedPValue,
    ];
  });
  const { unit } = columns.endpoint;
  return {
    id: "coefficients",
    title: "Coefficients",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Estimate", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "t", unit: "", kind: "number" },
      { title: "p", unit: "", kind: "p-value" },
    ],
    rows: [...kept, ...dependentColumns.map((column) => [design.columns[column]!.name, null, null, null, null, null])],
    note:
      dependentColumns.length === 0
        ? "Reference: the control arm, the first visit, the first category."
        : "Reference: the control arm, the first visit, the first category. A dash: follows from the other columns, left out.",
  };
}
