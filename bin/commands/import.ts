import { longDataSetSchema } from "../../lib/data/long-data-set.ts";
import { mappingSpecSchema } from "../../lib/data/mapping-spec.ts";
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
    "usage: understudy import FILE --mapping MAPPING.json [--subjects ADSL-FILE] [--out DATA.json] [--quality QUALITY.json] | understudy import FILE --suggest",
  options: [
    { name: "mapping", kind: "value", argument: "FILE", help: "mapping document" },
    {
      name: "suggest",
      kind: "flag",
      help: "print the mapping that the column names suggest, with reasons, and what is missing",
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
      writeDocument(call.value("out"), suggestMapping(readSourceTable(file).table));
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
      `${imported.data.patients.length} patients; file SHA-256 ${imported.fileHash}; data set SHA-256 ${imported.dataHash}\n`,
    );
    reportDiagnostics(imported.report.diagnostics);
  },
};

function oneFile(call: CommandCall): string {
  const [file, ...rest] = call.positionals;
  if (file === undefined || rest.length > 0) throw new UsageError([`give exactly one file. ${importCommand.usage}`]);
  return file;
}
