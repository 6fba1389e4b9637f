import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import type { AnalysisTable } from "../analysis-table.ts";
import type { Covariate } from "../covariate.ts";
import { stratumCodes } from "../generalized/stratum-codes.ts";
import {
  type AnalysedPatients,
  analysedPatients,
  OUTCOME_SCORE_NAME,
  patientTable,
} from "../outcome/adjustment-columns.ts";
import { type BinaryOutcome, binaryOutcome } from "../outcome/binary-outcome.ts";
import type { TrialData } from "../trial-data.ts";
import { PROPORTION_MEASURES } from "./analyse-two-proportions.ts";
import { cmhProgram } from "./cmh-program.ts";
import {
  breslowDayTest,
  type CommonEffect,
  cochranMantelHaenszelTest,
  mantelHaenszelOddsRatio,
  mantelHaenszelRiskDifference,
  mantelHaenszelRiskRatio,
} from "./cochran-mantel-haenszel.ts";
import { scoreStrata } from "./score-strata.ts";
import type { TwoByTwo } from "./two-by-two.ts";
import type { CmhSpec } from "./two-proportions-spec.ts";

/** What a stratified comparison of proportions works on. */
export interface CmhAnalysis {
  readonly outcome: BinaryOutcome;
  readonly patients: AnalysedPatients;
  readonly armNames: readonly string[];
  /** 0 or 1, one a patient analysed. */
  readonly response: Float64Array;
  readonly strata: readonly Covariate[];
  /** Stratum of each patient analysed. */
  readonly codes: Int32Array;
  readonly table: AnalysisTable;
}

/** Patients, strata and table of the analysis that a specification asks for. */
export function cmhAnalysis(spec: CmhSpec, data: TrialData): CmhAnalysis {
  if (spec.strata.length === 0 && spec.scoreStrata === null)
    throw invalidInput(
      "strata",
      0,
      "must name a covariate, or scoreStrata must give groups of the score",
      "Or compare two proportions without strata.",
    );
  const outcome = binaryOutcome(spec.outcome, data);
  const patients = analysedPatients(
    { strata: spec.strata, score: spec.scoreStrata },
    data,
    (patient) => !Number.isNaN(outcome.values[patient]!),
  );
  const response = Float64Array.from(patients.rows, (row) => outcome.values[row]!);
  const score = patients.covariates.find(({ name }) => name === OUTCOME_SCORE_NAME);
  const strata = [...patients.strata];
  if (spec.scoreStrata !== null && score?.kind === "numeric")
    strata.push(scoreStrata(score.values, spec.scoreStrata.groups));
  const codes = stratumCodes(strata, patients.rows.length) ?? new Int32Array(patients.rows.length);
  const label = stratumLabels(strata, codes);
  return {
    outcome,
    patients,
    armNames: data.armNames,
    response,
    strata,
    codes,
    table: patientTable(data, { ...patients, covariates: [], strata: [] }, [
      { name: "stratum", kind: "text", values: Array.from(codes, (code) => label[code]!) },
      { name: "value", kind: "number", values: Array.from(response) },
    ]),
  };
}

/**
 * Cochran–Mantel–Haenszel test with a common effect, strata from covariates or quantiles of the twins' score
 * (METHODS.md eq. (P11)–(P15), (P20)).
 *
 * @throws DomainError naming the field of the specification: an unknown name, no strata, strata without information, a ratio
 *   that is 0 or infinite.
 */
export function analyseCmh(spec: CmhSpec, data: TrialData): AnalysisReport {
  const analysis = cmhAnalysis(spec, data);
  const { outcome, patients, armNames } = analysis;
  const tables = armNames.slice(1).map((_, k) => strataTables(analysis, k + 1));
  const critical = -normalQuantile((1 - spec.confidence) / 2);
  const effects = tables.map((strata, k) => {
    const test = cochranMantelHaenszelTest(strata, spec.continuity);
    const { estimate, standardError } = commonEffect(spec, strata);
    return {
      label: `${armNames[k + 1]} minus ${armNames[0]}`,
      result: {
        method: `Cochran–Mantel–Haenszel test, Mantel–Haenszel ${spec.measure.replace("-", " ")}`,
        summaryMeasure: PROPORTION_MEASURES[spec.measure],
        estimate,
        standardError,
        degreesOfFreedom: null,
        testStatistic: test.z,
        oneSidedPValue: normalUpperTail(outcome.benefit === "higher" ? test.z : -test.z),
        twoSidedPValue: test.pValue,
        interval: {
          lower: estimate - critical * standardError,
          upper: estimate + critical * standardError,
          confidence: spec.confidence,
        },
        subjectsUsed: strata.reduce(
          (sum, { experimentalTotal, controlTotal }) => sum + experimentalTotal + controlTotal,
          0,
        ),
        diagnostics: [],
      },
    };
  });
  return {
    method: `Cochran–Mantel–Haenszel test${spec.continuity ? " with continuity correction" : ""}, ${stratumWords(spec)}, ${spec.measure.replace("-", " ")}; ${outcome.description}`,
    effects,
    tables: [stratumTable(analysis), ...homogeneityTable(armNames, tables)],
    fitNotes: [],
    diagnostics: [...outcome.diagnostics, ...patients.diagnostics],
    code: cmhProgram(spec, analysis),
  };
}

