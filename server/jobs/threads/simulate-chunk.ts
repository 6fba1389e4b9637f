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

const prepared = new Map<number, PreparedCell>();
let preparedFor = "";

/** Replicates [first, first + n) of one cell → their tally. */
export default serveTask<ChunkInput, ChunkTally>((input) => {
  return simulatePreparedChunk(cell(input), input.firstReplicate, input.replicates);
});

function cell({ runId, spec, model, cellIndex }: ChunkInput): PreparedCell {
  if (preparedFor !== runId) {
    prepared.clear();
    preparedFor = runId;
  }
  const known = prepared.get(cellIndex);
  if (known !== undefined) return known;
  const made = prepareCell(
    unpackDocument(spec, simulationSpecSchema),
    model === null ? null : unpackDocument(model, frozenModelSchema),
    cellIndex,
  );
  prepared.set(cellIndex, made);
  return made;
}
