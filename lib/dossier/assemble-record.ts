import { dataSetHash, mappingHash } from "../data/data-set-hash.ts";
import type { LongDataSet } from "../data/long-data-set.ts";
import type { MappingSpec } from "../data/mapping-spec.ts";
import type { QualityReport } from "../data/quality-document.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { federationOf } from "../progression/federation/federation-of.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { SimulationResult } from "../simulation/simulation-document.ts";
import type { SizingResult } from "../sizing/sizing-document.ts";
import type { StudySpecification } from "../trial/study-specification.ts";
import type { Twin, TwinSet } from "../twins/twin-document.ts";
import { type DossierRecord, dossierRecordSchema, type SubjectsFile } from "./dossier-record.ts";

/** One imported file with everything that says how it became a data set. */
export interface ImportedSource {
  readonly fileName: string;
  readonly fileBytes: number;
  readonly fileHash: string;
  readonly subjectsFile: SubjectsFile | null;
  readonly version: number;
  readonly importedAtUtc: string;
  readonly mapping: MappingSpec;
  readonly data: LongDataSet;
  readonly quality: QualityReport;
}

export interface RecordParts {
  readonly runId: string;
  readonly version: number;
  readonly createdAtUtc: string;
  readonly study: StudySpecification;
  readonly historical: ImportedSource;
  readonly enrolled: ImportedSource;
  readonly model: FrozenModel;
  readonly twins: TwinSet;
  readonly sizing: SizingResult;
  readonly simulation: SimulationResult;
  /** Planned analyses of the enrolled data set; null when none was run. */
  readonly analyses: DossierRecord["analyses"];
  readonly calculations: DossierRecord["calculations"];
  readonly timing: DossierRecord["timing"];
  readonly environment: DossierRecord["environment"];
  readonly members: DossierRecord["members"];
  readonly audit: DossierRecord["audit"];
  readonly attestations: DossierRecord["attestations"];
  readonly changes: DossierRecord["changes"];
  readonly reviewer: string | null;
}

/**
 * Joins the parts of a study into the canonical record, refusing parts that do not belong together.
 *
 * @throws DomainError INVALID_INPUT when the twins come from another model or data set, the model from other data (unless it is
 *   federated: its sites' data are elsewhere), or the simulation from another model: a dossier must never mix generations.
 */
export function assembleRecord(parts: RecordParts): DossierRecord {
  const historicalHash = dataSetHash(parts.historical.data);
  const enrolledHash = dataSetHash(parts.enrolled.data);
  if (federationOf(parts.model) === undefined) {
    assertSame(
      "model.dataHash",
      parts.model.dataHash,
      historicalHash,
      "the historical data set",
      "Train the model again.",
    );
  }
  assertSame(
    "twins.modelHash",
    parts.twins.modelHash,
    parts.model.hash,
    "the frozen model",
    "Generate the twins again.",
  );
  assertSame(
    "twins.dataHash",
    parts.twins.dataHash,
    enrolledHash,
    "the enrolled data set",
    "Generate the twins again.",
  );
  if (parts.simulation.modelHash !== null) {
    assertSame(
      "simulation.modelHash",
      parts.simulation.modelHash,
      parts.model.hash,
      "the frozen model",
      "Simulate again.",
    );
  }
  if (parts.analyses !== null)
    assertSame(
      "analyses.dataHash",
      parts.analyses.dataHash,
      enrolledHash,
      "the enrolled data set",
      "Run the analyses again.",
    );
  if (parts.analyses !== null && parts.analyses.twinHash !== null)
    assertSame("analyses.twinHash", parts.analyses.twinHash, parts.twins.hash, "the twins", "Run the analyses again.");
  const shared = sharedPatients(parts.historical.data, parts.enrolled.data);
  const dataSet = (source: ImportedSource, dataHash: string): DossierRecord["datasets"][number] => ({
    role: source.data.role,
    name: source.data.name,
    version: source.version,
    fileName: source.fileName,
    fileBytes: source.fileBytes,
    fileHash: source.fileHash,
    ...(source.subjectsFile === null ? {} : { subjectsFile: source.subjectsFile }),
    dataHash,
    mappingHash: mappingHash(source.mapping),
    mapping: source.mapping,
    importedAtUtc: source.importedAtUtc,
    patients: source.data.patients.length,
    sharedPatients: shared,
    quality: source.quality,
  });
  return dossierRecordSchema.parse({
    format: "understudy-results/1",
    engineVersion: ENGINE_VERSION,
    runId: parts.runId,
    version: parts.version,
    createdAtUtc: parts.createdAtUtc,
    study: parts.study,
    datasets: [dataSet(parts.historical, historicalHash), dataSet(parts.enrolled, enrolledHash)],
    model: parts.model,
    twins: {
      hash: parts.twins.hash,
      patients: parts.twins.twins.length,
      observedMinusTwin: parts.twins.observedMinusTwin,
      outOfSupport: parts.twins.outOfSupport,
      examples: exampleTwins(parts.twins, parts.study),
      bandLevels: parts.twins.bandLevels,
      scores: parts.twins.twins.map((twin) => ({
        patientId: twin.patientId,
        arm: twin.arm,
        score: twin.prognosticScore,
        outOfSupport: twin.support.outOfSupport,
      })),
    },
    sizing: parts.sizing,
    simulation: parts.simulation,
    analyses: parts.analyses,
    calculations: parts.calculations,
    timing: parts.timing,
    environment: parts.environment,
    members: parts.members,
    audit: parts.audit,
    attestations: parts.attestations,
    changes: parts.changes,
    reviewer: parts.reviewer,
  });
}

/** The patient with the middle score of each arm: neither the best nor the worst fit is picked by hand. */
function exampleTwins(twins: TwinSet, study: StudySpecification): Twin[] {
  return study.arms.flatMap((arm) => {
    const sorted = twins.twins
      .filter((twin) => twin.arm === arm.id)
      .sort((a, b) => a.prognosticScore - b.prognosticScore || (a.patientId < b.patientId ? -1 : 1));
    const middle = sorted[Math.floor((sorted.length - 1) / 2)];
    return middle === undefined ? [] : [middle];
  });
}

function sharedPatients(historical: LongDataSet, enrolled: LongDataSet): number {
  const known = new Set(historical.patients.map((patient) => patient.id));
  return enrolled.patients.filter((patient) => known.has(patient.id)).length;
}

function assertSame(argument: string, received: string, wanted: string, what: string, hint: string): void {
  if (received !== wanted) {
    throw invalidInput(argument, received.slice(0, 16), `must be the hash of ${what} (${wanted.slice(0, 16)}…)`, hint);
  }
}
