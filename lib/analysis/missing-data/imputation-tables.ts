import type { ResultTable } from "../analysis-report.ts";
import type { TrialData } from "../trial-data.ts";
import type { ImputationEstimates } from "./imputation-estimates.ts";
import type { ImputationTrial } from "./imputation-trial.ts";
import type { MultipleImputationSpec } from "./multiple-imputation-spec.ts";

export interface ImputationTablesInput {
  readonly spec: MultipleImputationSpec;
  readonly trial: TrialData;
  readonly arranged: ImputationTrial;
  readonly estimates: ImputationEstimates;
}

/** Tables of an imputed analysis, in the order in which they are read. */
export function imputationTables(all: ImputationTablesInput): ResultTable[] {
  const tables = [effectsTable(all), meansTable(all), imputedTable(all)];
  if (all.estimates.at(0, 0, 0).rubin !== null) tables.push(varianceTable(all));
  if (all.spec.tippingPoint !== null) tables.push(tippingTable(all, all.spec.tippingPoint.deltas));
  return tables;
}

const percentOf = (spec: MultipleImputationSpec) => `${Number((100 * spec.confidence).toPrecision(6))} %`;

function effectsTable({ spec, trial, arranged, estimates }: ImputationTablesInput): ResultTable {
  const { unit } = arranged.endpoint;
  return {
    id: "effects-by-visit",
    title: "Effects by visit",
    columns: [
      { title: "Visit", unit: "", kind: "text" },
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Effect", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: `Lower ${percentOf(spec)}`, unit, kind: "number" },
      { title: `Upper ${percentOf(spec)}`, unit, kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
    ],
    rows: arranged.visitIndices.flatMap((visit, v) =>
      trial.armNames.slice(1).map((name, contrast) => {
        const { inference } = estimates.at(0, v, contrast);
        return [
          trial.visits[visit]!.label,
          `${name} minus ${trial.armNames[0]}`,
          inference.estimate,
          inference.standardError,
          inference.degreesOfFreedom,
          inference.interval.lower,
          inference.interval.upper,
          inference.twoSidedPValue,
        ];
      }),
    ),
    note: "",
  };
}

function meansTable({ spec, trial, arranged, estimates }: ImputationTablesInput): ResultTable {
  const { unit } = arranged.endpoint;
  const first = trial.armNames.length - 1;
  return {
    id: "least-squares-means",
    title: "Least-squares means",
    columns: [
      { title: "Visit", unit: "", kind: "text" },
      { title: "Arm", unit: "", kind: "text" },
      { title: "Mean", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: `Lower ${percentOf(spec)}`, unit, kind: "number" },
      { title: `Upper ${percentOf(spec)}`, unit, kind: "number" },
    ],
    rows: arranged.visitIndices.flatMap((visit, v) =>
      trial.armNames.map((name, arm) => {
        const { inference } = estimates.at(0, v, first + arm);
        return [
          trial.visits[visit]!.label,
          name,
          inference.estimate,
          inference.standardError,
          inference.interval.lower,
          inference.interval.upper,
        ];
      }),
    ),
    note: "At the means of the covariates, categories in their observed shares.",
  };
}

function imputedTable({ trial, arranged }: ImputationTablesInput): ResultTable {
  const { data } = arranged;
  const m = data.visitCount;
  return {
    id: "imputed-values",
    title: "Values observed and imputed",
    columns: [
      { title: "Visit", unit: "", kind: "text" },
      { title: "Arm", unit: "", kind: "text" },
      { title: "Strategy after the event", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "Observed", unit: "", kind: "count" },
      { title: "Imputed before the event", unit: "", kind: "count" },
      { title: "Imputed after the event", unit: "", kind: "count" },
    ],
    rows: arranged.visitIndices.flatMap((visit, v) =>
      trial.armNames.map((name, arm) => {
        let patients = 0;
        let before = 0;
        let after = 0;
        for (let patient = 0; patient < data.patientCount; patient++) {
          if (data.arm[patient] !== arm) continue;
          patients++;
          if (Number.isFinite(data.outcome[patient * m + v]!)) continue;
          if (v < data.firstAfter[patient]!) before++;
          else after++;
        }
        const observed = patients - before - after;
        return [trial.visits[visit]!.label, name, data.strategy[arm]!, patients, observed, before, after];
      }),
    ),
    note: `Values imputed before the event are taken as missing at random. Reference arm: ${arranged.referenceName}.`,
  };
}

function varianceTable({ trial, arranged, estimates }: ImputationTablesInput): ResultTable {
  const { unit } = arranged.endpoint;
  const last = arranged.data.visitCount - 1;
  return {
    id: "variance-parts",
    title: "Parts of the variance",
    columns: [
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Imputations", unit: "", kind: "count" },
      { title: "Within imputations", unit: "", kind: "number" },
      { title: "Between imputations", unit: "", kind: "number" },
      { title: "Total", unit: "", kind: "number" },
      { title: "Fraction of missing information", unit: "", kind: "proportion" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "Monte Carlo error", unit, kind: "number" },
    ],
    rows: trial.armNames.slice(1).map((name, contrast) => {
      const rubin = estimates.at(0, last, contrast).rubin!;
      return [
        `${name} minus ${trial.armNames[0]}`,
        rubin.imputations,
        rubin.withinVariance,
        rubin.betweenVariance,
        rubin.totalVariance,
        rubin.fractionMissing,
        rubin.degreesOfFreedom,
        rubin.monteCarloError,
      ];
    }),
    note: "Degrees of freedom after Barnard and Rubin.",
  };
}

function tippingTable(
  { spec, trial, arranged, estimates }: ImputationTablesInput,
  deltas: readonly number[],
): ResultTable {
  const { unit } = arranged.endpoint;
  const last = arranged.data.visitCount - 1;
  const level = (1 - spec.confidence) / 2;
  const significant = (delta: number) => estimates.at(delta, last, 0).inference.oneSidedPValue <= level;
  const lost = deltas.find((_, index) => !significant(index + 1));
  const level100 = Number((100 * level).toPrecision(4));
  return {
    id: "tipping-point",
    title: "Tipping point",
    columns: [
      { title: "Added to imputed values", unit, kind: "number" },
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Effect", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: `Lower ${percentOf(spec)}`, unit, kind: "number" },
      { title: `Upper ${percentOf(spec)}`, unit, kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
    ],
    rows: deltas.flatMap((delta, index) =>
      trial.armNames.slice(1).map((name, contrast) => {
        const { inference } = estimates.at(index + 1, last, contrast);
        return [
          delta,
          `${name} minus ${trial.armNames[0]}`,
          inference.estimate,
          inference.standardError,
          inference.interval.lower,
          inference.interval.upper,
          inference.twoSidedPValue,
        ];
      }),
    ),
    note: !significant(0)
      ? `The first comparison is not significant (one-sided ${level100} %) without a shift.`
      : lost === undefined
        ? `The first comparison stays significant (one-sided ${level100} %) over the whole grid.`
        : `The first comparison loses significance (one-sided ${level100} %) at ${lost}, the first such amount of the grid.`,
  };
}
