import { readFileSync } from "node:fs";
import { calculate } from "../../lib/calculation/calculate.ts";
import { calculationMethods } from "../../lib/calculation/calculation-methods.ts";
import { assembleDataSet } from "../../lib/data/assemble-data-set.ts";
import { dataSetHash } from "../../lib/data/data-set-hash.ts";
import { readTable } from "../../lib/data/read-table.ts";
import { assembleRecord, type ImportedSource } from "../../lib/dossier/assemble-record.ts";
import type { DossierRecord } from "../../lib/dossier/dossier-record.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import type { TrainingSpec } from "../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../lib/progression/train-progression-model.ts";
import { sampleStudy } from "../../lib/samples/index.ts";
import type { SampleDataSet, SampleStudy } from "../../lib/samples/sample-study.ts";
import { defaultSimulationSpec } from "../../lib/simulation/default-simulation-spec.ts";
import { simulateChunk } from "../../lib/simulation/simulate-chunk.ts";
import { cellCount } from "../../lib/simulation/simulation-cell.ts";
import { summarizeSimulation } from "../../lib/simulation/summarize-simulation.ts";
import { defaultSizingSpec } from "../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../lib/sizing/size-control-arm.ts";
import { runAnalysisPlan } from "../../lib/trial-analysis/run-analysis-plan.ts";
import { generateTwins } from "../../lib/twins/generate-twins.ts";
import { dossierFrame } from "./dossier-frame.ts";
import { repositoryPath } from "./shared.ts";

/** The whole way of a sample study, from its files to the canonical record, with the replicates given. */
export function sampleRecord(
  id: SampleStudy["id"],
  replicates: number,
  training: Partial<TrainingSpec> = {},
): DossierRecord {
  const sample = sampleStudy(id);
  const [historical, enrolled] = sample.datasets.map((dataset, index) => importSample(dataset, index)) as [
    ImportedSource,
    ImportedSource,
  ];
  const dataHash = dataSetHash(historical.data);
  const model = trainProgressionModel({
    data: historical.data,
    dataHash,
    training: { ...sample.training, ...training },
    name: historical.data.name,
  });
  const twins = generateTwins({
    model,
    data: enrolled.data,
    dataHash: dataSetHash(enrolled.data),
    history: historical.data,
  });
  const sizing = sizeControlArm(defaultSizingSpec({ model, targetEffect: sample.specification.targetEffect }));
  const spec = { ...defaultSimulationSpec({ sizing, model, seed: sample.simulation.seed }), replicates };
  const tallies = Array.from({ length: cellCount(spec) }, (_, cell) => simulateChunk(spec, model, cell, 0, replicates));
  const simulation = summarizeSimulation(spec, model, tallies);
  const frame = dossierFrame();
  return assembleRecord({
    runId: `run-${sha256Hex(id).slice(0, 12)}`,
    version: 1,
    createdAtUtc: frame.createdAtUtc,
    study: sample.specification,
    historical,
    enrolled,
    model,
    twins,
    sizing,
    simulation,
    analyses: runAnalysisPlan({
      plan: { format: "understudy-analysis-plan/1", analyses: [...sample.analyses] },
      data: enrolled.data,
      dataHash: dataSetHash(enrolled.data),
      twins,
    }),
    calculations: calculationMethods
      .slice(0, 1)
      .map(({ title, example }) => ({ name: title, spec: example, report: calculate(example) })),
    timing: frame.timing,
    environment: frame.environment,
    members: frame.members,
    audit: frame.audit,
    attestations: [],
    changes: frame.changes,
    reviewer: null,
  });
}

function importSample(dataset: SampleDataSet, index: number): ImportedSource {
  const bytes = dataset.bytes((path) => new Uint8Array(readFileSync(repositoryPath(path))));
  const read = readTable(bytes, dataset.fileName);
  if (!read.ok) throw new Error(read.problems.map((problem) => problem.message).join("\n"));
  const assembled = assembleDataSet(read.table, dataset.mapping);
  if (!assembled.ok) throw new Error(assembled.problems.map((problem) => problem.message).join("\n"));
  return {
    fileName: dataset.fileName,
    fileBytes: bytes.length,
    fileHash: sha256Hex(bytes),
    subjectsFile: null,
    version: 1,
    importedAtUtc: `2026-03-0${index + 2}T09:30:00Z`,
    mapping: dataset.mapping,
    data: assembled.data,
    quality: assembled.report,
  };
}
