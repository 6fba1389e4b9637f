import { Piscina } from "piscina";
import type { FrozenModel } from "../lib/progression/model-document.ts";
import type { ChunkTally } from "../lib/simulation/chunk-tally.ts";
import { prepareCell } from "../lib/simulation/prepared-cell.ts";
import { cellCount } from "../lib/simulation/simulation-cell.ts";
import type { SimulationResult, SimulationSpec } from "../lib/simulation/simulation-document.ts";
import { summarizeSimulation } from "../lib/simulation/summarize-simulation.ts";

/** Replicates per task: long enough that a task costs far more than its dispatch. */
const CHUNK = 500;

/** Runs every cell in worker threads; the result is the same for any number of them. */
export async function simulateInThreads(
  spec: SimulationSpec,
  model: FrozenModel | null,
  workers: number,
  onProgress: (fraction: number, message: string) => void,
): Promise<SimulationResult> {
  const cells = cellCount(spec);
  // What is wrong with a cell is said here, in words; a thread could only say that it failed.
  for (let cellIndex = 0; cellIndex < cells; cellIndex++) prepareCell(spec, model, cellIndex);
  const pool = new Piscina({
    filename: new URL("./simulation-thread.ts", import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    workerData: { spec, model },
  });
  const total = cells * spec.replicates;
  const tallies: Promise<ChunkTally>[] = [];
  let done = 0;
  for (let cellIndex = 0; cellIndex < cells; cellIndex++) {
    for (let first = 0; first < spec.replicates; first += CHUNK) {
      const count = Math.min(CHUNK, spec.replicates - first);
      const task: Promise<ChunkTally> = pool.run({ cellIndex, firstReplicate: first, count });
      tallies.push(
        task.then((tally) => {
          done += count;
          onProgress(done / total, `${done} of ${total} trials`);
          return tally;
        }),
      );
    }
  }
  try {
    return summarizeSimulation(spec, model, await Promise.all(tallies));
  } catch (error) {
    // Threads that still answer after the first failure would otherwise end the program with their own words.
    pool.on("error", () => undefined);
    throw error;
  } finally {
    await pool.destroy();
  }
}
