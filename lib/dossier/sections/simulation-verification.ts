import { formatCount, formatFixed, formatMonteCarlo } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

/** Simulated against analytic values, and what could not be analysed. */
export function verificationBlocks(context: DossierContext): ReportBlock[] {
  const { record, designs } = context;
  const cells = record.simulation.cells.filter((cell) => cell.analytic !== null);
  const failed = record.simulation.cells.reduce((sum, cell) => sum + cell.failed, 0);
  const all = record.simulation.cells.reduce((sum, cell) => sum + cell.replicates, 0);
  const scenarioName = (id: string) => record.simulation.spec.scenarios.find((row) => row.id === id)?.name ?? id;
  const distances = cells.flatMap((cell) => {
    const { value, mcse } = cell.rejection;
    return mcse > 0 && cell.analytic !== null ? [(value - cell.analytic.rejection) / mcse] : [];
  });
  const beyond = distances.filter((distance) => Math.abs(distance) > 3).length;
  return [
    heading(2, "simulation-verification", "Verification against analytic values"),
    cells.length === 0
      ? paragraph`The law of these scenarios allows no analytic value.`
      : paragraph`Where theory gives the probability of success, ${see("table-verification")} sets it beside the simulated one: for one look by the exact noncentral t averaged over the chance imbalance of the covariates, for several looks by the canonical joint distribution (M12, M13). ${String(beyond)} of ${String(distances.length)} differences exceed three MCSE${beyond === 0 ? "." : "; with dropout the analytic value is an approximation to second order."}`,
    ...(cells.length === 0
      ? []
      : [
          table({
            id: "table-verification",
            title: "Simulated and analytic probability of success",
            population: `${formatCount(record.simulation.spec.replicates)} replicates per cell`,
            columns: columns("Design", "Scenario", ">Simulated ± MCSE", ">Analytic", ">Difference|in MCSE"),
            rows: designs.flatMap((design) =>
              cells
                .filter((cell) => cell.designId === design.id)
                .map((cell, index) => [
                  index === 0 ? design.name : "″",
                  scenarioName(cell.scenarioId),
                  formatMonteCarlo(cell.rejection, 4),
                  formatFixed(cell.analytic?.rejection ?? Number.NaN, 4),
                  cell.rejection.mcse > 0
                    ? formatFixed((cell.rejection.value - (cell.analytic?.rejection ?? 0)) / cell.rejection.mcse, 1)
                    : "",
                ]),
            ),
            notes: ["″: as above. No analytic value exists for a curved (misspecified) score."],
          }),
        ]),
    heading(2, "simulation-failures", "Failed replicates"),
    paragraph`A replicate fails when a look has fewer than two patients in an arm, no residual degrees of freedom, or columns that determine one another. Failed replicates are counted, never dropped silently; all rates are over the others. Failed: ${formatCount(failed)} of ${formatCount(all)}.${failureReasons(context)}`,
  ];
}

function failureReasons({ record }: DossierContext): string {
  const counts = new Map<string, number>();
  for (const cell of record.simulation.cells) {
    for (const { reason, count } of cell.failureReasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  const text = [...counts].map(([reason, count]) => `${reason.replaceAll("-", " ")}: ${formatCount(count)}`).join("; ");
  return text === "" ? "" : ` Reasons: ${text}.`;
}