/** Table of each stratum that holds patients of both arms. */
function strataTables({ patients, codes, response }: CmhAnalysis, experimental: number): TwoByTwo[] {
  const count = Math.max(...codes) + 1;
  const cells = Array.from({ length: count }, () => ({
    experimentalEvents: 0,
    experimentalTotal: 0,
    controlEvents: 0,
    controlTotal: 0,
  }));
  codes.forEach((code, i) => {
    const cell = cells[code]!;
    if (patients.arm[i] === experimental) {
      cell.experimentalTotal++;
      cell.experimentalEvents += response[i]!;
    } else if (patients.arm[i] === 0) {
      cell.controlTotal++;
      cell.controlEvents += response[i]!;
    }
  });
  return cells.filter(({ experimentalTotal, controlTotal }) => experimentalTotal > 0 && controlTotal > 0);
}

function commonEffect(spec: CmhSpec, strata: readonly TwoByTwo[]): CommonEffect {
  switch (spec.measure) {
    case "odds-ratio":
      return mantelHaenszelOddsRatio(strata);
    case "risk-ratio":
      return mantelHaenszelRiskRatio(strata);
    case "risk-difference":
      return mantelHaenszelRiskDifference(strata, spec.riskDifferenceVariance);
  }
}

function stratumLabels(strata: readonly Covariate[], codes: Int32Array): string[] {
  const labels: string[] = [];
  codes.forEach((code, i) => {
    labels[code] ??= strata
      .map((v) => (v.kind === "numeric" ? `${v.name} ${v.values[i]}` : v.levels[v.codes[i]!]!))
      .join(", ");
  });
  return labels.length === 0 ? ["all"] : labels.map((label) => (label === "" ? "all" : label));
}

function stratumWords({ strata, scoreStrata: byScore }: CmhSpec): string {
  const parts = [...strata, ...(byScore === null ? [] : [`${byScore.groups} groups of the score`])];
  return `stratified by ${parts.join(", ")}`;
}

function stratumTable({ armNames, patients, codes, response, strata }: CmhAnalysis): ResultTable {
  const labels = stratumLabels(strata, codes);
  return {
    id: "strata",
    title: "Patients with the outcome by stratum",
    columns: [
      { title: "Stratum", unit: "", kind: "text" },
      ...armNames.flatMap((name) => [
        { title: name, unit: "with outcome", kind: "count" as const },
        { title: name, unit: "N", kind: "count" as const },
      ]),
    ],
    rows: labels.map((label, stratum) => [
      label,
      ...armNames.flatMap((_, code) => {
        let n = 0;
        let events = 0;
        codes.forEach((own, i) => {
          if (own !== stratum || patients.arm[i] !== code) return;
          n++;
          events += response[i]!;
        });
        return [events, n];
      }),
    ]),
    note: "Strata with patients of one arm only add nothing.",
  };
}

/** Breslow–Day tests where odds ratios can be compared. */
function homogeneityTable(armNames: readonly string[], tables: readonly (readonly TwoByTwo[])[]): ResultTable[] {
  const rows = tables.flatMap((strata, k) => {
    try {
      const { statistic, pValue, taroneStatistic, taronePValue, degreesOfFreedom } = breslowDayTest(strata);
      return [
        [`${armNames[k + 1]} minus ${armNames[0]}`, statistic, pValue, taroneStatistic, taronePValue, degreesOfFreedom],
      ];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Odds ratios cannot be compared: one informative stratum, or a common odds ratio of 0 or infinity.
      return [];
    }
  });
  if (rows.length === 0) return [];
  return [
    {
      id: "homogeneity",
      title: "Breslow–Day test of equal odds ratios",
      columns: [
        { title: "Comparison", unit: "", kind: "text" },
        { title: "Chi-square", unit: "", kind: "number" },
        { title: "p", unit: "", kind: "p-value" },
        { title: "Tarone", unit: "", kind: "number" },
        { title: "p", unit: "Tarone", kind: "p-value" },
        { title: "df", unit: "", kind: "degrees-of-freedom" },
      ],
      rows,
      note: "A small p says that the odds ratio differs between strata.",
    },
  ];
}
