import type { ChartRole, ChartSpecification } from "../chart-specification.ts";
import { formatCount } from "../format-number.ts";

export interface ScoreGroup {
  readonly name: string;
  readonly role: ChartRole;
  readonly scores: readonly number[];
}

/** Prognostic scores of several groups of patients (trial arms, history) as shares of each group in common bins. */
export function scoreDistributionFigure(groups: readonly ScoreGroup[], unit: string): ChartSpecification {
  const all = groups.flatMap((group) => [...group.scores]);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const bins = Math.max(5, Math.min(15, Math.round(Math.sqrt(all.length))));
  const width = high > low ? (high - low) / bins : 1;
  const share = (scores: readonly number[], bin: number) =>
    scores.filter((score) => Math.min(bins - 1, Math.floor((score - low) / width)) === bin).length /
    Math.max(1, scores.length);
  return {
    kind: "cartesian",
    title: "Distribution of the prognostic score",
    description:
      "Share of each group in common bins of the score; overlapping curves mean that the groups resemble one another at baseline.",
    x: { title: "Prognostic score", unit, scale: { kind: "linear", minimum: null, maximum: null } },
    y: { title: "Share of the group", unit: "proportion", scale: { kind: "linear", minimum: 0, maximum: null } },
    layers: groups
      .filter((group) => group.scores.length > 0)
      .map((group) => ({
        type: "line" as const,
        name: `${group.name} (N = ${formatCount(group.scores.length)})`,
        role: group.role,
        dashed: false,
        markers: true,
        points: Array.from({ length: bins }, (_, bin): [number, number] => [
          low + (bin + 0.5) * width,
          share(group.scores, bin),
        ]),
      })),
  };
}
