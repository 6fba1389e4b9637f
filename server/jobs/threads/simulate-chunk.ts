import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import type { ChunkTally } from "../../../lib/simulation/chunk-tally.ts";
import { type PreparedCell, prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import { simulatePreparedChunk } from "../../../lib/simulation/simulate-chunk.ts";
import { simulationSpecSchema } from "../../../lib/simulation/simulation-document.ts";
import { type PackedDocument, unpackDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

export interface ChunkInput {
  /** Names specification and model: what was prepared for it is used again. */
  readonly runId: string;
  readonly spec: PackedDocument;
  readonly model: PackedDocument | null;
  readonly cellIndex: number;
  readonly firstReplicate: number;
  readonly replicates: number;
}

/** Enough for the cells of two runs that share the threads. */
const MOST_PREPARED = 256;
const prepared = new Map<string, PreparedCell>();

/** Replicates [first, first + n) of one cell → their tally. */
export default serveTask<ChunkInput, ChunkTally>((input) =>
  simulatePreparedChunk(cell(input), input.firstReplicate, input.replicates),
);

function cell({ runId, spec, model, cellIndex }: ChunkInput): PreparedCell {
  const key = `${runId}:${cellIndex}`;
  const known = prepared.get(key);
  if (known !== undefined) return known;
  const made = prepareCell(
    unpackDocument(spec, simulationSpecSchema),
    model === null ? null : unpackDocument(model, frozenModelSchema),
    cellIndex,
  );
  if (prepared.size >= MOST_PREPARED) prepared.clear();
  prepared.set(key, made);
  return made;
}
