import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { sampleStudies } from "../../lib/samples/index.ts";
import { studySpecificationSchema } from "../../lib/trial/study-specification.ts";
import { type Command, UsageError } from "../command.ts";
import { writeDocument, writeWhole } from "../documents.ts";
import { dossierPlanSchema } from "../dossier-plan.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Writes a sample study as the files a person would bring. */
export const sampleCommand: Command = {
  name: "sample",
  summary: "write a sample study as files: data, mappings, study and training documents, dossier plan",
  usage: `usage: understudy sample (${sampleStudies.map((study) => study.id).join(" | ")}) --out FOLDER`,
  options: [{ name: "out", kind: "value", argument: "FOLDER", help: "folder to write into" }],
  documents: [
    { title: "study", schema: studySpecificationSchema },
    { title: "plan", schema: dossierPlanSchema },
  ],
  async run(call) {
    const study = sampleStudies.find((one) => one.id === call.positionals[0]);
    if (study === undefined) throw new UsageError([`name a sample. ${sampleCommand.usage}`]);
    const folder = call.required("out");
    const [historical, enrolled] = study.datasets;
    for (const [part, dataset] of [
      ["history", historical],
      ["trial", enrolled],
    ] as const) {
      writeWhole(
        join(folder, dataset.fileName),
        dataset.bytes((path) => new Uint8Array(readFileSync(join(ROOT, path)))),
      );
      writeDocument(join(folder, `${part}.mapping.json`), dataset.mapping);
    }
    writeDocument(join(folder, "study.json"), study.specification);
    writeDocument(join(folder, "training.json"), study.training);
    writeDocument(
      join(folder, "dossier.json"),
      dossierPlanSchema.parse({
        format: "understudy-dossier-plan/1",
        study: "study.json",
        historical: { file: historical.fileName, mapping: "history.mapping.json" },
        enrolled: { file: enrolled.fileName, mapping: "trial.mapping.json" },
        model: "model.json",
        twins: "twins.json",
        sizing: "sizing.json",
        simulation: "simulation.json",
      }),
    );
    process.stderr.write(`${study.name}: written to ${folder}\n`);
  },
};
