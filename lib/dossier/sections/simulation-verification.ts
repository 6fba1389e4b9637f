import { formatCount, formatFixed, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { CellResult } from "../../simulation/simulation-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { heading, paragraph, prose } from "../prose.ts";
import { resultMatrix } from "./simulation-matrix.ts";

/** Simulated against analytic values, and what could not be analysed. */
export function verificationBlocks(context: DossierContext): ReportBlock[] {
  const { record, designs } = context;
  const cells = record.simulation.cells.filter((cell) => cell.analytic !== null);
  const failed = record.simulation.cells.reduce((sum, cell) => sum + cell.failed, 0);
  const all = record.simulation.cells.reduce((sum, cell) => sum + cell.replicates, 0);
  const distances = cells.flatMap((cell) => {
    const { value, mcse } = cell.rejection;
    return mcse > 0 && cell.analytic !== null ? [(value - cell.analytic.rejection) / mcse] : [];
  });
  const matrix = resultMatrix(context, {
    id: "table-verification",
    title: "Analytic probability of success (simulated minus analytic, in MCSE)",
    cells,
    designs,
    text: (cell) => analyticText(cell),
    notes: [
      "The simulated values stand in the tables of type I error and power. No analytic value exists for a curved (misspecified) score.",
    ],
  });
  const failures = resultMatrix(context, {
    id: "table-failures",
    title: "Failed replicates by scenario and design",
    cells: record.simulation.cells,
    designs,
    text: (cell) => `${formatCount(cell.failed)} of ${formatCount(cell.replicates)}`,
    notes: [],
    ofFailures: true,
  });
  const beyond = distances.filter((distance) => Math.abs(distance) > 3).length;
  return [
    heading(2, "simulation-verification", "Verification against analytic values"),
    cells.length === 0
      ? paragraph`The law of these scenarios allows no analytic value.`
      : paragraph`Where theory gives the probability of success, ${matrix.cited} sets it beside the simulated one: for one look by the exact noncentral t averaged over the chance imbalance of the covariates, for several looks by the canonical joint distribution (M12, M13). ${String(beyond)} of ${String(distances.length)} differences exceed three MCSE${beyond === 0 ? "." : "; with dropout the analytic value is an approximation to second order."}`,
    ...matrix.tables,
    heading(2, "simulation-failures", "Failed replicates"),
    paragraph`A replicate fails when a look has fewer than two patients in an arm, no residual degrees of freedom, or columns that determine one another. Failed replicates are counted, never dropped silently; all rates are over the others. Failed: ${formatCount(failed)} of ${formatCount(all)}.${failureReasons(context)}${failed === 0 ? "" : prose` ${failures.cited} gives them by design and scenario; where many failed, the other rates are those of a selection of trials and are not to be used.`}`,
    ...(failed === 0 ? [] : failures.tables),
  ];
}

function analyticText({ analytic, rejection }: CellResult): string {
  if (analytic === null) return MISSING;
  const distance =
    rejection.mcse > 0 ? ` (${formatFixed((rejection.value - analytic.rejection) / rejection.mcse, 1)})` : "";
  return `${formatFixed(analytic.rejection, 4)}${distance}`;
}

function failureReasons({ record }: DossierContext): string {
  const counts = new Map<string, number>();
  for (const cell of record.simulation.cells) {
    for (const { reason, count } of cell.failureReasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  const text = [...counts].map(([reason, count]) => `${reason.replaceAll("-", " ")}: ${formatCount(count)}`).join("; ");
  return text === "" ? "" : ` Reasons: ${text}.`;
}
