import { cellCount } from "../../lib/simulation/simulation-cell.ts";
import type { SimulationSpec } from "../../lib/simulation/simulation-document.ts";

/** Consecutive replicates of one cell: what one thread does at a time, and what is kept when it is done. */
export interface Chunk {
  readonly cellIndex: number;
  readonly firstReplicate: number;
  readonly replicates: number;
}

/** Large enough that handing it over costs little, small enough that progress is seen and little is lost by a crash. */
const SMALLEST_CHUNK = 500;
const MOST_CHUNKS_PER_CELL = 40;

/** All chunks of a run, round by round over the cells, so that every cell fills while one watches. */
export function planChunks(spec: SimulationSpec): Chunk[] {
  const size = Math.max(SMALLEST_CHUNK, Math.ceil(spec.replicates / MOST_CHUNKS_PER_CELL));
  const chunks: Chunk[] = [];
  for (let firstReplicate = 0; firstReplicate < spec.replicates; firstReplicate += size) {
    const replicates = Math.min(size, spec.replicates - firstReplicate);
    for (let cellIndex = 0; cellIndex < cellCount(spec); cellIndex++) {
      chunks.push({ cellIndex, firstReplicate, replicates });
    }
  }
  return chunks;
}
