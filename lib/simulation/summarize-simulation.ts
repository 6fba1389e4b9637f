import { ENGINE_VERSION } from "../engine-version.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { ChunkTally } from "./chunk-tally.ts";
import { mergeTallies } from "./merge-tallies.ts";
import { pairedProportionDifference } from "./monte-carlo-estimate.ts";
import { type PreparedCell, prepareCell } from "./prepared-cell.ts";
import { decodeFlags } from "./replicate-flags.ts";
import { simulationDiagnostics } from "./simulation-diagnostics.ts";
import type { PairedDifference, SimulationResult, SimulationSpec } from "./simulation-document.ts";
import { summarizeCell } from "./summarize-cell.ts";

/**
 * Result of a simulation, or of the part of it that is there so far.
 *
 * @param spec - The simulation asked for.
 * @param model - The model it used, or null.
 * @param tallies - Tallies of any cells and chunks, in any order, repeats allowed. Cells without a tally are left out.
 * @returns One entry per cell that has replicates, in cell order; paired differences against the first design of each
 *   scenario over the replicates both designs have; diagnostics. The same replicates give the same bits however they
 *   were divided among workers.
 * @throws DomainError as `mergeTallies` and `prepareCell`.
 */
export function summarizeSimulation(
  spec: SimulationSpec,
  model: FrozenModel | null,
  tallies: readonly ChunkTally[],
): SimulationResult {
  const merged = mergeByCell(tallies);
  const prepared = new Map<number, PreparedCell>();
  for (const cellIndex of merged.keys()) prepared.set(cellIndex, prepareCell(spec, model, cellIndex));
  const cells = [...merged].map(([cellIndex, tally]) => summarizeCell(prepared.get(cellIndex)!, tally));
  return {
    format: "understudy-simulation-result/1",
    engineVersion: ENGINE_VERSION,
    spec,
    modelHash: model?.hash ?? null,
    rngAlgorithm: "philox4x32-10",
    cells,
    pairedDifferences: pairedDifferences(spec, merged),
    diagnostics: simulationDiagnostics(spec, model, cells, [...prepared.values()]),
  };
}

function mergeByCell(tallies: readonly ChunkTally[]): Map<number, ChunkTally> {
  const byCell = new Map<number, ChunkTally[]>();
  for (const tally of tallies) {
    const known = byCell.get(tally.cellIndex);
    if (known === undefined) byCell.set(tally.cellIndex, [tally]);
    else known.push(tally);
  }
  return new Map([...byCell].sort(([a], [b]) => a - b).map(([cellIndex, list]) => [cellIndex, mergeTallies(list)]));
}

function pairedDifferences(spec: SimulationSpec, merged: Map<number, ChunkTally>): PairedDifference[] {
  const designs = spec.designs.length;
  return spec.scenarios.flatMap((scenario, s) => {
    const reference = merged.get(s * designs);
    if (reference === undefined) return [];
    return spec.designs.slice(1).flatMap((design, d) => {
      const tally = merged.get(s * designs + d + 1);
      if (tally === undefined) return [];
      const counts = discordance(tally, reference, spec.replicates);
      if (counts.both === 0) return [];
      return [
        {
          scenarioId: scenario.id,
          designId: design.id,
          referenceDesignId: spec.designs[0]!.id,
          replicates: counts.both,
          rejectionDifference: pairedProportionDifference(counts.onlyFirst, counts.onlySecond, counts.both),
        },
      ];
    });
  });
}

/** Replicates in which one design rejected and the other did not, among those that both could analyse. */
function discordance(first: ChunkTally, second: ChunkTally, replicates: number) {
  const a = replicateFlags(first, replicates);
  const b = replicateFlags(second, replicates);
  let both = 0;
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let r = 0; r < replicates; r++) {
    if (a.analysed[r] === 0 || b.analysed[r] === 0) continue;
    both++;
    if (a.rejected[r] === 1 && b.rejected[r] === 0) onlyFirst++;
    if (a.rejected[r] === 0 && b.rejected[r] === 1) onlySecond++;
  }
  return { both, onlyFirst, onlySecond };
}

function replicateFlags(tally: ChunkTally, replicates: number) {
  const end = tally.runs.reduce((most, run) => Math.max(most, run.firstReplicate + run.count), replicates);
  const rejected = new Uint8Array(end);
  const failed = new Uint8Array(end);
  const analysed = new Uint8Array(end);
  for (const run of tally.runs) {
    decodeFlags(run.rejected, rejected, run.firstReplicate, run.count);
    decodeFlags(run.failed, failed, run.firstReplicate, run.count);
    for (let i = 0; i < run.count; i++) analysed[run.firstReplicate + i] = failed[run.firstReplicate + i] === 1 ? 0 : 1;
  }
  return { rejected, analysed };
}
