import type { z } from "zod";
import type { Arm } from "../../trial/arm.ts";
import type { observedMinusTwinSchema } from "../../twins/twin-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { endpointLabel, endpointUnit, type Vocabulary } from "./figure-labels.ts";

type ObservedMinusTwin = z.infer<typeof observedMinusTwinSchema>;

/** Mean of observed minus twin by arm and visit with 95 % intervals; zero means the patients fared as under control. */
export function observedMinusTwinFigure(
  rows: readonly ObservedMinusTwin[],
  study: Vocabulary & { readonly arms: readonly Arm[] },
  endpointId: string,
): ChartSpecification {
  const visits = study.visits.filter((visit) =>
    rows.some((row) => row.endpointId === endpointId && row.visitId === visit.id),
  );
  const arms = study.arms.filter((arm) => rows.some((row) => row.arm === arm.id));
  return {
    kind: "cartesian",
    title: `Observed minus twin: ${endpointLabel(study, endpointId)}`,
    description:
      "Mean difference between the observed value and the course expected under control, with 95 % interval. Descriptive: not an estimate of the treatment effect.",
    x: { title: "Visit", unit: "", scale: { kind: "category", categories: visits.map((visit) => visit.label) } },
    y: {
      title: "Observed minus twin",
      unit: endpointUnit(study, endpointId),
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    layers: [
      { type: "rule", name: "as expected under control", role: "neutral", axis: "y", at: 0 },
      ...arms.map((arm, index) => ({
        type: "intervals" as const,
        name: arm.label,
        role: arm.role,
        orientation: "vertical" as const,
        items: visits.flatMap((visit, position) => {
          const row = rows.find(
            (entry) => entry.endpointId === endpointId && entry.visitId === visit.id && entry.arm === arm.id,
          );
          if (row === undefined || row.difference === null) return [];
          const { value, lower, upper } = row.difference;
          return [{ at: position + (index - (arms.length - 1) / 2) * 0.14, value, lower, upper, label: "" }];
        }),
      })),
    ],
  };
}
