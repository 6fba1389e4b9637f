import { assembleDataSet } from "../../lib/data/assemble-data-set.ts";
import { dataSetHash } from "../../lib/data/data-set-hash.ts";
import { csvText } from "../../lib/data/export-csv.ts";
import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import type { MappingSpec } from "../../lib/data/mapping-spec.ts";
import { readTable } from "../../lib/data/read-table.ts";
import { assembleRecord, type ImportedSource } from "../../lib/dossier/assemble-record.ts";
import type { DossierRecord } from "../../lib/dossier/dossier-record.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import type { TrainingSpec } from "../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../lib/progression/train-progression-model.ts";
import { defaultSimulationSpec } from "../../lib/simulation/default-simulation-spec.ts";
import { simulateChunk } from "../../lib/simulation/simulate-chunk.ts";
import { cellCount } from "../../lib/simulation/simulation-cell.ts";
import type { SimulationSpec } from "../../lib/simulation/simulation-document.ts";
import { summarizeSimulation } from "../../lib/simulation/summarize-simulation.ts";
import { defaultSizingSpec } from "../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../lib/sizing/size-control-arm.ts";
import type { StudySpecification } from "../../lib/trial/study-specification.ts";
import { generateTwins } from "../../lib/twins/generate-twins.ts";
import type { TwinSet } from "../../lib/twins/twin-document.ts";
import { dossierFrame } from "./dossier-frame.ts";

export interface SmallDossierRequest {
  readonly history: LongDataSet;
  readonly enrolled: LongDataSet;
  readonly training: TrainingSpec;
  readonly targetEffect: number;
  readonly replicates: number;
  readonly study?: Partial<StudySpecification>;
  readonly simulation?: (spec: SimulationSpec) => SimulationSpec;
}

/** The whole way of invented patients, through a file of theirs, to the canonical record and its twins. */
export function smallDossier(request: SmallDossierRequest): { record: DossierRecord; twins: TwinSet } {
  const historical = throughFile(request.history, "history.csv");
  const enrolled = throughFile(request.enrolled, "trial.csv");
  const model = trainProgressionModel({
    data: historical.data,
    dataHash: dataSetHash(historical.data),
    training: request.training,
    name: "small model",
  });
  const twins = generateTwins({
    model,
    data: enrolled.data,
    dataHash: dataSetHash(enrolled.data),
    history: historical.data,
  });
  const sizing = sizeControlArm(defaultSizingSpec({ model, targetEffect: request.targetEffect }));
  const given = { ...defaultSimulationSpec({ sizing, model, seed: 7 }), replicates: request.replicates };
  const spec = request.simulation?.(given) ?? given;
  const tallies = Array.from({ length: cellCount(spec) }, (_, cell) =>
    simulateChunk(spec, model, cell, 0, spec.replicates),
  );
  const simulation = summarizeSimulation(spec, model, tallies);
  const record = assembleRecord({
    runId: "run-0123456789ab",
    version: 1,
    ...dossierFrame(),
    study: { ...studyOf(request), ...request.study },
    historical,
    enrolled,
    model,
    twins,
    sizing,
    simulation,
    analyses: null,
    calculations: [],
    attestations: [],
    reviewer: null,
  });
  return { record, twins };
}

function throughFile(data: LongDataSet, fileName: string): ImportedSource {
  const bytes = new TextEncoder().encode(csvOf(data));
  const mapping = mappingOf(data);
  const read = readTable(bytes, fileName);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const assembled = assembleDataSet(read.table, mapping);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.problems));
  return {
    fileName,
    fileBytes: bytes.length,
    fileHash: sha256Hex(bytes),
    subjectsFile: null,
    version: 1,
    importedAtUtc: "2026-03-02T09:30:00Z",
    mapping,
    data: assembled.data,
    quality: assembled.report,
  };
}

