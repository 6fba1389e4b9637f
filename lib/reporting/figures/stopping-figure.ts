import type { CellResult } from "../../simulation/simulation-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatFixed } from "../format-number.ts";

const HALF_WIDTH = 1.959963984540054;

/** Probability of stopping at each look, for efficacy and for futility, ± 1.96 Monte Carlo standard errors. */
export function stoppingFigure(cell: CellResult, title: string): ChartSpecification {
  const layer = (
    name: string,
    role: "experimental" | "warning",
    pick: (look: CellResult["looks"][number]) => { value: number; mcse: number },
    offset: number,
  ) => ({
    type: "intervals" as const,
    name,
    role,
    orientation: "vertical" as const,
    items: cell.looks.map((look, index) => {
      const { value, mcse } = pick(look);
      return {
        at: index + offset,
        value,
        lower: Math.max(0, value - HALF_WIDTH * mcse),
        upper: Math.min(1, value + HALF_WIDTH * mcse),
        label: "",
      };
    }),
  });
  return {
    kind: "cartesian",
    title: `Stopping by look: ${title}`,
    description: "Share of replicates that stop at each look; lines are ± 1.96 Monte Carlo standard errors.",
    x: {
      title: "Look (information fraction)",
      unit: "",
      scale: {
        kind: "category",
        categories: cell.looks.map((look) => `look ${look.look} (${formatFixed(look.informationFraction, 2)})`),
      },
    },
    y: { title: "Share of replicates", unit: "proportion", scale: { kind: "linear", minimum: 0, maximum: 1 } },
    layers: [
      layer("stops for efficacy", "experimental", (look) => look.stopEfficacy, -0.08),
      layer("stops for futility", "warning", (look) => look.stopFutility, 0.08),
    ],
  };
}
