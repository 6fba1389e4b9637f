import { defaultSizingSpec } from "../../lib/sizing/default-sizing-spec.ts";
import { runInSizingSpec } from "../../lib/sizing/run-in-sizing-spec.ts";
import { sizeControlArm } from "../../lib/sizing/size-control-arm.ts";
import { type SizingSpec, sizingResultSchema, sizingSpecSchema } from "../../lib/sizing/sizing-document.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { checkDocument, readDocument, writeDocument } from "../documents.ts";
import { readModel } from "../model-input.ts";
import { reportDiagnostics } from "../progress.ts";

const NUMBER_OPTIONS = [
  ["power", "power"],
  ["alpha", "oneSidedAlpha"],
  ["ratio", "randomizationRatio"],
  ["sd", "standardDeviation"],
  ["lambda", "correlationDeflation"],
  ["gamma", "controlSdInflation"],
  ["dropout", "dropout"],
  ["margin", "margin"],
] as const satisfies readonly (readonly [string, keyof SizingSpec])[];

/** Sizes the control arm from a sizing document, or from a model and a target effect. */
export const sizeCommand: Command = {
  name: "size",
  summary: "size the control arm: unadjusted, ANCOVA, ANCOVA + twin score",
  usage: "usage: understudy size (--spec SIZING.json | --model MODEL.json --effect NUMBER) [--out RESULT.json]",
  takesArgument: false,
  options: [
    { name: "spec", kind: "value", argument: "FILE", help: "sizing document; - for standard input" },
    { name: "model", kind: "value", argument: "FILE", help: "frozen model to derive SD and R² from" },
    { name: "effect", kind: "value", argument: "NUMBER", help: "experimental minus control to detect, analysis scale" },
    { name: "power", kind: "value", argument: "NUMBER", help: "power wanted (default 0.9)" },
    { name: "alpha", kind: "value", argument: "NUMBER", help: "one-sided type I error (default 0.025)" },
    { name: "ratio", kind: "value", argument: "NUMBER", help: "experimental : control (default 1)" },
    { name: "sd", kind: "value", argument: "NUMBER", help: "SD of the outcome in place of the model's" },
    { name: "lambda", kind: "value", argument: "NUMBER", help: "deflation of the correlation, (0, 1] (default 0.9)" },
    { name: "gamma", kind: "value", argument: "NUMBER", help: "inflation of the control SD, at least 1 (default 1.1)" },
    { name: "dropout", kind: "value", argument: "NUMBER", help: "proportion without the endpoint (default 0.1)" },
    {
      name: "margin",
      kind: "value",
      argument: "NUMBER",
      help: "benefit to exceed (default 0); with --non-inferiority the loss that is tolerated",
    },
    { name: "non-inferiority", kind: "flag", help: "show that the treatment is not worse by the margin" },
    {
      name: "run-in",
      kind: "value",
      argument: "VISITS",
      help: "with --model: randomise after 1 or 2 visits, SD and R² being those with them known (default 0)",
    },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the result (default: standard output)" },
  ],
  documents: [
    { title: "sizing", schema: sizingSpecSchema },
    { title: "result", schema: sizingResultSchema },
  ],
  async run(call) {
    const result = sizeControlArm(specification(call));
    writeDocument(call.value("out"), result);
    reportDiagnostics(result.diagnostics);
  },
};

function specification(call: CommandCall): SizingSpec {
  const file = call.value("spec");
  if (file !== undefined) return withOptions(readDocument(file, sizingSpecSchema, "--spec"), call);
  const model = call.value("model");
  const effect = call.number("effect");
  if (model === undefined || effect === undefined) {
    throw new UsageError([`give --spec, or --model and --effect. ${sizeCommand.usage}`]);
  }
  const request = { model: readModel(model, "--model"), targetEffect: effect };
  const runIn = call.integer("run-in", 0, 0, 2);
  return withOptions(runIn === 0 ? defaultSizingSpec(request) : runInSizingSpec(request, runIn), call);
}

function withOptions(spec: SizingSpec, call: CommandCall): SizingSpec {
  const changed: Partial<Record<keyof SizingSpec, unknown>> = {};
  for (const [option, field] of NUMBER_OPTIONS) {
    const value = call.number(option);
    if (value !== undefined) changed[field] = { value, source: "user", note: `--${option}` };
  }
  if (call.flag("non-inferiority")) changed.hypothesis = "non-inferiority";
  return checkDocument({ ...spec, ...changed }, sizingSpecSchema, "sizing");
}
