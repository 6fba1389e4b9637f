import type { ResultTable } from "../analysis/analysis-report.ts";
import type { DesignReport } from "./design-report.ts";
import { boundaryWords } from "./design-words.ts";
import { endOfTrial } from "./final-inference.ts";
import { analyseInterim, type ConditionalPowerRow, type InterimAnalysis } from "./interim-analysis.ts";
import type { InterimAnalysisSpec } from "./interim-analysis-spec.ts";
import { interimProgram } from "./interim-program.ts";

const EFFECT_WORDS = {
  means: "difference of means",
  rates: "risk difference",
  survival: "hazard ratio",
  estimates: "effect",
} as const;

const TEST_WORDS = {
  "group-sequential": "group sequential test of all data",
  "inverse-normal": "inverse normal combination of the stages (fixed weights)",
  fisher: "Fisher's combination of the stages",
} as const;

const ASSUMPTION_WORDS: Readonly<Record<ConditionalPowerRow["assumption"], string>> = {
  "no-effect": "no effect (conditional type I error)",
  "observed-trend": "observed trend continues",
  "flat-prior": "posterior under a flat prior (predictive power)",
  assumed: "assumed effect and sizes",
};

/**
 * Report of an interim or final analysis.
 *
 * @param spec - Plan and data (`interimAnalysisSpecSchema`).
 * @returns Stage results with bounds and decisions, repeated inference, conditional and predictive power, and inference
 *   after the end.
 * @throws DomainError as `analyseInterim`.
 * @remarks METHODS.md eq. (G23)–(G25), (G31)–(G44).
 */
export function reportInterimAnalysis(spec: InterimAnalysisSpec): DesignReport {
  const analysis = analyseInterim(spec);
  const { test } = analysis.prepared.plan;
  const bounds = test.kind === "fisher" ? "" : `; ${boundaryWords(test.efficacy)}`;
  return {
    method: `Interim analysis, ${EFFECT_WORDS[spec.data.endpoint]}; ${TEST_WORDS[test.kind]}${bounds}`,
    answer: answer(analysis),
    tables: [
      stageTable(spec, analysis),
      repeatedTable(analysis),
      conditionalTable(analysis),
      finalTable(analysis),
    ].filter((table) => table.rows.length > 0),
    conventionNote:
      "P-values and errors are one-sided except for two-sided tests, where repeated and final p-values count both sides. The interval after the end is by stage-wise ordering; rpact gives the same, except that it leaves the p-value of a two-sided trial that ends at its first analysis one-sided and takes twice the upper probability as two-sided conditional rejection probability.",
    diagnostics: [...analysis.diagnostics],
    code: interimProgram(spec, analysis),
  };
}

/** Decision at each analysis held. */
export function decisions({ prepared, tested }: InterimAnalysis): string[] {
  const { test } = prepared.plan;
  const last = prepared.bounds.length - 1;
  return tested.combined.map((statistic, k) => {
    const bound = prepared.bounds[k]!;
    if (test.kind === "fisher" ? statistic <= bound : statistic >= bound) return "reject";
    if (test.kind !== "fisher" && test.sides === "symmetric-two-sided" && statistic <= -bound) return "reject";
    if (k === last) return "not rejected";
    const sofar = { ...tested, combined: tested.combined.slice(0, k + 1) };
    return endOfTrial(prepared, sofar) === k ? "stop for futility" : "continue";
  });
}

function answer(analysis: InterimAnalysis): string {
  const { tests, repeated, final, conditionalPower } = analysis;
  const last = tests.stages - 1;
  const decision = decisions(analysis)[last]!;
  const effect = tests.effects[last]!.toPrecision(4);
  const interval = repeated[last]!;
  const opening = `Analysis ${last + 1}: estimate ${effect}, repeated confidence interval ${limit(interval.lower)} to ${limit(interval.upper)}; decision: ${decision}.`;
  if (final?.medianUnbiased != null)
    return `${opening} After the end at analysis ${final.analysis}: median-unbiased estimate ${final.medianUnbiased.toPrecision(4)}, interval ${limit(final.lower!)} to ${limit(final.upper!)}, ${final.pValue < 1e-300 ? "p below 1e-300" : `p = ${final.pValue.toPrecision(3)}`}.`;
  const shown = conditionalPower.at(-1);
  return shown === undefined
    ? opening
    : `${opening} Conditional power, ${ASSUMPTION_WORDS[shown.assumption]}: ${(100 * shown.byAnalysis.at(-1)!).toFixed(1)} %.`;
}

