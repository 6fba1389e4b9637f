import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import type { ChunkTally } from "../../../lib/simulation/chunk-tally.ts";
import { simulationSpecSchema } from "../../../lib/simulation/simulation-document.ts";
import { summarizeSimulation } from "../../../lib/simulation/summarize-simulation.ts";
import { type PackedDocument, packDocument, unpackDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

export interface SummarizeInput {
  readonly spec: PackedDocument;
  readonly model: PackedDocument | null;
  readonly tallies: readonly ChunkTally[];
}

/** Tallies so far → the result so far. */
export default serveTask<SummarizeInput, PackedDocument>(({ spec, model, tallies }) =>
  packDocument(
    summarizeSimulation(
      unpackDocument(spec, simulationSpecSchema),
      model === null ? null : unpackDocument(model, frozenModelSchema),
      tallies,
    ),
  ),
);
