import { formatCount, formatFixed, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { CellResult } from "../../simulation/simulation-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { plannedScenarioId, sequentialOrFirstDesign } from "../headline.ts";
import { bullets, columns, heading, paragraph, see, table } from "../prose.ts";

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
  const title = heading(2, "simulation-examples", "Example trials");
  if (examples.length === 0) return [title, paragraph`No example trial was recorded.`];
  const letter = (index: number) => String.fromCharCode("A".charCodeAt(0) + index);
  return [
    title,
    paragraph`${see("table-examples")} shows example trials look by look: what was known, the bounds, and the decision. They are the first replicates of their kind, not picked by hand, and each can be run again from its key:`,
    bullets(
      ...examples.map(
        ({ design, scenario, trial }, index) =>
          `${letter(index)}: ${design}; ${scenario.toLowerCase()}; replicate ${trial.replicate}, ${trial.title}.`,
      ),
    ),
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
      rows: examples.flatMap(({ trial }, index) =>
        trial.looks.map((look) => [
          `${letter(index)} (replicate ${trial.replicate})`,
          String(look.look),
          formatFixed(look.month, 1),
          `${formatCount(look.experimental)} / ${formatCount(look.control)}`,
          `${formatFixed(look.estimate, decimals)} (${formatFixed(look.standardError, decimals)})`,
          formatFixed(look.z, 3),
          `${look.efficacyBound === null ? MISSING : formatFixed(look.efficacyBound, 3)} / ${look.futilityBound === null ? MISSING : formatFixed(look.futilityBound, 3)}`,
          DECISIONS[look.decision],
        ]),
      ),
      notes: [`${MISSING}: no such bound. N: patients analysed. z in the direction of benefit.`],
    }),
  ];
}

interface Chosen {
  readonly design: string;
  readonly scenario: string;
  readonly trial: CellResult["examples"][number];
}

/** Examples that end differently: the design with most looks first, at the planned effect before the others. */
function chooseExamples(context: DossierContext): Chosen[] {
  const { record, designs } = context;
  const first = sequentialOrFirstDesign(context);
  const planned = plannedScenarioId(context);
  const rank = (cell: CellResult) => (cell.designId === first.id ? 0 : 2) + (cell.scenarioId === planned ? 0 : 1);
  const candidates = [...record.simulation.cells]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((cell) =>
      cell.examples.map(
        (trial): Chosen => ({
          design: designs.find((row) => row.id === cell.designId)?.name ?? cell.designId,
          scenario: record.simulation.spec.scenarios.find((row) => row.id === cell.scenarioId)?.name ?? cell.scenarioId,
          trial,
        }),
      ),
    );
  const chosen: Chosen[] = [];
  for (const candidate of candidates) {
    const alike = chosen.some((other) => endingOf(other.trial) === endingOf(candidate.trial));
    if (chosen.length < WANTED && !alike) chosen.push(candidate);
  }
  for (const candidate of candidates) {
    if (chosen.length < WANTED && !chosen.includes(candidate)) chosen.push(candidate);
  }
  return chosen;
}

function endingOf(trial: Chosen["trial"]): string {
  return trial.looks.at(-1)?.decision ?? "";
}
