import type { FrozenModel } from "../../progression/model-document.ts";
import type { ChartRole, ChartSpecification } from "../chart-specification.ts";
import { formatPercent } from "../format-number.ts";
import { endpointLabel, visitLabel } from "./figure-labels.ts";

const ROLES: readonly ChartRole[] = ["external", "control", "twin"];

/** Share of out-of-fold outcomes inside the prediction bands, by visit, against the nominal levels; exact binomial intervals. */
export function coverageFigure(
  model: Pick<FrozenModel, "endpoints" | "visits" | "evaluation">,
  endpointId: string,
): ChartSpecification {
  const cells = model.evaluation.coverage.filter((cell) => cell.endpointId === endpointId);
  const levels = [...new Set(cells.map((cell) => cell.level))].sort((a, b) => a - b);
  const visits = model.visits.filter((visit) => cells.some((cell) => cell.visitId === visit.id));
  return {
    kind: "cartesian",
    title: `Coverage of the twin's bands: ${endpointLabel(model, endpointId)}`,
    description:
      "Dots: share of out-of-fold outcomes inside the band, with exact 95 % binomial intervals. Rules: nominal levels.",
    x: {
      title: "Visit",
      unit: "",
      scale: { kind: "category", categories: visits.map((visit) => visitLabel(model, visit.id)) },
    },
    y: { title: "Outcomes inside the band", unit: "proportion", scale: { kind: "linear", minimum: 0, maximum: 1 } },
    layers: levels.flatMap((level, index) => {
      const role = ROLES[index % ROLES.length]!;
      const items = visits.flatMap((visit, position) => {
        const cell = cells.find((candidate) => candidate.visitId === visit.id && candidate.level === level);
        if (cell === undefined) return [];
        const { value, lower, upper } = cell.coverage;
        return [{ at: position + (index - (levels.length - 1) / 2) * 0.12, value, lower, upper, label: "" }];
      });
      return [
        { type: "rule" as const, name: `nominal ${formatPercent(level, 0)}`, role, axis: "y" as const, at: level },
        {
          type: "intervals" as const,
          name: `${formatPercent(level, 0)} band`,
          role,
          orientation: "vertical" as const,
          items,
        },
      ];
    }),
  };
}
