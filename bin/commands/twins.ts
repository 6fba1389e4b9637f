import { join } from "node:path";
import { z } from "zod";
import { dataSetHash } from "../../lib/data/data-set-hash.ts";
import { type ExportFormat, exportEndings, exportFormats } from "../../lib/data/export-table.ts";
import { type LongDataSet, longDataSetSchema } from "../../lib/data/long-data-set.ts";
import { writeTable } from "../../lib/data/write-table.ts";
import { ENGINE_VERSION } from "../../lib/engine-version.ts";
import { federationOf } from "../../lib/progression/federation/federation-of.ts";
import { type FrozenModel, frozenModelSchema } from "../../lib/progression/model-document.ts";
import { alignToModel } from "../../lib/twins/align-to-model.ts";
import { forecastSteps, forecastStepsSchema } from "../../lib/twins/forecast-steps.ts";
import { generateTwins } from "../../lib/twins/generate-twins.ts";
import { type TwinSet, twinSchema, twinSetSchema } from "../../lib/twins/twin-document.ts";
import { adtwin, adtwinc, adtwind } from "../../lib/twins/twin-tables.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { readDataSet } from "../data-input.ts";
import { writeAllWhole, writeDocument } from "../documents.ts";
import { readModel } from "../model-input.ts";
import { reportDiagnostics } from "../progress.ts";

/** What makes one patient's score and forecast. */
const explanationSchema = z.object({
  format: z.literal("understudy-explanation/1"),
  prognosticScore: z.number(),
  /** Of the history, for patients who miss the same baseline items; contributions sum to score less this. */
  expectedScore: z.number(),
  contributions: twinSchema.shape.contributions,
  forecast: forecastStepsSchema,
});

/** Computes the twin of every enrolled patient from baseline only. */
export const twinsCommand: Command = {
  name: "twins",
  summary: "compute every enrolled patient's twin (mean, bands, prognostic score, support)",
  usage:
    "usage: understudy twins --model MODEL.json --data ENROLLED [--mapping MAPPING.json] [--history HISTORY.json] [--accept-units] [--out TWINS.json] [--export FOLDER [--format FORMAT] [--draws M [--seed N]] [--covariances]] [--patient ID [--study STUDY] --explain EXPLANATION.json]",
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
    {
      name: "accept-units",
      kind: "flag",
      help: "draw twins although values lie far from those of the history: the units have been checked",
    },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the twins (default: standard output)" },
    {
      name: "export",
      kind: "value",
      argument: "FOLDER",
      help: "also write the twins as a data set, ADTWIN: one row per patient, endpoint and visit",
    },
    {
      name: "format",
      kind: "value",
      argument: "FORMAT",
      help: `of the export: ${exportFormats.join(", ")} or all (default csv)`,
    },
    {
      name: "draws",
      kind: "value",
      argument: "M",
      help: "also export M drawn trajectories per patient, ADTWIND (default 0)",
    },
    { name: "seed", kind: "value", argument: "N", help: "of the draws (default 1)" },
    { name: "patient", kind: "value", argument: "ID", help: "patient to explain" },
    { name: "study", kind: "value", argument: "STUDY", help: "of the patient, where studies share identifiers" },
    {
      name: "explain",
      kind: "value",
      argument: "FILE",
      help: "where to write what makes the patient's score, and what every visit changed in the forecast",
    },
    { name: "covariances", kind: "flag", help: "also export the covariances of every patient's outcomes, ADTWINC" },
  ],
  documents: [
    { title: "model", schema: frozenModelSchema },
    { title: "data", schema: longDataSetSchema },
    { title: "twins", schema: twinSetSchema },
    { title: "explanation", schema: explanationSchema },
  ],
  async run(call) {
    const model = readModel(call.required("model"), "--model");
    const data = readDataSet(call.required("data"), call.value("mapping"));
    const historyFile = call.value("history");
    const history = historyFile === undefined ? undefined : readDataSet(historyFile, undefined);
    // The sites' data sets of a federated model are never together: one of them may give the nearest patients.
    const learnt = federationOf(model)?.sites.map(({ dataHash }) => dataHash) ?? [model.dataHash];
    if (history !== undefined && !learnt.includes(dataSetHash(history))) {
      throw new UsageError([
        `--history ${historyFile}: is not ${learnt.length === 1 ? "the" : "a"} data set the model was trained on (${learnt.map((hash) => `${hash.slice(0, 16)}…`).join(", ")}); give that one, or leave --history out`,
      ]);
    }
    // What is wrong with the units is said before any twin is drawn.
    const suspected = alignToModel(model, data).diagnostics.filter(({ code }) => code === "units-suspected");
    if (suspected.length > 0 && !call.flag("accept-units")) {
      throw new UsageError(suspected.map(({ message }) => `${message} If the units are right, give --accept-units.`));
    }
    const twins = generateTwins({
      model,
      data,
      dataHash: dataSetHash(data),
      ...(history === undefined ? {} : { history }),
    });
    const folder = call.value("export");
    if (folder === undefined) refuseWithoutExport(call);
    else writeAllWhole(exportFiles(call, folder, { model, data, twins }));
    const explanation = explanationOf(call, { model, data, twins });
    if (explanation !== null) writeDocument(explanation.path, explanation.value);
    // Whoever exports need not have the document on the screen, too.
    const other = folder !== undefined || explanation !== null;
    if (!other || call.value("out") !== undefined) writeDocument(call.value("out"), twins);
    reportDiagnostics(twins.diagnostics);
    process.stderr.write(
      `${twins.twins.length} twins; ${twins.outOfSupport.patients} of ${twins.outOfSupport.of} patients out of support\n`,
    );
  },
};

