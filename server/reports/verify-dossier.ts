import type { RawTable } from "../../lib/data/raw-table.ts";
import { evaluateChecklist } from "../../lib/dossier/checklist/evaluate-checklist.ts";
import { missingFrom, type PdfEvidence, printedText } from "../../lib/dossier/checklist/evidence.ts";
import {
  type AuditEvent,
  type DossierRecord,
  dossierRecordSchema,
  type Signature,
  signatureSchema,
} from "../../lib/dossier/dossier-record.ts";
import {
  buildManifest,
  DOSSIER_FILES,
  type DossierFile,
  type Manifest,
  manifestSchema,
} from "../../lib/dossier/manifest.ts";
import { isCanonical } from "../../lib/dossier/record-hash.ts";
import { readTwinData, twinDataFiles } from "../../lib/dossier/twin-data-files.ts";
import { canonicalJson } from "../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import { parseFrozenModel } from "../../lib/progression/frozen-model.ts";
import { sizeControlArm } from "../../lib/sizing/size-control-arm.ts";
import { twinSetSchema } from "../../lib/twins/twin-document.ts";
import { twinSetHash } from "../../lib/twins/twin-set-hash.ts";
import { auditHash } from "../audit/audit-chain.ts";
import { inspectPdf } from "./inspect-pdf.ts";

