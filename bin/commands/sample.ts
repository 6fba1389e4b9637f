import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { CALCULATION_EXAMPLES } from "../../lib/calculation/calculation-examples.ts";
import { sampleStudies } from "../../lib/samples/index.ts";
import type { SampleDataSet, SampleStudy } from "../../lib/samples/sample-study.ts";
import { studySpecificationSchema } from "../../lib/trial/study-specification.ts";
import { analysisPlanSchema } from "../../lib/trial-analysis/analysis-plan.ts";
import { type Command, UsageError } from "../command.ts";
import { documentText, writeAllWhole } from "../documents.ts";
import { dossierPlanSchema } from "../dossier-plan.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Writes a sample study as the files a person would bring. */
export const sampleCommand: Command = {
  name: "sample",
  summary: "write a sample study as files: data, mappings, study and training documents, dossier plan",
  usage: `usage: understudy sample (${sampleStudies.map((study) => study.id).join(" | ")}) --out FOLDER`,
  takesArgument: true,
  options: [{ name: "out", kind: "value", argument: "FOLDER", help: "folder to write into" }],
  documents: [
    { title: "study", schema: studySpecificationSchema },
    { title: "plan", schema: dossierPlanSchema },
  ],
  async run(call) {
    const study = sampleStudies.find((one) => one.id === call.positionals[0]);
    if (study === undefined || call.positionals.length > 1)
      throw new UsageError([`name a sample. ${sampleCommand.usage}`]);
    const folder = call.required("out");
    const files = filesOf(study).map(({ name, content }) => ({ path: join(folder, name), content }));
    refuseEdited(files.map(({ path, content }) => ({ path, bytes: Buffer.from(content) })));
    writeAllWhole(files);
    process.stderr.write(
      `${study.name}: written to ${folder}\n\nWhat a person would do next:\n${next(study, folder)}\n`,
    );
  },
};

function filesOf(study: SampleStudy): { name: string; content: string | Uint8Array }[] {
  const [historical, enrolled] = study.datasets;
  const plan = dossierPlanSchema.parse({
    format: "understudy-dossier-plan/1",
    study: "study.json",
    historical: { file: historical.fileName, mapping: "history.mapping.json" },
    enrolled: { file: enrolled.fileName, mapping: "trial.mapping.json" },
    model: "model.json",
    twins: "twins.json",
    sizing: "sizing.json",
    simulation: "simulation.json",
    analyses: "analyses.json",
  });
  const analysisPlan = analysisPlanSchema.parse({
    format: "understudy-analysis-plan/1",
    analyses: study.analyses,
  });
  const bytes = (dataset: SampleDataSet) => ({
    name: dataset.fileName,
    content: dataset.bytes((path) => new Uint8Array(readFileSync(join(ROOT, path)))),
  });
  return [
    bytes(historical),
    ...(enrolled.fileName === historical.fileName ? [] : [bytes(enrolled)]),
    { name: "history.mapping.json", content: documentText(historical.mapping) },
    { name: "trial.mapping.json", content: documentText(enrolled.mapping) },
    { name: "study.json", content: documentText(study.specification) },
    { name: "training.json", content: documentText(study.training) },
    { name: "analysis-plan.json", content: documentText(analysisPlan) },
    { name: "calculation.json", content: documentText(CALCULATION_EXAMPLES.ancova) },
    { name: "dossier.json", content: documentText(plan) },
  ];
}

/** A mapping or training document that somebody has changed is not written over. */
function refuseEdited(files: readonly { readonly path: string; readonly bytes: Buffer }[]): void {
  const edited = files.filter(
    ({ path, bytes }) => existsSync(path) && !(isFile(path) && readFileSync(path).equals(bytes)),
  );
  if (edited.length === 0) return;
  throw new UsageError(
    edited.map(({ path }) => `--out: ${path} exists with other content; choose a new folder, nothing was written`),
  );
}

function isFile(path: string): boolean {
  return statSync(path).isFile();
}

function next(study: SampleStudy, folder: string): string {
  const [historical, enrolled] = study.datasets;
  const at = (name: string) => join(folder, name);
  return [
    `import ${at(historical.fileName)} --mapping ${at("history.mapping.json")} --out ${at("history.json")}`,
    `import ${at(enrolled.fileName)} --mapping ${at("trial.mapping.json")} --out ${at("trial.json")}`,
    `train ${at("history.json")} --spec ${at("training.json")} --out ${at("model.json")}`,
    `twins --model ${at("model.json")} --data ${at("trial.json")} --history ${at("history.json")} --out ${at("twins.json")}`,
    `size --model ${at("model.json")} --effect ${study.specification.targetEffect} --out ${at("sizing.json")}`,
    `simulate --sizing ${at("sizing.json")} --model ${at("model.json")} --out ${at("simulation.json")}`,
    `analyse ${at("analysis-plan.json")} --data ${at("trial.json")} --twins ${at("twins.json")} --out ${at("analyses.json")}`,
    `calculate ${at("calculation.json")} --out ${at("calculation-report.json")}`,
    `dossier ${at("dossier.json")} --out ${at("dossier")}`,
    `verify ${at("dossier")}`,
  ]
    .map((line) => `  npx understudy ${line}`)
    .join("\n");
}
