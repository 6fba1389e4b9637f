import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import type { AnalysisResult, BenefitDirection } from "../analysis-result.ts";
import { variableAtRows } from "../model-design.ts";
import type { TrialData } from "../trial-data.ts";
import { type AdjustedLogRank, adjustedLogRank } from "./adjusted-log-rank.ts";
import { type EventData, eventData, modelColumns, pairOfArms } from "./event-data.ts";
import { coefficientIndex, fitCox } from "./fit-cox.ts";
import { type LogRankTest, logRankTest } from "./log-rank.ts";
import { logRankProgram } from "./log-rank-program.ts";
import { curvesByArm, eventCountTable, listedDays, quantileTable, survivalTable } from "./survival-tables.ts";
import { timesAt } from "./survival-times.ts";
import type { LogRankSpec } from "./time-to-event-spec.ts";

/** What is known of one arm against the control. */
interface PairTest {
  readonly label: string;
  /** Positive when the experimental arm has more events than expected. */
  readonly statistic: number;
  readonly estimate: number;
  readonly standardError: number;
  /** How the hazard ratio was estimated. */
  readonly estimator: "cox" | "one-step" | "adjusted-score";
  readonly subjects: number;
  readonly test: LogRankTest | null;
  readonly adjusted: AdjustedLogRank | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Log-rank test of every arm against the control: plain, weighted, stratified, or adjusted for covariates and a score.
 *
 * The hazard ratio beside the test is that of Cox's model with the same strata (Efron's ties), or the unconditional one of
 * the adjusted score; where an arm has no event it is the one-step estimate, with a diagnostic.
 *
 * @throws DomainError naming the field of the specification; UNSUPPORTED_COMBINATION for weights with covariates.
 *
 * METHODS.md eq. (V5)–(V6), (V22), (V25).
 */
export function analyseLogRank(spec: LogRankSpec, data: TrialData): AnalysisReport {
  const weighted = spec.rho > 0 || spec.gamma > 0;
  const adjusts = spec.covariates.length > 0 || spec.score !== null;
  if (weighted && adjusts)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: spec.rho > 0 ? "rho" : "gamma",
      received: spec.rho > 0 ? spec.rho : spec.gamma,
      requirement: "must be 0 when the test is adjusted for covariates or a score",
      hint: "Leave out the covariates and the score, or use the plain log-rank test.",
    });
  const events = eventData(spec, data);
  const pairs = data.armNames.slice(1).map((_, k) => pairTest(spec, events, k + 1, adjusts));
  const curves = curvesByArm(events, spec.confidence, spec.intervalScale);
  const benefit: BenefitDirection = spec.direction === "unfavourable" ? "lower" : "higher";
  const oneStep = pairs.flatMap(({ estimator }, k) => (estimator === "one-step" ? [k + 1] : []));
  return {
    method: methodOf(spec, events, adjusts),
    effects: pairs.map((pair) => ({ label: pair.label, result: resultOf(spec, pair, benefit) })),
    tables: [
      ...(adjusts ? [adjustmentTable(pairs)] : observedTables(events, pairs)),
      ...(events.armNames.length > 2 && !adjusts ? [globalTable(spec, events)] : []),
      eventCountTable(events, curves),
      quantileTable(events, curves, [0.25, 0.5, 0.75]),
      survivalTable(events, curves, listedDays(curves, spec.times)),
    ],
    fitNotes: [],
    diagnostics: [...events.diagnostics, ...pairs.flatMap(({ diagnostics }) => diagnostics)],
    code: logRankProgram(spec, events, adjusts, oneStep),
  };
}

