import { join } from "node:path";
import { ANALYSIS_FILE, analysisTableCsv } from "../../lib/analysis/analysis-table.ts";
import type { TrialData } from "../../lib/analysis/trial-data.ts";
import { dataSetHash } from "../../lib/data/data-set-hash.ts";
import { longDataSetSchema } from "../../lib/data/long-data-set.ts";
import {
  type AnalysisResults,
  analysisPlanSchema,
  analysisResultsSchema,
} from "../../lib/trial-analysis/analysis-plan.ts";
import { analysisTableOf } from "../../lib/trial-analysis/analysis-table-of.ts";
import { runAnalysisPlan } from "../../lib/trial-analysis/run-analysis-plan.ts";
import { trialDataOf } from "../../lib/trial-analysis/trial-data-of.ts";
import { type TwinSet, twinSetSchema } from "../../lib/twins/twin-document.ts";
import { twinSetHash } from "../../lib/twins/twin-set-hash.ts";
import { type Command, UsageError } from "../command.ts";
import { readDataSet } from "../data-input.ts";
import { readDocument, writeAllWhole, writeDocument } from "../documents.ts";
import { progressReporter } from "../progress.ts";

/** Does every planned analysis of an enrolled trial. */
export const analyseCommand: Command = {
  name: "analyse",
  summary: "analyse a trial by plan: ANCOVA, MMRM, binary, count, time to event, missing data",
  usage:
    "usage: understudy analyse PLAN.json --data ENROLLED [--mapping MAPPING.json] [--twins TWINS.json] [--out RESULTS.json] [--programs FOLDER]",
  takesArgument: true,
  options: [
    {
      name: "data",
      kind: "value",
      argument: "FILE",
      help: "enrolled patients: imported data set, or a source file with --mapping",
    },
    { name: "mapping", kind: "value", argument: "FILE", help: "mapping, when --data is a source file" },
    { name: "twins", kind: "value", argument: "FILE", help: "twins of these patients, for analyses with the score" },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the results (default: standard output)" },
    {
      name: "programs",
      kind: "value",
      argument: "FOLDER",
      help: "write each analysis' R and SAS program with the data set it reads into a folder of its own",
    },
  ],
  documents: [
    { title: "plan", schema: analysisPlanSchema },
    { title: "data", schema: longDataSetSchema },
    { title: "results", schema: analysisResultsSchema },
  ],
  async run(call) {
    const [planFile, ...rest] = call.positionals;
    if (planFile === undefined || rest.length > 0)
      throw new UsageError([`give exactly one plan. ${analyseCommand.usage}`]);
    const plan = readDocument(planFile, analysisPlanSchema, "plan");
    const data = readDataSet(call.required("data"), call.value("mapping"));
    const dataHash = dataSetHash(data);
    const twinsFile = call.value("twins");
    const twins = twinsFile === undefined ? null : twinsOf(twinsFile, dataHash);
    const results = runAnalysisPlan({ plan, data, dataHash, twins, onProgress: progressReporter("analysing") });
    const folder = call.value("programs");
    if (folder !== undefined) writeAllWhole(programFiles(results, trialDataOf(data, twins), folder));
    writeDocument(call.value("out"), results);
    for (const { planned, outcome } of results.analyses)
      if (outcome.kind === "refused") process.stderr.write(`${planned.name}: not possible: ${outcome.message}\n`);
    const refused = results.analyses.filter(({ outcome }) => outcome.kind === "refused").length;
    process.stderr.write(`${results.analyses.length - refused} analyses done, ${refused} not possible on these data\n`);
    if (refused > 0) process.exitCode = 1;
  },
};

function twinsOf(file: string, dataHash: string): TwinSet {
  const twins = readDocument(file, twinSetSchema, "--twins");
  if (twinSetHash(twins) !== twins.hash)
    throw new UsageError([`--twins ${file}: was changed after the twins were generated; generate them again`]);
  if (twins.dataHash !== dataHash)
    throw new UsageError([`--twins ${file}: are of another data set than --data; generate the twins of this one`]);
  return twins;
}

/** R and SAS program of every analysis that was possible, each beside the data set it reads. */
function programFiles(results: AnalysisResults, data: TrialData, folder: string) {
  return results.analyses.flatMap(({ planned, outcome }) => {
    if (outcome.kind === "refused") return [];
    const { code } = outcome.report;
    const at = (name: string) => join(folder, planned.id, name);
    return [
      { path: at(ANALYSIS_FILE), content: analysisTableCsv(analysisTableOf(planned.spec, data)) },
      { path: at("analysis.R"), content: code.r },
      ...(code.sas === null ? [] : [{ path: at("analysis.sas"), content: code.sas }]),
    ];
  });
}
