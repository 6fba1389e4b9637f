import { workerData } from "piscina";
import type { FrozenModel } from "../lib/progression/model-document.ts";
import type { ChunkTally } from "../lib/simulation/chunk-tally.ts";
import { type PreparedCell, prepareCell } from "../lib/simulation/prepared-cell.ts";
import { simulatePreparedChunk } from "../lib/simulation/simulate-chunk.ts";
import type { SimulationSpec } from "../lib/simulation/simulation-document.ts";

const { spec, model } = workerData as { spec: SimulationSpec; model: FrozenModel | null };
const prepared = new Map<number, PreparedCell>();

/** One chunk of one cell; the cell is prepared once per thread. */
export default function runChunk(task: { cellIndex: number; firstReplicate: number; count: number }): ChunkTally {
  let cell = prepared.get(task.cellIndex);
  if (cell === undefined) {
    cell = prepareCell(spec, model, task.cellIndex);
    prepared.set(task.cellIndex, cell);
  }
  return simulatePreparedChunk(cell, task.firstReplicate, task.count);
}
