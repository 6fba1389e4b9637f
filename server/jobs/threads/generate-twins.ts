import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { historicalControls } from "../../../lib/twins/historical-controls.ts";
import type { StoredTwins } from "../../services/twins/stored-twins.ts";
import { type PackedDocument, packDocument, unpackDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

export interface TwinsInput {
  readonly model: PackedDocument;
  readonly enrolled: PackedDocument;
  readonly enrolledHash: string;
  readonly history: PackedDocument;
  readonly historyHash: string;
}

export interface TwinsOutput {
  readonly document: PackedDocument;
  readonly hash: string;
  readonly patients: number;
}

/** Share of the work that goes into the enrolled patients; the rest scores the historical ones. */
const ENROLLED_SHARE = 0.7;

/** Frozen model and enrolled patients → twins, with the scores of the historical controls beside them. */
export default serveTask<TwinsInput, TwinsOutput>((input, report) => {
  const model = unpackDocument(input.model, frozenModelSchema);
  const history = unpackDocument(input.history, longDataSetSchema);
  const twins = generateTwins({
    model,
    data: unpackDocument(input.enrolled, longDataSetSchema),
    dataHash: input.enrolledHash,
    history,
    onProgress: (fraction, message) => report(fraction * ENROLLED_SHARE, message),
  });
  const historical = generateTwins({
    model,
    data: historicalControls(history),
    dataHash: input.historyHash,
    onProgress: (fraction) =>
      report(ENROLLED_SHARE + fraction * (1 - ENROLLED_SHARE), "scores of the historical patients"),
  });
  const stored: StoredTwins = { twins, historyScores: historical.twins.map((twin) => twin.prognosticScore) };
  return { document: packDocument(stored), hash: twins.hash, patients: twins.twins.length };
});
