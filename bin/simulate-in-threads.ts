import { Piscina } from "piscina";
import type { FrozenModel } from "../lib/progression/model-document.ts";
import type { ChunkTally } from "../lib/simulation/chunk-tally.ts";
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
  const pool = new Piscina({
    filename: new URL("./simulation-thread.ts", import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    workerData: { spec, model },
  });
  const cells = spec.designs.length * spec.scenarios.length;
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
  } finally {
    await pool.destroy();
  }
}