function pairTest(spec: LogRankSpec, events: EventData, experimental: number, adjusts: boolean): PairTest {
  const rows = pairOfArms(events.arm, experimental);
  const times = timesAt(events.times, rows);
  const arm = Int32Array.from(rows, (row) => (events.arm[row] === experimental ? 1 : 0));
  const strata = events.strata === null ? undefined : Int32Array.from(rows, (row) => events.strata![row]!);
  const label = `${events.armNames[experimental]} minus ${events.armNames[0]}`;
  if (adjusts) {
    const covariates = events.covariates.map((covariate) => variableAtRows(covariate, rows));
    const { columns } = modelColumns(null, [], covariates);
    const adjusted = adjustedLogRank(times, arm, columns, strata);
    const oneStep = adjusted.logHazardRatio === null || adjusted.standardError === null;
    const plain = logRankTest(times, arm, 2, strata === undefined ? {} : { strata });
    const information = plain.covariance[3]!;
    const spread = Math.sqrt(1 - adjusted.varianceReduction);
    return {
      label,
      statistic: adjusted.statistic,
      estimate: adjusted.logHazardRatio ?? (adjusted.statistic * spread) / Math.sqrt(information),
      standardError: adjusted.standardError ?? spread / Math.sqrt(information),
      estimator: oneStep ? "one-step" : "adjusted-score",
      subjects: rows.length,
      test: null,
      adjusted,
      diagnostics: [...adjusted.diagnostics, ...(oneStep ? [noEvents(label)] : [])],
    };
  }
  const test = logRankTest(times, arm, 2, {
    weights: { rho: spec.rho, gamma: spec.gamma },
    ...(strata === undefined ? {} : { strata }),
  });
  const variance = test.covariance[3]!;
  if (!(variance > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: spec.strata.length > 0 ? "strata" : "events",
      received: label,
      requirement: "must leave times at which both arms have patients at risk",
      hint: "Use fewer strata, or count more kinds of events.",
    });
  const difference = test.observed[1]! - test.expected[1]!;
  const cox = coxEstimate(times, arm, strata);
  return {
    label,
    statistic: difference / Math.sqrt(variance),
    estimate: cox?.estimate ?? difference / variance,
    standardError: cox?.standardError ?? 1 / Math.sqrt(variance),
    estimator: cox === null ? "one-step" : "cox",
    subjects: rows.length,
    test,
    adjusted: null,
    diagnostics: cox === null ? [noEvents(label)] : [],
  };
}

/** Hazard ratio of Cox's model; null where it has no finite estimate. */
function coxEstimate(times: EventData["times"], arm: Int32Array, strata: Int32Array | undefined) {
  const column = { name: "arm", values: Float64Array.from(arm) };
  try {
    const fit = fitCox(times, [column], strata === undefined ? {} : { strata });
    coefficientIndex(fit, 0);
    return { estimate: fit.coefficients[0]!, standardError: Math.sqrt(fit.covariance[0]!) };
  } catch (error) {
    if (error instanceof DomainError && error.code === "NOT_ESTIMABLE") return null;
    throw error;
  }
}

function noEvents(label: string): Diagnostic {
  return diagnostic(
    "warning",
    "one-step-hazard-ratio",
    `${label}: no finite hazard ratio maximises the likelihood (an arm has no event while the other is at risk). The test is valid; the hazard ratio shown is the one-step estimate of the log-rank test, which is too close to 1.`,
    "events",
  );
}

function resultOf(spec: LogRankSpec, pair: PairTest, benefit: BenefitDirection): AnalysisResult {
  const half = -normalQuantile((1 - spec.confidence) / 2) * pair.standardError;
  return {
    method: `log-rank test; log hazard ratio ${ESTIMATORS[pair.estimator]}`,
    summaryMeasure: "log-hazard-ratio",
    estimate: pair.estimate,
    standardError: pair.standardError,
    degreesOfFreedom: null,
    testStatistic: pair.statistic,
    oneSidedPValue: normalUpperTail(benefit === "higher" ? pair.statistic : -pair.statistic),
    twoSidedPValue: 2 * normalUpperTail(Math.abs(pair.statistic)),
    interval: { lower: pair.estimate - half, upper: pair.estimate + half, confidence: spec.confidence },
    subjectsUsed: pair.subjects,
    diagnostics: [],
  };
}

