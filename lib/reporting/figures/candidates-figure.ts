import type { CandidateEvaluation } from "../../progression/evaluation/candidate-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatPercent } from "../format-number.ts";

type Role = CandidateEvaluation["role"];

const ROLES: readonly { readonly role: Role; readonly name: string; readonly color: "neutral" | "history" | "twin" }[] =
  [
    { role: "null", name: "without a model", color: "neutral" },
    { role: "member", name: "members", color: "history" },
    { role: "stack", name: "stack", color: "twin" },
  ];

/**
 * Gain over ANCOVA on baseline value and strata of every null, member and the stack at one endpoint and visit: dots with
 * bootstrap intervals on one axis, zero marked; the one that makes the twins is named.
 *
 * @param candidates - Evaluation of all of them.
 * @param endpointId - Endpoint.
 * @param visitId - Visit.
 */
export function candidatesFigure(
  candidates: readonly CandidateEvaluation[],
  endpointId: string,
  visitId: string,
): ChartSpecification {
  const rows = candidates.flatMap((candidate) => {
    const row = candidate.visits.find((each) => each.endpointId === endpointId && each.visitId === visitId);
    return row === undefined ? [] : [{ candidate, gain: row.gain }];
  });
  return {
    kind: "cartesian",
    title: "Gain of every member, the stack and the nulls, out of fold",
    description:
      "Dots are estimates, lines 95 % bootstrap intervals, the same patients and folds throughout. Right of zero: smaller squared error than ANCOVA on baseline value and strata.",
    x: {
      title: "Reduction of squared error against baseline ANCOVA",
      unit: "proportion",
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    y: {
      title: "",
      unit: "",
      scale: {
        kind: "category",
        categories: rows.map(({ candidate }) =>
          candidate.chosen ? `${candidate.name} (makes the twins)` : candidate.name,
        ),
      },
    },
    layers: [
      { type: "rule", name: "no gain", role: "neutral", axis: "x", at: 0 },
      ...ROLES.flatMap(({ role, name, color }) => {
        const items = rows.flatMap(({ candidate, gain }, index) =>
          candidate.role === role
            ? [{ at: index, value: gain.value, lower: gain.lower, upper: gain.upper, label: formatPercent(gain.value) }]
            : [],
        );
        if (items.length === 0) return [];
        return [{ type: "intervals" as const, name, role: color, orientation: "horizontal" as const, items }];
      }),
    ],
  };
}
