import type { SurvivalCurves } from "../../trial-analysis/survival-curves.ts";
import type { ChartLayer, ChartRole, ChartSpecification } from "../chart-specification.ts";

/** Colours of the arms, control first. */
const ROLES: readonly ChartRole[] = ["control", "experimental", "external", "neutral"];

/** Kaplan–Meier curves with pointwise bands; ticks mark censored patients. */
export function survivalCurvesFigure({ arms }: SurvivalCurves, title: string): ChartSpecification {
  const layers = arms.flatMap(({ name, steps, band, censored }, index): ChartLayer[] => {
    const role = ROLES[index % ROLES.length] ?? "neutral";
    return [
      { type: "band", name: `${name}, interval`, role, points: band, strength: 1 },
      { type: "line", name, role, points: steps, dashed: index === 0, markers: false },
      { type: "points", name: `${name}, censored`, role, points: censored, labels: null },
    ];
  });
  return {
    kind: "cartesian",
    title: `Event-free patients: ${title}`,
    description: "Kaplan–Meier estimates by arm with pointwise intervals; points are censored patients.",
    x: { title: "Time from randomisation", unit: "days", scale: { kind: "linear", minimum: 0, maximum: null } },
    y: { title: "Event-free", unit: "proportion", scale: { kind: "linear", minimum: 0, maximum: 1 } },
    layers,
  };
}