export interface VerificationStep {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

/**
 * Checks a dossier folder against itself: hashes of the files, the record hash in the PDF, signatures, the audit extract,
 * the model's own hash, the sizing computed again, the checklist scored again.
 *
 * @returns Every step with what was found; a folder is good when all are ok. Nothing is thrown for a bad folder.
 */
export async function verifyDossier(files: readonly DossierFile[]): Promise<VerificationStep[]> {
  const byName = new Map(files.map((file) => [file.name, file.bytes]));
  const steps: VerificationStep[] = [];
  const step = (what: string, ok: boolean, found: string) => steps.push({ what, ok, found });
  const manifest = parse(byName.get(DOSSIER_FILES.manifest), manifestSchema);
  step(
    "The manifest is readable",
    manifest !== null,
    manifest === null ? "manifest.json is missing or damaged" : `run ${manifest.runId}`,
  );
  if (manifest !== null) checkFiles(manifest, byName, step);
  const results = byName.get(DOSSIER_FILES.results);
  const record = parse(results, dossierRecordSchema);
  step(
    "results.json follows its schema",
    record !== null,
    record === null ? "results.json is missing or damaged" : record.format,
  );
  if (record === null || results === undefined) return steps;
  const hash = sha256Hex(results);
  step("results.json is canonical", isCanonical(results), "its bytes are its canonical form");
  if (manifest !== null) step("The manifest names this record", isManifestOf(manifest, record, hash, byName), hash);
  const signatures = checkSignatures(byName.get(DOSSIER_FILES.signatures), hash, step);
  checkTwins(byName, record, step);
  checkRecord(record, step);
  const pdf = byName.get(DOSSIER_FILES.pdf);
  if (pdf === undefined) step("The PDF is there", false, `${DOSSIER_FILES.pdf} is missing`);
  else
    await checkPdf(
      pdf,
      { record, hash, signatures, twinData: readTwinData(files), checklist: byName.get(DOSSIER_FILES.checklist) },
      step,
    );
  return steps;
}

type Report = (what: string, ok: boolean, found: string) => void;

/** Every file of the manifest is there unchanged, and nothing else is: what no manifest covers, nobody has signed. */
function checkFiles(manifest: Manifest, byName: ReadonlyMap<string, Uint8Array>, step: Report): void {
  for (const entry of manifest.files) {
    const bytes = byName.get(entry.name);
    const found = bytes === undefined ? "missing" : sha256Hex(bytes);
    step(`${entry.name} is the file of the manifest`, found === entry.sha256, found);
  }
  const covered = new Set([DOSSIER_FILES.manifest, ...manifest.files.map(({ name }) => name)]);
  const others = [...byName.keys()].filter((name) => !covered.has(name)).sort();
  step(
    "The manifest covers every file of the folder",
    others.length === 0,
    others.length === 0
      ? `${manifest.files.length} files`
      : `not covered, so neither checked nor signed: ${others.join(", ")}; keep them outside of the folder`,
  );
}

/** Run, times and record hash are those of the record; the files were compared one by one. */
function isManifestOf(
  manifest: Manifest,
  record: DossierRecord,
  hash: string,
  byName: ReadonlyMap<string, Uint8Array>,
): boolean {
  const files = manifest.files.map(({ name }) => ({ name, bytes: byName.get(name) ?? new Uint8Array() }));
  return (
    canonicalJson({ ...buildManifest(record, hash, files), files: [] }) === canonicalJson({ ...manifest, files: [] })
  );
}

function checkSignatures(bytes: Uint8Array | undefined, hash: string, step: Report): Signature[] {
  const signatures = parse(bytes, signatureSchema.array());
  step(
    "Every signature is bound to this record",
    signatures?.every((signature) => signature.recordHash === hash) === true,
    signatures === null
      ? "signatures.json is missing or damaged"
      : signatures.length === 0
        ? "nobody has signed"
        : signatures.map((one) => `${one.printedName} (${one.meaning})`).join("; "),
  );
  return signatures ?? [];
}

/** The single twins need not be in a dossier; where they are, they are those that the record summarises. */
function checkTwins(byName: ReadonlyMap<string, Uint8Array>, record: DossierRecord, step: Report): void {
  const bytes = byName.get(DOSSIER_FILES.twins);
  if (bytes === undefined) return;
  const twins = parse(bytes, twinSetSchema);
  const found = twins === null ? "twins.json is damaged" : twinSetHash(twins);
  step("The twins are those of the record", twins?.hash === found && found === record.twins.hash, found);
  for (const name of [DOSSIER_FILES.adtwinXpt, DOSSIER_FILES.adtwinJson]) {
    const given = byName.get(name);
    if (given === undefined) continue;
    const made = twins === null ? undefined : twinDataFiles(record, twins).find((file) => file.name === name)?.bytes;
    step(`${name} holds these twins`, made !== undefined && sha256Hex(made) === sha256Hex(given), sha256Hex(given));
  }
}

function checkRecord(record: DossierRecord, step: Report): void {
  step("The model is the one that was frozen", isModelIntact(record.model), record.model.hash);
  const again = sizeControlArm(record.sizing.spec);
  step(
    "The sizes come out again",
    canonicalJson(again.rows) === canonicalJson(record.sizing.rows),
    again.rows.map((row) => `${row.analysis} ${row.total}`).join(", "),
  );
  const broken = firstBroken(record.audit.events);
  const last = record.audit.events.at(-1);
  step(
    "The audit extract is an unbroken chain up to the printed head",
    broken === null && last !== undefined && last.hash === record.audit.headHash,
    broken === null
      ? `${record.audit.events.length} of ${record.audit.total} events, head ${record.audit.headHash}`
      : `broken at event ${broken}`,
  );
}

function isModelIntact(model: unknown): boolean {
  try {
    parseFrozenModel(model);
    return true;
  } catch {
    return false;
  }
}

/** Sequence number of the first event whose hash or link is wrong; null when there is none. */
function firstBroken(events: readonly AuditEvent[]): number | null {
  for (const [index, event] of events.entries()) {
    const previous = events[index - 1];
    if (auditHash(event) !== event.hash || (previous !== undefined && previous.hash !== event.previousHash))
      return event.sequence;
  }
  return null;
}

interface PdfContext {
  readonly record: DossierRecord;
  readonly hash: string;
  readonly signatures: readonly Signature[];
  readonly twinData: readonly RawTable[];
  readonly checklist: Uint8Array | undefined;
}

async function checkPdf(bytes: Uint8Array, context: PdfContext, step: Report): Promise<void> {
  let pdf: PdfEvidence;
  try {
    pdf = await inspectPdf(bytes, DOSSIER_FILES.pdf);
  } catch {
    return step("The PDF is readable", false, "it cannot be opened");
  }
  const evidence = {
    pdf,
    record: context.record,
    recordHash: context.hash,
    signatures: context.signatures,
    twinData: context.twinData,
  };
  step(
    "The PDF prints the hash of this record",
    missingFrom(printedText(evidence), [context.hash]).length === 0,
    context.hash,
  );
  step(
    "The PDF prints the head of the audit trail",
    missingFrom(printedText(evidence), [context.record.audit.headHash]).length === 0,
    context.record.audit.headHash,
  );
  const checklist = evaluateChecklist(evidence);
  const given = context.checklist === undefined ? "" : new TextDecoder().decode(context.checklist);
  const counts = (status: string) => checklist.filter((item) => item.status === status).length;
  step(
    "The checklist scores the same again",
    given === `${JSON.stringify(checklist, null, 2)}\n`,
    `${counts("pass")} pass, ${counts("fail")} fail, ${counts("open")} open, ${counts("not-applicable")} not applicable`,
  );
}

function parse<T>(
  bytes: Uint8Array | undefined,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): T | null {
  if (bytes === undefined) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
