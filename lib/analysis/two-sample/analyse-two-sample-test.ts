import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import type { AnalysisResult, BenefitDirection } from "../analysis-result.ts";
import type { AnalysisTable } from "../analysis-table.ts";
import { type AnalysedPatients, analysedPatients, patientTable } from "../outcome/adjustment-columns.ts";
import { changeForm } from "../outcome/continuous-outcome.ts";
import { trialEndpoint, trialVisitIndex, valuesAtVisit } from "../trial-columns.ts";
import type { TrialData } from "../trial-data.ts";
import { sampleQuantile } from "./quantile.ts";
import { rankSumTest } from "./rank-sum-test.ts";
import type { RankTestDistribution } from "./rank-test-result.ts";
import { sampleMoments } from "./sample.ts";
import { shapiroWilkTest } from "./shapiro-wilk-test.ts";
import { twoSampleTTest } from "./t-test.ts";
import { twoSampleProgram } from "./two-sample-program.ts";
import type { TwoSampleTestSpec } from "./two-sample-test-spec.ts";

/** What a comparison of a measurement works on. */
export interface TwoSampleAnalysis {
  readonly patients: AnalysedPatients;
  readonly armNames: readonly string[];
  readonly benefit: BenefitDirection;
  readonly description: string;
  /** Values of each arm, control first. */
  readonly samples: readonly Float64Array[];
  readonly table: AnalysisTable;
}

const FORM_WORDS = { value: "value", change: "change from baseline", "percent-change": "percent change from baseline" };

/** Patients, values and table of the comparison that a specification asks for. */
export function twoSampleAnalysis(spec: TwoSampleTestSpec, data: TrialData): TwoSampleAnalysis {
  const endpoint = trialEndpoint(data, spec.endpoint);
  const visit = trialVisitIndex(data, spec.visit);
  const values = changeForm(spec.outcome, valuesAtVisit(data, endpoint, visit), endpoint.baseline);
  const patients = analysedPatients({}, data, (patient) => Number.isFinite(values[patient]!));
  const analysed = Float64Array.from(patients.rows, (row) => values[row]!);
  return {
    patients,
    armNames: data.armNames,
    benefit: endpoint.benefit,
    description: `${FORM_WORDS[spec.outcome]} in ${endpoint.label} at ${data.visits[visit]!.label}`,
    samples: data.armNames.map((_, code) => analysed.filter((_, i) => patients.arm[i] === code)),
    table: patientTable(data, patients, [{ name: "value", kind: "number", values: Array.from(analysed) }]),
  };
}

/**
 * A measurement compared by a t test or Wilcoxon's rank sum test, every arm against the control
 * (METHODS.md eq. (W2), (W3), (W6), (W7)).
 *
 * @throws DomainError naming the field of the specification: an unknown name, an arm with fewer than 2 patients, a constant.
 */
export function analyseTwoSampleTest(spec: TwoSampleTestSpec, data: TrialData): AnalysisReport {
  const analysis = twoSampleAnalysis(spec, data);
  const { samples, armNames, description } = analysis;
  const diagnostics: Diagnostic[] = [...analysis.patients.diagnostics];
  const effects = samples.slice(1).map((sample, k) => ({
    label: `${armNames[k + 1]} minus ${armNames[0]}`,
    result: compare(spec, analysis, sample, samples[0]!, diagnostics),
  }));
  return {
    method: `${TEST_NAMES[spec.test]}; ${description}, patients with a value`,
    effects,
    tables: [describe(analysis)],
    fitNotes: [],
    diagnostics,
    code: twoSampleProgram(spec, analysis),
  };
}

function compare(
  spec: TwoSampleTestSpec,
  { benefit }: TwoSampleAnalysis,
  experimental: Float64Array,
  control: Float64Array,
  diagnostics: Diagnostic[],
): AnalysisResult {
  const { nullValue, confidence } = spec;
  const shared = { method: TEST_NAMES[spec.test], subjectsUsed: experimental.length + control.length, diagnostics: [] };
  if (spec.test === "welch-t" || spec.test === "pooled-t") {
    const variance = spec.test === "welch-t" ? "welch" : "pooled";
    return {
      ...shared,
      summaryMeasure: "mean-difference",
      ...twoSampleTTest(experimental, control, variance, { nullValue, benefit, confidence }),
    };
  }
  const distribution = spec.test.slice("rank-sum-".length) as RankTestDistribution;
  const test = rankSumTest(experimental, control, { distribution, nullShift: nullValue, confidence });
  if (test.distribution === "exact" && test.ties)
    diagnostics.push(
      diagnostic(
        "information",
        "ties",
        "Some values are equal: the exact p-value is conditional on the ties; the interval is that of the test without ties.",
        "test",
      ),
    );
  return {
    ...shared,
    summaryMeasure: "location-shift",
    estimate: test.shift,
    standardError: null,
    degreesOfFreedom: null,
    testStatistic: test.z ?? test.statistic,
    oneSidedPValue: benefit === "higher" ? test.upperPValue : test.lowerPValue,
    twoSidedPValue: test.twoSidedPValue,
    interval: test.interval,
  };
}

function describe({ armNames, samples }: TwoSampleAnalysis): ResultTable {
  return {
    id: "descriptive",
    title: "Values by arm",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "N", unit: "", kind: "count" },
      ...["Mean", "SD", "Median", "Q1", "Q3", "Minimum", "Maximum"].map((title) => ({
        title,
        unit: "",
        kind: "number" as const,
      })),
      { title: "p", unit: "Shapiro–Wilk", kind: "p-value" },
    ],
    rows: samples.map((sample, code) => {
      const { n, mean, variance } = sampleMoments(sample);
      const quantile = (p: number) => sampleQuantile(sample, p, 2);
      const varies = variance > 0 && n >= 3 && n <= 5000;
      return [
        armNames[code]!,
        n,
        mean,
        Math.sqrt(variance),
        quantile(0.5),
        quantile(0.25),
        quantile(0.75),
        quantile(0),
        quantile(1),
        varies ? shapiroWilkTest(sample).pValue : null,
      ];
    }),
    note: "Quartiles as SAS and R type 2.",
  };
}

const TEST_NAMES = {
  "welch-t": "t test with unequal variances (Welch)",
  "pooled-t": "t test with equal variances (Student)",
  "rank-sum-automatic": "Wilcoxon rank sum test",
  "rank-sum-exact": "Wilcoxon rank sum test, exact",
  "rank-sum-normal": "Wilcoxon rank sum test, normal approximation",
  "rank-sum-normal-continuity": "Wilcoxon rank sum test, normal approximation with continuity correction",
} as const;
