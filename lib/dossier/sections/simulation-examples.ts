import { formatCount, formatFixed, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { CellResult } from "../../simulation/simulation-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { sequentialOrFirstDesign } from "../headline.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

const WANTED = 4;

const DECISIONS = {
  continue: "continue",
  "stop-efficacy": "stop: efficacy",
  "stop-futility": "stop: futility",
  "final-success": "success",
  "final-failure": "no success",
} as const;

/** Single simulated trials, look by look. */
export function exampleBlocks(context: DossierContext): ReportBlock[] {
  const examples = chooseExamples(context);
  const decimals = context.decimals(context.primary.endpointId) + 1;
  return [
    heading(2, "simulation-examples", "Example trials"),
    paragraph`${see("table-examples")} shows example trials look by look: what was known, the bounds, and the decision. They are the first replicates of their kind, not picked by hand, and each can be run again from its key.`,
    table({
      id: "table-examples",
      title: "Example trials with interim values and decisions",
      population: "Simulated trials",
      columns: columns(
        "Trial",
        ">Look",
        ">Month",
        ">N exp. /|control",
        `>Estimate (SE)|${context.primaryUnit}`,
        ">z",
        ">Efficacy /|futility bound",
        "Decision",
      ),
      rows: examples.flatMap(({ name, trial }) =>
        trial.looks.map((look, index) => [
          index === 0 ? name : "″",
          String(look.look),
          formatFixed(look.month, 1),
          `${formatCount(look.experimental)} / ${formatCount(look.control)}`,
          `${formatFixed(look.estimate, decimals)} (${formatFixed(look.standardError, decimals)})`,
          formatFixed(look.z, 3),
          `${look.efficacyBound === null ? MISSING : formatFixed(look.efficacyBound, 3)} / ${look.futilityBound === null ? MISSING : formatFixed(look.futilityBound, 3)}`,
          DECISIONS[look.decision],
        ]),
      ),
      notes: [`″: as above. ${MISSING}: no such bound. N: patients analysed. z in the direction of benefit.`],
    }),
  ];
}

type Chosen = { readonly name: string; readonly trial: CellResult["examples"][number] };

/** Examples of different kinds, from the design with most looks first. */
function chooseExamples(context: DossierContext): Chosen[] {
  const { record, designs } = context;
  const first = sequentialOrFirstDesign(context);
  const order = [first, ...designs.filter((design) => design.id !== first.id)];
  const candidates = order.flatMap((design) =>
    record.simulation.cells
      .filter((cell) => cell.designId === design.id)
      .flatMap((cell) => {
        const scenario =
          record.simulation.spec.scenarios.find((row) => row.id === cell.scenarioId)?.name ?? cell.scenarioId;
        return cell.examples.map((trial) => ({
          name: `${design.name}; ${scenario}; replicate ${trial.replicate}: ${trial.title}`,
          kind: kindOf(trial),
          trial,
        }));
      }),
  );
  const chosen: typeof candidates = [];
  for (const candidate of candidates) {
    if (chosen.length < WANTED && !chosen.some((other) => other.kind === candidate.kind)) chosen.push(candidate);
  }
  for (const candidate of candidates) if (chosen.length < WANTED && !chosen.includes(candidate)) chosen.push(candidate);
  return chosen;
}

function kindOf(trial: Chosen["trial"]): string {
  return `${trial.looks.length} ${trial.looks.at(-1)?.decision ?? ""}`;
}
