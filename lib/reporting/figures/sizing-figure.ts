import type { SizingAnalysis, SizingResult } from "../../sizing/sizing-document.ts";
import type { ChartLayer, ChartRole, ChartSpecification } from "../chart-specification.ts";
import { formatCount } from "../format-number.ts";

export const ANALYSIS_NAMES: Readonly<Record<SizingAnalysis, string>> = {
  unadjusted: "unadjusted",
  ancova: "ANCOVA",
  "ancova-with-score": "ANCOVA + twin score",
};

const ANALYSIS_ROLES: Readonly<Record<SizingAnalysis, ChartRole>> = {
  unadjusted: "neutral",
  ancova: "control",
  "ancova-with-score": "twin",
};

/** Patients needed over R², with the three analyses marked and the interval of the R² with score shaded. */
export function sizingFigure(sizing: SizingResult): ChartSpecification {
  const grid = [...sizing.grid].sort((a, b) => a.rSquared - b.rSquared);
  const totals = [...grid.map((row) => row.total), ...sizing.rows.map((row) => row.total)];
  const top = Math.max(0, ...totals);
  const limits = sizing.spec.rSquaredWithScoreLimits;
  const shaded: ChartLayer[] =
    limits === null
      ? []
      : [
          {
            type: "band",
            name: "95 % interval of R² with score",
            role: "twin",
            strength: 1,
            points: [Math.max(0, limits.lower), Math.max(0, limits.upper)].map((x): [number, number, number] => [
              x,
              0,
              top,
            ]),
          },
        ];
  return {
    kind: "cartesian",
    title: "Patients needed over R²",
    description:
      "Total sample size at the planned power if the analysis explains the share R² of the variance (before discount). At R² = 0 nothing is gained.",
    x: {
      title: "R² of the analysis under control",
      unit: "proportion",
      scale: { kind: "linear", minimum: 0, maximum: null },
    },
    y: { title: "Patients with endpoint, both arms", unit: "", scale: { kind: "linear", minimum: 0, maximum: null } },
    layers: [
      ...shaded,
      {
        type: "line",
        name: "patients needed",
        role: "history",
        dashed: false,
        markers: false,
        points: grid.map((row): [number, number] => [row.rSquared, row.total]),
      },
      ...sizing.rows.map(
        (row): ChartLayer => ({
          type: "points",
          name: `${ANALYSIS_NAMES[row.analysis]}: ${formatCount(row.total)}`,
          role: ANALYSIS_ROLES[row.analysis],
          points: [[row.rSquared, row.total]],
          labels: null,
        }),
      ),
    ],
  };
}
