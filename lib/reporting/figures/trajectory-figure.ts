import type { Arm } from "../../trial/arm.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import type { ChartLayer, ChartSpecification } from "../chart-specification.ts";
import { formatCount } from "../format-number.ts";
import { benefitText } from "./figure-labels.ts";

/** Courses of one arm: means with 95 % intervals by day, and some single patients. */
export interface ArmTrajectories {
  readonly arm: Arm;
  /** Historical controls are drawn in the colour of history, concurrent ones in that of control. */
  readonly historical: boolean;
  readonly points: readonly { day: number; n: number; mean: number; lower: number; upper: number }[];
  readonly lines: readonly (readonly (readonly [day: number, value: number])[])[];
}

/** Observed courses by arm: thin lines are patients, the strong line is the mean with its 95 % band. */
export function trajectoryFigure(endpoint: Endpoint, arms: readonly ArmTrajectories[]): ChartSpecification {
  const layers = arms.flatMap(({ arm, historical, points, lines }): ChartLayer[] => {
    const role = arm.role === "experimental" ? "experimental" : "control";
    const name = historical ? `${arm.label} (history)` : arm.label;
    return [
      ...lines.map(
        (line): ChartLayer => ({
          type: "line",
          name: "",
          role: "history",
          dashed: false,
          markers: false,
          points: line.map(([day, value]): [number, number] => [day, value]),
        }),
      ),
      {
        type: "band",
        name: "",
        role,
        strength: 2,
        points: points.map((point): [number, number, number] => [point.day, point.lower, point.upper]),
      },
      {
        type: "line",
        name,
        role,
        dashed: historical,
        markers: true,
        points: points.map((point): [number, number] => [point.day, point.mean]),
      },
    ];
  });
  const counts = arms.map(
    ({ arm, points }) => `${arm.label} N = ${formatCount(Math.max(0, ...points.map((point) => point.n)))}`,
  );
  return {
    kind: "cartesian",
    title: `Observed course: ${endpoint.label}`,
    description: `Mean with 95 % interval by arm; thin lines are single patients. ${counts.join("; ")}; ${benefitText(endpoint.benefit)}.`,
    x: { title: "Time since time zero", unit: "days", scale: { kind: "linear", minimum: 0, maximum: null } },
    y: { title: endpoint.label, unit: endpoint.unit, scale: { kind: "linear", minimum: null, maximum: null } },
    layers,
  };
}
