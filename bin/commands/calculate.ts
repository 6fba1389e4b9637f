import { calculate } from "../../lib/calculation/calculate.ts";
import { calculationMethods } from "../../lib/calculation/calculation-methods.ts";
import { calculationReportSchema } from "../../lib/calculation/calculation-report.ts";
import { calculationSpecSchema } from "../../lib/calculation/calculation-spec.ts";
import { type Command, UsageError } from "../command.ts";
import { readDocument, writeDocument } from "../documents.ts";
import { reportDiagnostics } from "../progress.ts";

/** Power, size, group-sequential bounds, interim decisions and multiplicity. */
export const calculateCommand: Command = {
  name: "calculate",
  summary: "power, sample size, group-sequential bounds, interim decisions, multiplicity",
  usage: "usage: understudy calculate SPEC.json [--out REPORT.json]   or   understudy calculate --list",
  takesArgument: true,
  options: [
    { name: "list", kind: "flag", help: "list the methods that a specification can name" },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the report (default: standard output)" },
  ],
  documents: [
    { title: "specification", schema: calculationSpecSchema },
    { title: "report", schema: calculationReportSchema },
  ],
  async run(call) {
    if (call.flag("list")) {
      for (const { method, family, title } of calculationMethods)
        process.stdout.write(`${method.padEnd(34)} ${family}: ${title}\n`);
      return;
    }
    const [file, ...rest] = call.positionals;
    if (file === undefined || rest.length > 0)
      throw new UsageError([`give exactly one specification; - for standard input. ${calculateCommand.usage}`]);
    const report = calculate(readDocument(file, calculationSpecSchema, "specification"));
    writeDocument(call.value("out"), report);
    reportDiagnostics(report.diagnostics);
    process.stderr.write(`${report.answer}\n`);
  },
};
