import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { clopperPearsonInterval } from "../../numerics/binomial-interval.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import type { SummaryMeasure } from "../analysis-result.ts";
import type { AnalysisTable } from "../analysis-table.ts";
import { type AnalysedPatients, analysedPatients, patientTable } from "../outcome/adjustment-columns.ts";
import { type BinaryOutcome, binaryOutcome } from "../outcome/binary-outcome.ts";
import type { TrialData } from "../trial-data.ts";
import { oneSidedOf, proportionEffect, proportionInterval, testProportions } from "./compare-proportions.ts";
import type { TwoByTwo } from "./two-by-two.ts";
import { twoProportionsProgram } from "./two-proportions-program.ts";
import type { TwoProportionsSpec } from "./two-proportions-spec.ts";

/** What a comparison of proportions works on. */
export interface ProportionAnalysis {
  readonly outcome: BinaryOutcome;
  readonly patients: AnalysedPatients;
  readonly armNames: readonly string[];
  /** Table of each experimental arm against the control, in the order of the arms. */
  readonly tables: readonly TwoByTwo[];
  readonly table: AnalysisTable;
}

export const PROPORTION_MEASURES: Record<TwoProportionsSpec["measure"], SummaryMeasure> = {
  "risk-difference": "risk-difference",
  "risk-ratio": "log-risk-ratio",
  "odds-ratio": "log-odds-ratio",
};

/** Patients, counts and table of the comparison that a specification asks for. */
export function proportionAnalysis(spec: TwoProportionsSpec, data: TrialData): ProportionAnalysis {
  const outcome = binaryOutcome(spec.outcome, data);
  const patients = analysedPatients({}, data, (patient) => !Number.isNaN(outcome.values[patient]!));
  const response = patients.rows.map((row) => outcome.values[row]!);
  const count = (code: number) => {
    const own = response.filter((_, i) => patients.arm[i] === code);
    return [own.reduce((sum, value) => sum + value, 0), own.length] as const;
  };
  const [controlEvents, controlTotal] = count(0);
  return {
    outcome,
    patients,
    armNames: data.armNames,
    tables: data.armNames.slice(1).map((_, k) => {
      const [experimentalEvents, experimentalTotal] = count(k + 1);
      return { experimentalEvents, experimentalTotal, controlEvents, controlTotal };
    }),
    table: patientTable(data, patients, [{ name: "value", kind: "number", values: response }]),
  };
}

/**
 * Two proportions compared by a named test with a named interval, every arm against the control
 * (METHODS.md eq. (P1)–(P10), (P16), (P17)).
 *
 * @throws DomainError naming the field of the specification: an unknown name, an arm without patients, a test or interval
 *   that the measure does not have, a ratio with an empty arm.
 */
export function analyseTwoProportions(spec: TwoProportionsSpec, data: TrialData): AnalysisReport {
  const analysis = proportionAnalysis(spec, data);
  const { outcome, patients, armNames, tables } = analysis;
  const isRatio = spec.measure !== "risk-difference";
  const onScale = (limit: number) => {
    const value = isRatio ? Math.log(limit) : limit;
    return Number.isFinite(value) ? value : null;
  };
  const effects = tables.map((table, k) => {
    const test = testProportions(table, spec);
    const { lower, upper } = proportionInterval(table, spec);
    return {
      label: `${armNames[k + 1]} minus ${armNames[0]}`,
      result: {
        method: `${spec.test} test, ${spec.interval} interval`,
        summaryMeasure: PROPORTION_MEASURES[spec.measure],
        ...proportionEffect(table, spec.measure),
        degreesOfFreedom: null,
        testStatistic: test.statistic,
        oneSidedPValue: oneSidedOf(test, outcome.benefit),
        twoSidedPValue: test.twoSidedPValue,
        interval: { lower: onScale(lower), upper: onScale(upper), confidence: spec.confidence },
        subjectsUsed: table.experimentalTotal + table.controlTotal,
        diagnostics: [],
      },
    };
  });
  return {
    method: `Two proportions, ${spec.test} test, ${spec.interval} interval of the ${spec.measure.replace("-", " ")}; ${outcome.description}`,
    effects,
    tables: [proportionTable(armNames, tables, spec.confidence)],
    fitNotes: [],
    diagnostics: [...outcome.diagnostics, ...patients.diagnostics, ...doubtfulLevel(spec, tables)],
    code: twoProportionsProgram(spec, analysis),
  };
}

/** Patients with the outcome, observed proportion and its exact interval, of each arm. */
export function proportionTable(
  armNames: readonly string[],
  tables: readonly TwoByTwo[],
  confidence: number,
): ResultTable {
  const level = `${Number((confidence * 100).toPrecision(6))} %`;
  const counts = [
    [tables[0]!.controlEvents, tables[0]!.controlTotal] as const,
    ...tables.map(({ experimentalEvents, experimentalTotal }) => [experimentalEvents, experimentalTotal] as const),
  ];
  return {
    id: "proportions",
    title: "Proportion by arm",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "N", unit: "", kind: "count" },
      { title: "With outcome", unit: "", kind: "count" },
      { title: "Proportion", unit: "", kind: "proportion" },
      { title: "Lower", unit: level, kind: "proportion" },
      { title: "Upper", unit: level, kind: "proportion" },
    ],
    rows: counts.map(([events, total], code) => {
      const { lower, upper } = clopperPearsonInterval(events, total, confidence);
      return [armNames[code]!, total, events, events / total, lower, upper];
    }),
    note: "Intervals of the proportions are exact (Clopper–Pearson).",
  };
}

const NORMAL_TESTS = new Set(["pooled-z", "pooled-z-continuity", "unpooled-z"]);

/** Arms this many times as large as each other make the unpooled z too liberal (METHODS.md, level of the tests). */
const UNEQUAL = 2;

/** Choices whose level the data make doubtful: expected counts below 5 (Cochran's rule), unequal arms. */
function doubtfulLevel(spec: TwoProportionsSpec, tables: readonly TwoByTwo[]): Diagnostic[] {
  if (!NORMAL_TESTS.has(spec.test)) return [];
  const found: Diagnostic[] = [];
  const smallest = Math.min(
    ...tables.flatMap(({ experimentalEvents, experimentalTotal, controlEvents, controlTotal }) => {
      const events = experimentalEvents + controlEvents;
      const total = experimentalTotal + controlTotal;
      return [experimentalTotal, controlTotal].flatMap((n) => [(n * events) / total, (n * (total - events)) / total]);
    }),
  );
  if (smallest < 5)
    found.push(
      diagnostic(
        "warning",
        "small-expected-count",
        `The smallest expected count is ${smallest.toFixed(1)}, below 5: the normal approximation of the test is poor. Use an exact test (boschloo keeps its level and has more power than Fisher's).`,
        "test",
      ),
    );
  const ratio = Math.max(...tables.map(({ experimentalTotal: m, controlTotal: n }) => Math.max(m, n) / Math.min(m, n)));
  if (spec.test === "unpooled-z" && ratio >= UNEQUAL)
    found.push(
      diagnostic(
        "warning",
        "unpooled-z-unequal-arms",
        `One arm is ${ratio.toFixed(1)} times as large as the other: the unpooled z test then rejects too often. Use the Miettinen–Nurminen test.`,
        "test",
      ),
    );
  return found;
}
