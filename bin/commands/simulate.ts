import { availableParallelism } from "node:os";
import { defaultSimulationSpec } from "../../lib/simulation/default-simulation-spec.ts";
import { simulationResultSchema, simulationSpecSchema } from "../../lib/simulation/simulation-document.ts";
import { sizingResultSchema } from "../../lib/sizing/sizing-document.ts";
import { type Command, UsageError } from "../command.ts";
import { readDocument, writeDocument } from "../documents.ts";
import { readModel } from "../model-input.ts";
import { progressReporter, reportDiagnostics } from "../progress.ts";
import { simulateInThreads } from "../simulate-in-threads.ts";

/** Seed of a simulation that gives none; printed with every result. */
const DEFAULT_SEED = 20_261;

/** Simulates every design in every scenario. */
export const simulateCommand: Command = {
  name: "simulate",
  summary: "simulate protocol designs in scenarios: power, type I error, stopping, size, duration, bias",
  usage:
    "usage: understudy simulate (--spec SIMULATION.json [--model MODEL.json] | --sizing SIZING-RESULT.json --model MODEL.json) [--workers N] [--out RESULT.json]",
  takesArgument: false,
  options: [
    { name: "spec", kind: "value", argument: "FILE", help: "simulation document; - for standard input" },
    {
      name: "sizing",
      kind: "value",
      argument: "FILE",
      help: "sizing result: default designs and scenarios follow from it",
    },
    { name: "model", kind: "value", argument: "FILE", help: "frozen model, when a scenario draws patients from it" },
    { name: "replicates", kind: "value", argument: "N", help: "replicates per cell in place of the document's" },
    { name: "seed", kind: "value", argument: "N", help: "seed in place of the document's" },
    {
      name: "workers",
      kind: "value",
      argument: "N",
      help: "threads; the numbers do not depend on it (default: all cores)",
    },
    { name: "out", kind: "value", argument: "FILE", help: "where to write the result (default: standard output)" },
  ],
  documents: [
    { title: "simulation", schema: simulationSpecSchema },
    { title: "result", schema: simulationResultSchema },
  ],
  async run(call) {
    const modelFile = call.value("model");
    const model = modelFile === undefined ? null : readModel(modelFile, "--model");
    const specFile = call.value("spec");
    const sizingFile = call.value("sizing");
    if ((specFile === undefined) === (sizingFile === undefined)) {
      throw new UsageError([`give either --spec or --sizing. ${simulateCommand.usage}`]);
    }
    if (sizingFile !== undefined && modelFile === undefined) {
      throw new UsageError([
        `--model is missing: the default scenarios draw patients from it. ${simulateCommand.usage}`,
      ]);
    }
    const document =
      specFile === undefined
        ? defaultSimulationSpec({
            sizing: readDocument(sizingFile ?? "", sizingResultSchema, "--sizing"),
            model,
            seed: DEFAULT_SEED,
          })
        : readDocument(specFile, simulationSpecSchema, "--spec");
    const spec = {
      ...document,
      replicates: call.integer("replicates", document.replicates, 10, 1_000_000),
      seed: call.integer("seed", document.seed, 0, Number.MAX_SAFE_INTEGER),
    };
    const workers = call.integer("workers", availableParallelism(), 1, 256);
    const result = await simulateInThreads(spec, model, workers, progressReporter("simulating"));
    writeDocument(call.value("out"), result);
    reportDiagnostics(result.diagnostics);
  },
};
