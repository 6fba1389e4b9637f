import { dataSetHash } from "../../lib/data/data-set-hash.ts";
import { longDataSetSchema } from "../../lib/data/long-data-set.ts";
import { frozenModelSchema } from "../../lib/progression/model-document.ts";
import { generateTwins } from "../../lib/twins/generate-twins.ts";
import { twinSetSchema } from "../../lib/twins/twin-document.ts";
import { type Command, UsageError } from "../command.ts";
import { readDataSet } from "../data-input.ts";
import { writeDocument } from "../documents.ts";
import { readModel } from "../model-input.ts";
import { reportDiagnostics } from "../progress.ts";

/** Computes the twin of every enrolled patient from baseline only. */
export const twinsCommand: Command = {
  name: "twins",
  summary: "compute every enrolled patient's twin (mean, bands, prognostic score, support)",
  usage:
    "usage: understudy twins --model MODEL.json --data ENROLLED [--mapping MAPPING.json] [--history HISTORY.json] [--out TWINS.json]",
  takesArgument: false,
  options: [
    { name: "model", kind: "value", argument: "FILE", help: "frozen model" },
    {
      name: "data",
      kind: "value",
      argument: "FILE",
      help: "enrolled patients: imported data set, or a source file with --mapping",
    },
    { name: "mapping", kind: "value", argument: "FILE", help: "mapping, when --data is a source file" },
    {
      name: "history",
      kind: "value",
      argument: "FILE",
      help: "historical data set the model was trained on, to name the nearest patients",
    },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the twins (default: standard output)" },
  ],
  documents: [
    { title: "model", schema: frozenModelSchema },
    { title: "data", schema: longDataSetSchema },
    { title: "twins", schema: twinSetSchema },
  ],
  async run(call) {
    const model = readModel(call.required("model"), "--model");
    const data = readDataSet(call.required("data"), call.value("mapping"));
    const historyFile = call.value("history");
    const history = historyFile === undefined ? undefined : readDataSet(historyFile, undefined);
    if (history !== undefined && dataSetHash(history) !== model.dataHash) {
      throw new UsageError([
        `--history ${historyFile}: is not the data set the model was trained on (${model.dataHash.slice(0, 16)}…); give that one, or leave --history out`,
      ]);
    }
    const twins = generateTwins({
      model,
      data,
      dataHash: dataSetHash(data),
      ...(history === undefined ? {} : { history }),
    });
    writeDocument(call.value("out"), twins);
    reportDiagnostics(twins.diagnostics);
    process.stderr.write(
      `${twins.twins.length} twins; ${twins.outOfSupport.patients} of ${twins.outOfSupport.of} patients out of support\n`,
    );
  },
};