interface Parts {
  readonly model: FrozenModel;
  readonly data: LongDataSet;
  readonly twins: TwinSet;
}

function explanationOf(
  call: CommandCall,
  { model, data, twins }: Parts,
): { path: string; value: z.infer<typeof explanationSchema> } | null {
  const path = call.value("explain");
  const patientId = call.value("patient");
  const study = call.value("study");
  if (path === undefined && patientId === undefined && study === undefined) return null;
  if (path === undefined || patientId === undefined)
    throw new UsageError(["--patient and --explain go together; give both"]);
  const steps = forecastSteps({ model, data, patientId, ...(study === undefined ? {} : { study }) });
  const twin = twins.twins.find((each) => each.patientId === steps.patientId && each.study === steps.study);
  if (twin === undefined) throw new Error("a patient of the data has no twin");
  const { prognosticScore, contributions } = twin;
  const expectedScore = contributions.reduce((rest, { contribution }) => rest - contribution, prognosticScore);
  return {
    path,
    value: { format: "understudy-explanation/1", prognosticScore, expectedScore, contributions, forecast: steps },
  };
}

const MOST_DRAWS = 100_000;

function exportFiles(call: CommandCall, folder: string, parts: Parts): { path: string; content: Uint8Array }[] {
  const draws = call.integer("draws", 0, 0, MOST_DRAWS);
  const seed = call.integer("seed", 1, 0, Number.MAX_SAFE_INTEGER);
  const tables = [
    adtwin(parts.model, parts.twins),
    ...(draws > 0 ? [adtwind({ ...parts, draws, seed })] : []),
    ...(call.flag("covariances") ? [adtwinc(parts)] : []),
  ];
  const now = new Date().toISOString();
  return formatsOf(call).flatMap((format) =>
    tables.map((table) => ({
      path: join(folder, `${table.name.toLowerCase()}.${exportEndings[format]}`),
      content: writeTable(table, format, now, `Understudy ${ENGINE_VERSION}`),
    })),
  );
}

function formatsOf(call: CommandCall): readonly ExportFormat[] {
  const given = call.value("format") ?? "csv";
  if (given === "all") return exportFormats;
  const format = exportFormats.find((known) => known === given);
  if (format !== undefined) return [format];
  throw new UsageError([`--format must be ${exportFormats.join(", ")} or all; received ${given}`]);
}

function refuseWithoutExport(call: CommandCall): void {
  const given = ["format", "draws", "seed"].filter((name) => call.value(name) !== undefined);
  if (call.flag("covariances")) given.push("covariances");
  if (given.length > 0) throw new UsageError(given.map((name) => `--${name} goes with --export FOLDER; give that too`));
}
