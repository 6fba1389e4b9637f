import { readdirSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { calculate } from "../../lib/calculation/calculate.ts";
import { calculationSpecSchema } from "../../lib/calculation/calculation-spec.ts";
import { mappingSpecSchema } from "../../lib/data/mapping-spec.ts";
import { assembleRecord, type ImportedSource } from "../../lib/dossier/assemble-record.ts";
import { countByStatus } from "../../lib/dossier/checklist/evaluate-checklist.ts";
import { type AuditEvent, dossierRecordSchema } from "../../lib/dossier/dossier-record.ts";
import { manifestSchema } from "../../lib/dossier/manifest.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import { simulationResultSchema } from "../../lib/simulation/simulation-document.ts";
import { sizingResultSchema } from "../../lib/sizing/sizing-document.ts";
import { studySpecificationSchema } from "../../lib/trial/study-specification.ts";
import { analysisResultsSchema } from "../../lib/trial-analysis/analysis-plan.ts";
import { twinSetSchema } from "../../lib/twins/twin-document.ts";
import { auditHash, CHAIN_START } from "../../server/audit/audit-chain.ts";
import { programVersion } from "../../server/program-version.ts";
import { dossierPartFaults } from "../check-dossier-parts.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { type ImportedFile, importFile } from "../data-input.ts";
import { makeFolder, readDocument, writeAllWhole } from "../documents.ts";
import { type DossierPlan, dossierPlanSchema } from "../dossier-plan.ts";
import { readModel } from "../model-input.ts";
import { progressReporter } from "../progress.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Writes the dossier folder from the files that a plan names. */
export const dossierCommand: Command = {
  name: "dossier",
  summary: "write the dossier folder: PDF, results.json, checklist, twins (also as ADTWIN), manifest",
  usage: "usage: understudy dossier PLAN.json --out FOLDER [--created ISO-TIME]",
  takesArgument: true,
  options: [
    { name: "out", kind: "value", argument: "FOLDER", help: "new or empty folder to write into" },
    {
      name: "created",
      kind: "value",
      argument: "TIME",
      help: "time of the record, ISO 8601 in UTC (default: now); the same time gives the same bytes",
    },
  ],
  documents: [
    { title: "plan", schema: dossierPlanSchema },
    { title: "study", schema: studySpecificationSchema },
    { title: "results", schema: dossierRecordSchema },
    { title: "manifest", schema: manifestSchema },
  ],
  async run(call) {
    const [planFile, ...rest] = call.positionals;
    if (planFile === undefined || rest.length > 0)
      throw new UsageError([`give exactly one plan. ${dossierCommand.usage}`]);
    const plan = readDocument(planFile, dossierPlanSchema, "plan");
    const out = emptyFolder(call.required("out"));
    const createdAtUtc = createdAt(call);
    const { record, twins } = await recordOf(plan, dirname(resolve(planFile)), createdAtUtc);
    // Loaded here: the PDF parts are slow to load, and no other command needs them.
    const { makeDossier } = await import("../../server/reports/write-dossier.ts");
    const dossier = await makeDossier(record, [], twins, progressReporter("dossier"));
    writeAllWhole(dossier.files.map((file) => ({ path: join(out, file.name), content: file.bytes })));
    const counts = countByStatus(dossier.checklist);
    process.stderr.write(
      `${dossier.pages} pages in ${out}; record SHA-256 ${dossier.recordHash}\nchecklist: ${counts.pass} pass, ${counts.fail} fail, ${counts.open} open, ${counts["not-applicable"]} not applicable\n`,
    );
  },
};

async function recordOf(plan: DossierPlan, folder: string, createdAtUtc: string) {
  const at = (path: string) => resolve(folder, path);
  const study = readDocument(at(plan.study), studySpecificationSchema, "plan.study");
  const imported = (part: DossierPlan["historical"], name: string) =>
    importFile(
      at(part.file),
      readDocument(at(part.mapping), mappingSpecSchema, `plan.${name}.mapping`),
      part.subjects === undefined ? undefined : at(part.subjects),
    );
  const model = readModel(at(plan.model), "plan.model");
  const twins = readDocument(at(plan.twins), twinSetSchema, "plan.twins");
  const sizing = readDocument(at(plan.sizing), sizingResultSchema, "plan.sizing");
  const simulation = readDocument(at(plan.simulation), simulationResultSchema, "plan.simulation");
  const analyses =
    plan.analyses === undefined ? null : readDocument(at(plan.analyses), analysisResultsSchema, "plan.analyses");
  const calculations = plan.calculations.map(({ name, spec: file }, index) => {
    const spec = readDocument(at(file), calculationSpecSchema, `plan.calculations.${index}`);
    return { name, spec, report: calculate(spec) };
  });
  const historical = imported(plan.historical, "historical");
  const enrolled = imported(plan.enrolled, "enrolled");
  const faults = dossierPartFaults({ study, historical, enrolled, model, twins, sizing, simulation });
  if (faults.length > 0) throw new UsageError(faults);
  const person = userName();
  const events = auditOf(person, createdAtUtc, [
    ["dataset.read", historical.fileName, filesOf(historical)],
    ["dataset.read", enrolled.fileName, filesOf(enrolled)],
    ["model.read", model.name, `model ${model.hash}`],
    ["twins.read", `${twins.twins.length} twins`, `twins ${twins.hash}`],
    ["dossier.build", study.protocolId, "record assembled from files"],
  ]);
  const head = events.at(-1);
  const runId = `run-${sha256Hex(`${createdAtUtc} ${model.hash} ${twins.hash} ${head?.hash}`).slice(0, 12)}`;
  const record = assembleRecord({
    runId,
    version: 1,
    createdAtUtc,
    study,
    historical: source(historical, createdAtUtc),
    enrolled: source(enrolled, createdAtUtc),
    model,
    twins,
    sizing,
    simulation,
    analyses,
    calculations,
    // Files carry no history of who saw what when; the app's audit trail does.
    timing: { planFrozenAtUtc: null, outcomesFirstAccessedAtUtc: null },
    environment: programVersion(ROOT),
    members: plan.persons.length > 0 ? plan.persons : [{ name: person, role: "statistician" }],
    audit: { events, total: events.length, headSequence: head?.sequence ?? 0, headHash: head?.hash ?? CHAIN_START },
    attestations: [],
    changes: [{ version: 1, atUtc: createdAtUtc, what: "First version, made on the command line" }],
    reviewer: null,
  });
  return { record, twins };
}

function source(file: ImportedFile, importedAtUtc: string): ImportedSource {
  const { fileName, fileBytes, fileHash, subjectsFile, mapping, data, report: quality } = file;
  return { fileName, fileBytes, fileHash, subjectsFile, version: 1, importedAtUtc, mapping, data, quality };
}

function filesOf({ fileHash, subjectsFile }: ImportedFile): string {
  return `file ${fileHash}${subjectsFile === null ? "" : `; patient-level file ${subjectsFile.fileName} ${subjectsFile.fileHash}`}`;
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

/** The run itself as a hash-chained trail: what was read, by whom, when. */
function auditOf(
  actor: string,
  atUtc: string,
  steps: readonly (readonly [action: string, subject: string, change: string])[],
): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (const [action, subject, change] of steps) {
    const event = {
      sequence: events.length + 1,
      atUtc,
      actor,
      role: "command line",
      action,
      subject,
      change,
      reason: "dossier made on the command line",
      previousHash: events.at(-1)?.hash ?? CHAIN_START,
    };
    events.push({ ...event, hash: auditHash(event) });
  }
  return events;
}

function createdAt(call: CommandCall): string {
  const given = call.value("created");
  const time = given === undefined ? new Date() : new Date(given);
  const isUtc = given === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(given);
  if (!isUtc || Number.isNaN(time.getTime()))
    throw new UsageError([`--created must be an ISO 8601 time in UTC such as 2026-01-31T12:00:00Z; received ${given}`]);
  return time.toISOString();
}

function emptyFolder(folder: string): string {
  try {
    makeFolder(folder);
  } catch {
    throw new UsageError([`--out: cannot make ${folder}; choose a folder you may write to`]);
  }
  if (readdirSync(folder).length > 0)
    throw new UsageError([
      `--out: ${folder} is not empty; a dossier is never written over another, choose a new folder`,
    ]);
  return folder;
}