/** One row per patient and visit, baseline at day 0, one column per endpoint and covariate; log endpoints as measured. */
function csvOf(data: LongDataSet): string {
  const { endpoints, covariates, visits } = data;
  const measured = (value: number, e: number) => (endpoints[e]!.scale === "log" ? Math.exp(value) : value);
  return csvText(
    [
      "subject",
      "study",
      "site",
      "arm",
      "day",
      ...endpoints.map((_, e) => `y${e}`),
      ...covariates.map((_, p) => `c${p}`),
      "event",
      "eventday",
    ],
    data.patients.flatMap((patient) => {
      const head = [patient.id, patient.study, patient.site ?? "", patient.arm];
      const tail = [...patient.covariates, patient.events[0]?.kind ?? "", patient.events[0]?.day ?? null];
      const baseline = patient.baseline.map((value, e) => (value === null ? null : measured(value, e)));
      const after = visits.map((visit, v) => [
        ...head,
        visit.targetDay,
        ...endpoints.map((_, e) => {
          const cell = patient.outcomes[e]![v]!;
          return "value" in cell ? measured(cell.value, e) : null;
        }),
        ...tail,
      ]);
      return [[...head, 0, ...baseline, ...tail], ...after];
    }),
  );
}

function mappingOf(data: LongDataSet): MappingSpec {
  const kinds = [...new Set(data.patients.flatMap(({ events }) => events.map(({ kind }) => kind)))];
  return {
    format: "understudy-mapping/1",
    name: data.name,
    role: data.role,
    origin: data.origin,
    patient: { column: "subject" },
    study: { kind: "column", column: "study" },
    site: { column: "site" },
    time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
    visits: [...data.visits],
    layout: { kind: "endpoint-columns" },
    endpoints: data.endpoints.map((endpoint, e) => ({ endpoint, source: `y${e}` })),
    baseline: { flag: null, column: null },
    arm: { kind: "column", column: "arm", arms: data.arms.map((arm) => ({ value: arm.id, arm })) },
    covariates: data.covariates.map((covariate, p) =>
      covariate.type === "continuous"
        ? {
            type: "continuous",
            id: covariate.id,
            label: covariate.label,
            unit: covariate.unit,
            column: `c${p}`,
            sourceRange: { minimum: null, maximum: null },
            scale: "identity",
          }
        : { type: "categorical", id: covariate.id, label: covariate.label, column: `c${p}` },
    ),
    events: kinds.map((kind) => ({
      kind,
      dayColumn: "eventday",
      occurredWhen: { column: "event", values: [kind] },
      unit: "days",
    })),
    followUpDayColumn: null,
    include: null,
    rowFilter: [],
    missingText: [],
  };
}

function studyOf({ history, enrolled, training, targetEffect }: SmallDossierRequest): StudySpecification {
  const first = history.endpoints[0]!;
  return {
    format: "understudy-study/1",
    title: "A small trial",
    indication: "Testing",
    compound: "Drug",
    phase: "Phase 2",
    sponsor: "Sponsor of the small trial",
    protocolId: "SMALL-1",
    dataOrigin: "simulated",
    contextOfUse: "The score is a covariate of a randomised comparison; it does not replace randomised controls.",
    questionOfInterest: "How many control patients does the trial need?",
    endpoints: [...history.endpoints],
    visits: [...history.visits],
    primary: training.primary,
    arms: [...enrolled.arms],
    strata: [...training.strata],
    targetEffect,
    estimand: {
      treatment: "Drug against placebo",
      population: "Invented patients",
      variable: `${first.label} at the last visit`,
      intercurrentEvents: [
        { event: "Discontinuation", strategy: "treatment-policy", rationale: "Values are used all the same." },
      ],
      summaryMeasure: "Difference of means",
    },
    missingDataStatement: "Missing values are taken as missing at random given earlier values.",
    sourceLog: [
      {
        name: history.name,
        type: "simulated",
        sponsor: "nobody",
        years: "2020–2024",
        region: "nowhere",
        patients: history.patients.length,
        visits: history.visits.length,
        licence: "none needed",
        decision: "included",
        reason: "It is what there is.",
      },
    ],
    modelInfluence: { level: "low", reason: "Randomised controls remain." },
    decisionConsequence: { level: "low", reason: "Nothing depends on it." },
    knownTruth: null,
  };
}