const ESTIMATORS = {
  cox: "by Cox's model (Efron's ties)",
  "one-step": "by one step of the log-rank test",
  "adjusted-score": "for which the adjusted score vanishes",
} as const;

function methodOf(spec: LogRankSpec, events: EventData, adjusts: boolean): string {
  const weights =
    spec.rho === 0 && spec.gamma === 0 ? "" : `, Fleming–Harrington weights rho = ${spec.rho}, gamma = ${spec.gamma}`;
  const strata = events.strata === null ? "" : `, stratified by ${events.strataNames.join(" and ")}`;
  const covariates = adjusts
    ? `, adjusted for ${events.covariates.map(({ name }) => name).join(", ")} (Ye, Shao and Yi)`
    : "";
  return `Log-rank test${weights}${strata}${covariates}; event: ${spec.events.join(" or ")}${
    spec.otherEvents === "ignore" ? "" : ", other events censor"
  }${spec.cutoffDay === null ? "" : `, follow-up to day ${spec.cutoffDay}`}`;
}

function observedTables(events: EventData, pairs: readonly PairTest[]): ResultTable[] {
  return pairs.map((pair, k) => ({
    id: pairs.length === 1 ? "observed-expected" : `observed-expected-${k + 1}`,
    title: pairs.length === 1 ? "Events seen and expected" : `Events seen and expected: ${pair.label}`,
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "Events", unit: "", kind: "count" },
      { title: "Weighted events", unit: "", kind: "number" },
      { title: "Expected", unit: "", kind: "number" },
      { title: "Variance", unit: "", kind: "number" },
      { title: "Chi-square", unit: "", kind: "number" },
    ],
    rows: [0, 1].map((g) => [
      events.armNames[g === 0 ? 0 : k + 1]!,
      pair.test!.subjects[g]!,
      pair.test!.events[g]!,
      pair.test!.observed[g]!,
      pair.test!.expected[g]!,
      pair.test!.covariance[g * 2 + g]!,
      pair.test!.chiSquare,
    ]),
    note: "Expected if both arms had one hazard.",
  }));
}

function globalTable(spec: LogRankSpec, events: EventData): ResultTable {
  const test = logRankTest(events.times, events.arm, events.armNames.length, {
    weights: { rho: spec.rho, gamma: spec.gamma },
    ...(events.strata === null ? {} : { strata: events.strata }),
  });
  return {
    id: "global-test",
    title: "Test of all arms together",
    columns: [
      { title: "Chi-square", unit: "", kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "p", unit: "", kind: "p-value" },
    ],
    rows: [[test.chiSquare, test.degreesOfFreedom, test.pValue]],
    note: "",
  };
}

function adjustmentTable(pairs: readonly PairTest[]): ResultTable {
  return {
    id: "adjustment",
    title: "What the covariates change",
    columns: [
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Analysis", unit: "", kind: "text" },
      { title: "Z", unit: "", kind: "number" },
      { title: "Log hazard ratio", unit: "", kind: "number" },
      { title: "Standard error", unit: "", kind: "number" },
      { title: "Variance of the score relative to unadjusted", unit: "", kind: "proportion" },
    ],
    rows: pairs.flatMap(({ label, adjusted }) => [
      [
        label,
        "unadjusted",
        adjusted!.unadjusted.statistic,
        adjusted!.unadjusted.logHazardRatio,
        adjusted!.unadjusted.standardError,
        1,
      ],
      [
        label,
        "adjusted",
        adjusted!.statistic,
        adjusted!.logHazardRatio,
        adjusted!.standardError,
        1 - adjusted!.varianceReduction,
      ],
    ]),
    note: "Both hazard ratios are unconditional (of the arms as wholes): they estimate the same ratio.",
  };
}
