import type { Endpoint } from "../../trial/endpoint.ts";
import type { Twin } from "../../twins/twin-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { decimalsForScale, formatFixed } from "../format-number.ts";

const LARGEST = 12;

/** What each baseline feature adds to a patient's prognostic score, largest first; zero is the average historical patient. */
export function contributionsFigure(twin: Twin, endpoint: Endpoint, patientLabel: string): ChartSpecification {
  const sorted = [...twin.contributions]
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, LARGEST);
  const decimals = decimalsForScale(Math.max(0, ...sorted.map((row) => Math.abs(row.contribution))));
  const layer = (name: string, role: "twin" | "history", observed: boolean) => ({
    type: "intervals" as const,
    name,
    role,
    orientation: "horizontal" as const,
    items: sorted.flatMap((row, at) =>
      row.observed === observed
        ? [
            {
              at,
              value: row.contribution,
              lower: Math.min(0, row.contribution),
              upper: Math.max(0, row.contribution),
              label: formatFixed(row.contribution, decimals),
            },
          ]
        : [],
    ),
  });
  const layers = [layer("measured", "twin", true), layer("missing at baseline", "history", false)].filter(
    (entry) => entry.items.length > 0,
  );
  return {
    kind: "cartesian",
    title: `${patientLabel}: what makes the prognostic score`,
    description: "Each line is what one baseline feature adds to the score against the average historical patient.",
    x: {
      title: "Adds to the score",
      unit: endpoint.unit,
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    y: { title: "", unit: "", scale: { kind: "category", categories: sorted.map((row) => row.feature) } },
    layers: [{ type: "rule", name: "average", role: "neutral", axis: "x", at: 0 }, ...layers],
  };
}
