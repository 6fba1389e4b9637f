import { longDataSetSchema } from "../../lib/data/long-data-set.ts";
import { type MappingSpec, mappingSpecSchema } from "../../lib/data/mapping-spec.ts";
import { qualityReportSchema } from "../../lib/data/quality-document.ts";
import { suggestMapping } from "../../lib/data/suggest-mapping.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { importFile, readSourceTable } from "../data-input.ts";
import { readDocument, writeDocument, writeDocuments } from "../documents.ts";
import { reportDiagnostics } from "../progress.ts";

/** Reads CSV, SAS transport or Dataset-JSON through a mapping into the long schema. */
export const importCommand: Command = {
  name: "import",
  summary: "read CSV, SAS transport (XPT v5/v8) or CDISC Dataset-JSON into a checked data set",
  usage:
    "usage: understudy import FILE --mapping MAPPING.json [--subjects ADSL-FILE] [--out DATA.json] [--quality QUALITY.json] | understudy import FILE --suggest [--role ROLE] [--subjects ADSL-FILE] [--out MAPPING.json]",
  takesArgument: true,
  options: [
    { name: "mapping", kind: "value", argument: "FILE", help: "mapping document" },
    {
      name: "suggest",
      kind: "flag",
      help: "write the mapping that the column names suggest; reasons and what is missing go to standard error",
    },
    {
      name: "role",
      kind: "value",
      argument: "ROLE",
      help: "role in a suggested mapping: historical-control (default) or enrolled",
    },
    {
      name: "subjects",
      kind: "value",
      argument: "FILE",
      help: "file with one row a patient (e.g. ADSL) whose columns the mapping names too",
    },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the data set (default: standard output)" },
    { name: "quality", kind: "value", argument: "FILE", help: "where to write the data-quality report" },
  ],
  documents: [
    { title: "mapping", schema: mappingSpecSchema },
    { title: "data", schema: longDataSetSchema },
    { title: "quality", schema: qualityReportSchema },
  ],
  async run(call) {
    const file = oneFile(call);
    if (call.flag("suggest")) {
      const subjectsFile = call.value("subjects");
      const suggestion = suggestMapping(readSourceTable(file).table, {
        role: roleOf(call),
        ...(subjectsFile === undefined ? {} : { subjects: readSourceTable(subjectsFile).table }),
      });
      writeDocument(call.value("out"), suggestion.draft);
      for (const { field, column, reason } of suggestion.reasons)
        process.stderr.write(`${field} = ${column}: ${reason}\n`);
      for (const { field, message, isRequired } of suggestion.gaps)
        process.stderr.write(`${isRequired ? "needed" : "confirm"}: ${field}: ${message}\n`);
      return;
    }
    const imported = importFile(
      file,
      readDocument(call.required("mapping"), mappingSpecSchema, "--mapping"),
      call.value("subjects"),
    );
    const quality = call.value("quality");
    writeDocuments([
      ...(quality === undefined ? [] : [{ path: quality, value: imported.report }]),
      { path: call.value("out"), value: imported.data },
    ]);
    process.stderr.write(
      `${imported.data.patients.length} patients; file SHA-256 ${imported.fileHash}; ${imported.subjectsFile === null ? "" : `patient-level file SHA-256 ${imported.subjectsFile.fileHash}; `}data set SHA-256 ${imported.dataHash}\n`,
    );
    reportDiagnostics(imported.report.diagnostics);
  },
};

function roleOf(call: CommandCall): MappingSpec["role"] {
  const given = call.value("role") ?? "historical-control";
  if (given === "historical-control" || given === "enrolled") return given;
  throw new UsageError([`--role must be historical-control or enrolled; received ${given}`]);
}

function oneFile(call: CommandCall): string {
  const [file, ...rest] = call.positionals;
  if (file === undefined || rest.length > 0) throw new UsageError([`give exactly one file. ${importCommand.usage}`]);
  return file;
}
