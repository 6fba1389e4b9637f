import type { ChartLayer, ChartSpecification } from "../chart-specification.ts";
import { formatFixed } from "../format-number.ts";
import type { LookSummary } from "./simulation-names.ts";

/** Stopping boundaries on the z scale, in the direction of benefit, over the information fraction. */
export function boundaryFigure(
  designName: string,
  looks: readonly Pick<LookSummary, "informationFraction" | "efficacyBound" | "futilityBound">[],
): ChartSpecification {
  const efficacy = looks.flatMap((look): [number, number][] =>
    look.efficacyBound === null ? [] : [[look.informationFraction, look.efficacyBound]],
  );
  const futility = looks.flatMap((look): [number, number][] =>
    look.futilityBound === null ? [] : [[look.informationFraction, look.futilityBound]],
  );
  const labelled = (name: string, role: "experimental" | "warning", points: [number, number][]): ChartLayer[] =>
    points.length === 0
      ? []
      : [
          { type: "line", name, role, dashed: false, markers: true, points },
          { type: "points", name: "", role, points, labels: points.map(([, z]) => formatFixed(z, 3)) },
        ];
  return {
    kind: "cartesian",
    title: `Stopping boundaries: ${designName}`,
    description:
      "Above the efficacy boundary the trial stops for success, below the futility boundary for lack of effect.",
    x: { title: "Information fraction", unit: "", scale: { kind: "linear", minimum: 0, maximum: null } },
    y: {
      title: "z statistic in the direction of benefit",
      unit: "",
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    layers: [
      { type: "rule", name: "no effect seen", role: "neutral", axis: "y", at: 0 },
      ...labelled("efficacy", "experimental", efficacy),
      ...labelled("futility", "warning", futility),
    ],
  };
}
