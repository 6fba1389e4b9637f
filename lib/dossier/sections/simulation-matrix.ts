import { formatCount, MISSING } from "../../reporting/format-number.ts";
import type { Inline, ReportBlock } from "../../reporting/report-document.ts";
import type { CellResult, TrialDesign } from "../../simulation/simulation-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, prose, see, table } from "../prose.ts";

/** Designs side by side on one portrait page. */
const DESIGNS_PER_TABLE = 5;

export interface MatrixParts {
  readonly id: string;
  readonly title: string;
  readonly cells: readonly CellResult[];
  readonly designs: readonly TrialDesign[];
  readonly text: (cell: CellResult) => string;
  /** Whether the figures are about replicates that failed, and so stand where all did. */
  readonly ofFailures?: boolean;
  readonly notes: readonly string[];
}

export interface ResultMatrix {
  /** What the text cites: "Table 5", or "Tables 5 to 8". */
  readonly cited: readonly Inline[];
  readonly tables: readonly ReportBlock[];
}

export function replicatesPopulation({ record }: DossierContext): string {
  return `${formatCount(record.simulation.spec.replicates)} replicates per cell`;
}

export function scenarioName({ record }: DossierContext, id: string): string {
  return record.simulation.spec.scenarios.find((row) => row.id === id)?.name ?? id;
}

export function designName({ designs }: DossierContext, id: string): string {
  return designs.find((row) => row.id === id)?.name ?? id;
}

/** Whether every replicate of a cell failed: its figures are then those of nothing. */
export function noneAnalysed(cell: CellResult): boolean {
  return cell.failed >= cell.replicates;
}

/** Scenarios as rows, designs as columns; several tables when there are more designs than fit side by side. */
export function resultMatrix(context: DossierContext, parts: MatrixParts): ResultMatrix {
  if (parts.cells.length === 0) return { cited: [], tables: [] };
  const scenarioIds = context.record.simulation.spec.scenarios
    .map((row) => row.id)
    .filter((id) => parts.cells.some((cell) => cell.scenarioId === id));
  const groups = Array.from({ length: Math.ceil(parts.designs.length / DESIGNS_PER_TABLE) }, (_, group) =>
    parts.designs.slice(group * DESIGNS_PER_TABLE, (group + 1) * DESIGNS_PER_TABLE),
  );
  const idOf = (group: number) => (group === 0 ? parts.id : `${parts.id}-${group + 1}`);
  return {
    cited: groups.flatMap((_, group) => [...(group === 0 ? [] : prose`, `), see(idOf(group))]),
    tables: groups.map((designs, group) =>
      table({
        id: idOf(group),
        title: groups.length === 1 ? parts.title : `${parts.title}, part ${group + 1} of ${groups.length}`,
        population: replicatesPopulation(context),
        columns: columns("Scenario", ...designs.map((design) => `>${design.name}`)),
        rows: scenarioIds.map((scenarioId) => [
          scenarioName(context, scenarioId),
          ...designs.map((design) => {
            const cell = parts.cells.find((row) => row.designId === design.id && row.scenarioId === scenarioId);
            return cell === undefined || (noneAnalysed(cell) && parts.ofFailures !== true) ? MISSING : parts.text(cell);
          }),
        ]),
        notes:
          parts.ofFailures !== true && parts.cells.some(noneAnalysed)
            ? [...parts.notes, `${MISSING}: no replicate could be analysed.`]
            : parts.notes,
      }),
    ),
  };
}
