import type { ExampleTrial } from "../../simulation/simulation-document.ts";
import type { ChartLayer, ChartSpecification } from "../chart-specification.ts";
import { formatFixed } from "../format-number.ts";

/**
 * One simulated trial on its way through the looks: its z statistic against the boundaries.
 *
 * @param trial - Example trial of a cell.
 * @param shownLooks - Looks already taken, 1 … number of looks of the trial.
 * @param fractions - Information fraction of every look of the design, in order.
 */
export function exampleTrialFigure(
  trial: ExampleTrial,
  shownLooks: number,
  fractions: readonly number[],
): ChartSpecification {
  const at = (look: number) => fractions[look - 1] ?? look;
  const bound = (pick: (look: ExampleTrial["looks"][number]) => number | null) =>
    trial.looks.flatMap((look): [number, number][] => {
      const z = pick(look);
      return z === null ? [] : [[at(look.look), z]];
    });
  const seen = trial.looks.slice(0, shownLooks);
  const path = seen.map((look): [number, number] => [at(look.look), look.z]);
  const line = (name: string, role: "experimental" | "warning", points: [number, number][]): ChartLayer[] =>
    points.length === 0 ? [] : [{ type: "line", name, role, dashed: role === "warning", markers: true, points }];
  return {
    kind: "cartesian",
    title: `Replicate ${formatFixed(trial.replicate, 0)}: ${trial.title}`,
    description:
      "The trial's z statistic, in the direction of benefit, at the looks taken so far, against its boundaries.",
    x: { title: "Planned information fraction", unit: "", scale: { kind: "linear", minimum: 0, maximum: 1 } },
    y: {
      title: "z statistic in the direction of benefit",
      unit: "",
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    layers: [
      { type: "rule", name: "no effect seen", role: "history", axis: "y", at: 0 },
      ...line(
        "efficacy",
        "experimental",
        bound((look) => look.efficacyBound),
      ),
      ...line(
        "futility",
        "warning",
        bound((look) => look.futilityBound),
      ),
      { type: "line", name: "this trial", role: "neutral", dashed: false, markers: true, points: path },
      { type: "points", name: "", role: "neutral", points: path, labels: path.map(([, z]) => formatFixed(z, 2)) },
    ],
  };
}
