import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { studentTQuantile, studentTTwoSidedTail } from "../../numerics/student-t.ts";
import type { ResultTable } from "../analysis-report.ts";
import { gridDifference, gridMean } from "../reference-grid.ts";
import type { MixedModelAnalysis } from "./analyse-mixed-model.ts";
import { TIME_NAME } from "./mixed-model-columns.ts";
import type { MixedContrast } from "./mixed-model-inference.ts";
import { DAYS_IN } from "./mixed-model-spec.ts";

/** Tables of a slope analysis, in the order in which they are read. */
export function mixedModelTables(analysis: MixedModelAnalysis): ResultTable[] {
  return [
    slopesTable(analysis),
    meansTable(analysis),
    differencesTable(analysis),
    varianceTable(analysis),
    fixedTable(analysis),
    statisticsTable(analysis),
  ];
}

const percent = (confidence: number) => `${Number((100 * confidence).toPrecision(6))} %`;

const intervalColumns = (unit: string, confidence: number): ResultTable["columns"] => [
  { title: "Estimate", unit, kind: "number" },
  { title: "Standard error", unit, kind: "number" },
  { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
  { title: `Lower ${percent(confidence)}`, unit, kind: "number" },
  { title: `Upper ${percent(confidence)}`, unit, kind: "number" },
];

function intervalCells(contrast: MixedContrast | null, confidence: number): (number | null)[] {
  if (contrast === null) return [null, null, null, null, null];
  const { estimate, standardError, degreesOfFreedom } = contrast;
  const tail = (1 - confidence) / 2;
  const low = degreesOfFreedom === null ? normalQuantile(tail) : studentTQuantile(tail, degreesOfFreedom);
  return [estimate, standardError, degreesOfFreedom, estimate + low * standardError, estimate - low * standardError];
}

function pValue({ estimate, standardError, degreesOfFreedom }: MixedContrast): number {
  const t = Math.abs(estimate / standardError);
  return degreesOfFreedom === null ? 2 * normalUpperTail(t) : studentTTwoSidedTail(t, degreesOfFreedom);
}

function slopesTable({ spec, data, columns, contrast, slope }: MixedModelAnalysis): ResultTable {
  const unit = `${columns.endpoint.unit} per ${spec.timeUnit}`;
  return {
    id: "slopes",
    title: "Slopes",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "Observations", unit: "", kind: "count" },
      ...intervalColumns(unit, spec.confidence),
    ],
    rows: data.armNames.map((arm, code) => {
      const own = [...columns.patientOfRow].filter((patient) => data.arm[patient] === code);
      return [arm, new Set(own).size, own.length, ...intervalCells(contrast(slope(arm)), spec.confidence)];
    }),
    note: spec.covariatesByTime ? "At the means of numeric covariates, categories with equal weights." : "",
  };
}

/** Weights of the mean of an arm at the planned day of a visit. */
function meanWeights({ spec, columns, data }: MixedModelAnalysis, arm: string, visit: number): Float64Array {
  const time = data.visits[visit]!.day / DAYS_IN[spec.timeUnit];
  return gridMean(columns.design, { [TIME_NAME]: time, arm }, "equal");
}

function meansTable(analysis: MixedModelAnalysis): ResultTable {
  const { spec, data, columns, contrast } = analysis;
  const what = spec.outcome === "change" ? "change from baseline" : "value";
  return {
    id: "means-by-visit",
    title: "Model-based means at the planned days",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Visit", unit: "", kind: "text" },
      ...intervalColumns(columns.endpoint.unit, spec.confidence),
    ],
    rows: data.armNames.flatMap((arm) =>
      columns.visitIndices.map((visit) => [
        arm,
        data.visits[visit]!.label,
        ...intervalCells(contrast(meanWeights(analysis, arm, visit)), spec.confidence),
      ]),
    ),
    note: `Mean ${what}; numeric covariates at their means over the observations, categories with equal weights.`,
  };
}

