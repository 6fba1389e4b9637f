import type { ResultTable } from "../analysis/analysis-report.ts";
import type { DesignReport } from "../design/design-report.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { type AdjustedHypotheses, adjustHypotheses } from "./adjust-hypotheses.ts";
import type { HypothesisGraph } from "./graph.ts";
import { multiplicityProgram } from "./multiplicity-program.ts";
import type { MultiplicityProcedure, MultiplicitySpec } from "./multiplicity-spec.ts";

const PROCEDURE_WORDS: Readonly<Record<MultiplicityProcedure["procedure"], string>> = {
  bonferroni: "Bonferroni",
  holm: "Holm",
  hochberg: "Hochberg",
  hommel: "Hommel",
  "fixed-sequence": "fixed sequence",
  fallback: "fallback",
  graphical: "graphical procedure (Bretz–Maurer)",
};

/**
 * Report of several hypotheses tested with one family-wise error.
 *
 * @param spec - Procedure, hypotheses with p-values, error (`multiplicitySpecSchema`).
 * @returns Adjusted p-values, decisions and, where there is one, the graph before and after each rejection.
 * @throws DomainError INVALID_INPUT for weights or transitions that do not fit.
 * @remarks METHODS.md eq. (U1)–(U6).
 */
export function reportMultiplicity(spec: MultiplicitySpec): DesignReport {
  const { procedure, hypotheses, alpha } = spec;
  const pValues = hypotheses.map(({ pValue }) => pValue);
  const result = adjustHypotheses(procedure, pValues, alpha);
  const names = hypotheses.map(({ name }) => name);
  const rejected = names.filter((_, i) => result.rejected[i]);
  const words = PROCEDURE_WORDS[procedure.procedure];
  return {
    method: `Multiple testing, ${words}, family-wise error ${alpha}`,
    answer:
      rejected.length === 0
        ? `No hypothesis is rejected at family-wise error ${alpha}.`
        : `Rejected at family-wise error ${alpha}: ${rejected.join(", ")} (${rejected.length} of ${names.length}).`,
    tables: [
      {
        id: "adjusted-p-values",
        title: "Adjusted p-values",
        columns: [
          { title: "Hypothesis", unit: "", kind: "text" },
          { title: "p-value", unit: "", kind: "p-value" },
          { title: "Adjusted p-value", unit: "", kind: "p-value" },
          { title: "Decision", unit: "", kind: "text" },
        ],
        rows: names.map((name, i) => [
          name,
          pValues[i]!,
          result.adjustedPValues[i]!,
          result.rejected[i] ? "rejected" : "not rejected",
        ]),
        note: "A hypothesis is rejected when its adjusted p-value is at most the family-wise error.",
      },
      ...courseTables(result, names, alpha),
    ],
    conventionNote: "",
    diagnostics: dependence(procedure),
    code: multiplicityProgram(spec),
  };
}

function courseTables({ course }: AdjustedHypotheses, names: readonly string[], alpha: number): ResultTable[] {
  if (course === null) return [];
  const { graph, steps } = course;
  return [
    graphTable("graph-start", "Graph at the start", graph, names, alpha),
    ...steps.map((step, i) =>
      graphTable(`graph-${i + 1}`, `Graph after the rejection of ${names[step.rejected]}`, step.graph, names, alpha),
    ),
  ];
}

function graphTable(
  id: string,
  title: string,
  graph: HypothesisGraph,
  names: readonly string[],
  alpha: number,
): ResultTable {
  return {
    id,
    title,
    columns: [
      { title: "Hypothesis", unit: "", kind: "text" },
      { title: "Weight", unit: "", kind: "proportion" },
      { title: "Local level", unit: "", kind: "number" },
      ...names.map((name) => ({ title: `passes to ${name}`, unit: "", kind: "proportion" as const })),
    ],
    rows: names.map((name, i) => [name, graph.weights[i]!, graph.weights[i]! * alpha, ...graph.transitions[i]!]),
    note: "",
  };
}

function dependence({ procedure }: MultiplicityProcedure): Diagnostic[] {
  if (procedure !== "hochberg" && procedure !== "hommel") return [];
  return [
    diagnostic(
      "information",
      "positive-dependence",
      `${PROCEDURE_WORDS[procedure]}'s procedure controls the family-wise error for independent or positively dependent tests; Holm's does so always.`,
      "procedure",
    ),
  ];
}
