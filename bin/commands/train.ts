import { availableParallelism } from "node:os";
import { dataSetHash } from "../../lib/data/data-set-hash.ts";
import { csvText } from "../../lib/data/export-csv.ts";
import { longDataSetSchema } from "../../lib/data/long-data-set.ts";
import { modelCard, modelCardSchema } from "../../lib/progression/model-card.ts";
import { frozenModelSchema, type TrainingSpec, trainingSpecSchema } from "../../lib/progression/model-document.ts";
import { unknownNames } from "../../lib/progression/training-problem.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { readDataSet } from "../data-input.ts";
import { documentText, readDocument, writeAllWhole, writeDocument } from "../documents.ts";
import { progressReporter, reportDiagnostics } from "../progress.ts";
import { trainInThreads, trainingThreads } from "../train-in-threads.ts";

/** Trains, evaluates and freezes a progression model. */
export const trainCommand: Command = {
  name: "train",
  summary: "train and freeze a progression model on historical controls, with its evaluation",
  usage:
    "usage: understudy train DATA --spec TRAINING.json [--mapping MAPPING.json] [--out MODEL.json] [--card CARD.json] [--predictions PREDICTIONS.csv] [--acknowledge-leakage REASON] [--workers N] (DATA: an imported data set, or any readable file with --mapping)",
  takesArgument: true,
  options: [
    {
      name: "spec",
      kind: "value",
      argument: "FILE",
      help: "training document (covariates, strata, primary, folds, members, seed)",
    },
    { name: "mapping", kind: "value", argument: "FILE", help: "mapping, when DATA is a source file" },
    { name: "name", kind: "value", argument: "TEXT", help: "name of the model (default: that of the data set)" },
    {
      name: "out",
      kind: "value",
      argument: "FILE",
      help: "where to write the frozen model (default: standard output)",
    },
    { name: "card", kind: "value", argument: "FILE", help: "where to write the model card (JSON)" },
    {
      name: "predictions",
      kind: "value",
      argument: "FILE",
      help: "where to write what every method predicted for patients it had not seen (CSV)",
    },
    {
      name: "acknowledge-leakage",
      kind: "value",
      argument: "REASON",
      help: "why partial correlations above 0.6 are no leak (otherwise training stops there)",
    },
    {
      name: "workers",
      kind: "value",
      argument: "N",
      help: "worker threads (default: one per processor, fewer for very many patients); the model is the same for any number",
    },
  ],
  documents: [
    { title: "data", schema: longDataSetSchema },
    { title: "training", schema: trainingSpecSchema },
    { title: "model", schema: frozenModelSchema },
    { title: "card", schema: modelCardSchema },
  ],
  async run(call) {
    const data = readDataSet(oneFile(call), call.value("mapping"));
    const training = acknowledged(
      readDocument(call.required("spec"), trainingSpecSchema, "--spec"),
      call.value("acknowledge-leakage"),
    );
    const unknown = unknownNames(data, training);
    if (unknown.length > 0) throw new UsageError(unknown.map((fault) => fault.message));
    const workers = call.integer("workers", trainingThreads(availableParallelism(), data), 1, 256);
    const { model, heldOut } = await trainInThreads(
      {
        data,
        dataHash: dataSetHash(data),
        training,
        name: call.value("name") ?? data.name,
        onProgress: progressReporter("training"),
      },
      workers,
    );
    const beside: { path: string; content: string }[] = [];
    const card = call.value("card");
    const predictions = call.value("predictions");
    if (card !== undefined) beside.push({ path: card, content: documentText(modelCard(model)) });
    if (predictions !== undefined) {
      beside.push({ path: predictions, content: csvText(heldOut.columns, heldOut.rows) });
    }
    const out = call.value("out");
    if (out === undefined || out === "-") {
      writeAllWhole(beside);
      writeDocument(out, model);
    } else {
      writeAllWhole([{ path: out, content: documentText(model) }, ...beside]);
    }
    reportDiagnostics(model.diagnostics);
    for (const verdict of model.evaluation.verdicts) {
      process.stderr.write(`${verdict.endpointId} @ ${verdict.visitId}: ${verdict.sentence}\n`);
    }
  },
};

function acknowledged(training: TrainingSpec, reason: string | undefined): TrainingSpec {
  if (reason === undefined) return training;
  const parsed = trainingSpecSchema.safeParse({ ...training, acknowledgedLeakage: reason });
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ message }) => `--acknowledge-leakage ${message}`));
}

function oneFile(call: CommandCall): string {
  const [file, ...rest] = call.positionals;
  if (file === undefined || rest.length > 0)
    throw new UsageError([`give exactly one data file. ${trainCommand.usage}`]);
  return file;
}