function differencesTable(analysis: MixedModelAnalysis): ResultTable {
  const { spec, data, columns, contrast } = analysis;
  const control = data.armNames[0]!;
  return {
    id: "differences-by-visit",
    title: "Differences of means at the planned days",
    columns: [
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Visit", unit: "", kind: "text" },
      ...intervalColumns(columns.endpoint.unit, spec.confidence),
      { title: "Two-sided p", unit: "", kind: "p-value" },
    ],
    rows: data.armNames.slice(1).flatMap((arm) =>
      columns.visitIndices.map((visit) => {
        const found = contrast(
          gridDifference(meanWeights(analysis, arm, visit), meanWeights(analysis, control, visit)),
        );
        return [
          `${arm} minus ${control}`,
          data.visits[visit]!.label,
          ...intervalCells(found, spec.confidence),
          found === null ? null : pValue(found),
        ];
      }),
    ),
    note: "They follow from a straight line in each arm; a curved course shows in the observed means.",
  };
}

function varianceTable({ spec, columns, fit }: MixedModelAnalysis): ResultTable {
  const q = fit.randomNames.length;
  const { unit } = columns.endpoint;
  const units = fit.randomNames.map((name) => (name === "slope" ? `${unit} per ${spec.timeUnit}` : unit));
  const at = (i: number, j: number) => fit.randomCovariance[i * q + j]!;
  const rows: (string | number | null)[][] = fit.randomNames.map((name, i) => [
    `Patient: ${name} (${units[i]})`,
    at(i, i),
    Math.sqrt(at(i, i)),
    null,
  ]);
  if (spec.randomEffects === "intercept-and-slope") {
    const product = Math.sqrt(at(0, 0) * at(1, 1));
    rows.push([
      "Patient: intercept and slope",
      at(0, 1),
      null,
      product > 0 ? Math.max(-1, Math.min(1, at(0, 1) / product)) : null,
    ]);
  }
  const { phi, share } = fit.residualCorrelation;
  rows.push([`Residual (${unit})`, fit.residualVariance, Math.sqrt(fit.residualVariance), null]);
  if (fit.residual.kind !== "independent") {
    rows.push([`Residuals one ${spec.timeUnit} apart, without measurement error`, null, null, phi]);
    if (fit.residual.measurementError) {
      const error = share * fit.residualVariance;
      rows.push([`of which measurement error (${unit})`, error, Math.sqrt(error), null]);
    }
  }
  return {
    id: "variance-components",
    title: "Variance components",
    columns: [
      { title: "Component", unit: "", kind: "text" },
      { title: "Variance or covariance", unit: "", kind: "number" },
      { title: "Standard deviation", unit: "", kind: "number" },
      { title: "Correlation", unit: "", kind: "number" },
    ],
    rows,
    note: fit.verdict.boundary.length === 0 ? "" : `On the boundary: ${fit.verdict.boundary.join("; ")}.`,
  };
}

function fixedTable({ columns, fit, contrast }: MixedModelAnalysis): ResultTable {
  const size = columns.design.columns.length;
  const { independentColumns } = fit.likelihood.layout;
  return {
    id: "fixed-effects",
    title: "Fixed effects",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Estimate", unit: "", kind: "number" },
      { title: "Standard error", unit: "", kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "t", unit: "", kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
    ],
    rows: independentColumns.map((column, row) => {
      const weights = new Float64Array(size);
      weights[column] = 1;
      const found = contrast(weights);
      if (found === null) return [columns.design.columns[column]!.name, fit.fixed[row]!, null, null, null, null];
      return [
        columns.design.columns[column]!.name,
        found.estimate,
        found.standardError,
        found.degreesOfFreedom,
        found.estimate / found.standardError,
        pValue(found),
      ];
    }),
    note:
      fit.aliasedNames.length === 0
        ? "The first arm and the first level of a category are the reference."
        : `Left out as linear combinations of others: ${fit.aliasedNames.join(", ")}.`,
  };
}

function statisticsTable({ fit }: MixedModelAnalysis): ResultTable {
  return {
    id: "fit-statistics",
    title: "Fit",
    columns: [
      { title: "Statistic", unit: "", kind: "text" },
      { title: "Value", unit: "", kind: "quantity" },
    ],
    rows: [
      ["Patients", fit.groups],
      ["Observations", fit.observations],
      ["Parameters", fit.parameters],
      [fit.criterion === "REML" ? "Restricted log-likelihood" : "Log-likelihood", fit.logLikelihood],
      ["AIC", fit.aic],
      ["BIC", fit.bic],
    ],
    note:
      fit.criterion === "REML"
        ? "AIC and BIC count fixed effects and variance parameters (as R's lme4); with REML they compare models with the same fixed effects only."
        : "AIC and BIC count fixed effects and variance parameters (as R's lme4).",
  };
}