const column = (title: string, kind: "number" | "p-value" | "proportion" | "count" | "text") => ({
  title,
  unit: "",
  kind,
});

function stageTable(spec: InterimAnalysisSpec, analysis: InterimAnalysis): ResultTable {
  const { tested, tests, prepared } = analysis;
  const fisher = prepared.plan.test.kind === "fisher";
  const decided = decisions(analysis);
  return {
    id: "stages",
    title: "Analyses held",
    columns: [
      column("Analysis", "count"),
      column("Information fraction", "proportion"),
      column(`Estimate (${EFFECT_WORDS[spec.data.endpoint]})`, "number"),
      column("Statistic, all data", "number"),
      column("p, all data", "p-value"),
      column("Statistic, stage alone", "number"),
      column("p, stage alone", "p-value"),
      column(fisher ? "Product of p-values" : "Test statistic (normal score)", "number"),
      column("Bound", "number"),
      column("Decision", "text"),
    ],
    rows: tested.combined.map((statistic, k) => [
      k + 1,
      prepared.plan.informationFractions[k]!,
      tests.effects[k]!,
      tested.overall[k]!.statistic,
      tested.overall[k]!.pValue,
      tested.increments[k]!.statistic,
      tested.increments[k]!.pValue,
      finite(statistic),
      finite(prepared.bounds[k]!),
      decided[k]!,
    ]),
    note: fisher
      ? "Reject when the product is at most the bound. P-values are one-sided."
      : "Reject when the test statistic reaches the bound. P-values are one-sided.",
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function repeatedTable({ repeated, prepared }: InterimAnalysis): ResultTable {
  const level = (100 * (1 - 2 * prepared.plan.oneSidedAlpha)).toFixed(1);
  return {
    id: "repeated-inference",
    title: "Repeated confidence intervals and p-values",
    columns: [
      column("Analysis", "count"),
      column(`Lower ${level} %`, "number"),
      column(`Upper ${level} %`, "number"),
      column("Repeated p-value", "p-value"),
    ],
    rows: repeated.map(({ lower, upper, pValue }, k) => [k + 1, finite(lower), finite(upper), pValue]),
    note: "Valid at every analysis whether or not the trial stops there; p-values above one half are shown as 0.5.",
  };
}

function conditionalTable({ conditionalPower, conditionalRejection, tested, prepared }: InterimAnalysis): ResultTable {
  const held = tested.combined.length;
  const later = prepared.bounds.slice(held).map((_, k) => held + k + 1);
  return {
    id: "conditional-power",
    title: "Conditional and predictive power",
    columns: [column("Assumption", "text"), ...later.map((k) => column(`Success by analysis ${k}`, "proportion"))],
    rows: conditionalPower.map((row) => [ASSUMPTION_WORDS[row.assumption], ...row.byAnalysis]),
    note:
      conditionalRejection === null
        ? ""
        : `Success is a rejection in the direction of benefit. Conditional rejection probability of the whole test: ${conditionalRejection.toPrecision(6)}.`,
  };
}

function finalTable({ final, prepared }: InterimAnalysis): ResultTable {
  const level = (100 * (1 - 2 * prepared.plan.oneSidedAlpha)).toFixed(1);
  return {
    id: "final-inference",
    title: "Inference after the end",
    columns: [
      column("Ended at analysis", "count"),
      column("p-value (stage-wise ordering)", "p-value"),
      column("Median-unbiased estimate", "number"),
      column(`Lower ${level} %`, "number"),
      column(`Upper ${level} %`, "number"),
    ],
    rows: final === null ? [] : [[final.analysis, final.pValue, final.medianUnbiased, final.lower, final.upper]],
    note: "",
  };
}

/** A limit of an interval; a bound that no data reach leaves it open. */
function limit(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(4) : "without limit";
}
