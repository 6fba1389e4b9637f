import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import type { AnalysisPlan } from "../../../lib/trial-analysis/analysis-plan.ts";
import { runAnalysisPlan } from "../../../lib/trial-analysis/run-analysis-plan.ts";
import { storedTwinsSchema } from "../../services/twins/stored-twins.ts";
import { type PackedDocument, packDocument, unpackDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

export interface AnalysesInput {
  readonly plan: AnalysisPlan;
  readonly data: PackedDocument;
  readonly dataHash: string;
  readonly twins: PackedDocument | null;
}

export interface AnalysesOutput {
  readonly document: PackedDocument;
  readonly reports: number;
  readonly refused: number;
}

/** Plan, enrolled patients and their twins → results of every planned analysis. */
export default serveTask<AnalysesInput, AnalysesOutput>((input, report) => {
  const results = runAnalysisPlan({
    plan: input.plan,
    data: unpackDocument(input.data, longDataSetSchema),
    dataHash: input.dataHash,
    twins: input.twins === null ? null : unpackDocument(input.twins, storedTwinsSchema).twins,
    onProgress: report,
  });
  const reports = results.analyses.filter(({ outcome }) => outcome.kind === "report").length;
  return { document: packDocument(results), reports, refused: results.analyses.length - reports };
});
