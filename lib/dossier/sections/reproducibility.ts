import { formatCount, formatUtc, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import type { Signature } from "../dossier-record.ts";
import { bullets, code, columns, heading, paragraph, prose, see, strong, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";
import { validationBlocks } from "./validation.ts";

/** Audit events printed; the whole trail stays with the study. */
const EVENTS_SHOWN = 25;

/** How to make every number again, who did what, and what a signature binds to. */
export function reproducibilitySection(
  context: DossierContext,
  recordHash: string,
  signatures: readonly Signature[],
): ReportBlock[] {
  return [
    heading(1, "reproducibility", SECTION_TITLES.reproducibility),
    ...manifestBlocks(context, recordHash),
    ...validationBlocks(),
    ...auditBlocks(context),
    ...signatureBlocks(context, recordHash, signatures),
  ];
}

function manifestBlocks({ record }: DossierContext, recordHash: string): ReportBlock[] {
  const { environment, model, simulation, twins, datasets } = record;
  return [
    heading(2, "reproducibility-manifest", "Run manifest"),
    paragraph`${see("table-manifest")} names everything that determines the numbers of this report. The machine-readable copy is results.json, which lies beside this PDF; the SHA-256 of this PDF itself stands in manifest.json. To verify the folder, run ${code("understudy verify FOLDER")}: it recomputes the hashes of all files, compares the record hash printed here with results.json, follows the audit extract and recomputes the sample size.`,
    table({
      id: "table-manifest",
      title: "Run manifest",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        ["Run", record.runId],
        ["Record: SHA-256 of results.json", recordHash],
        ["Program version", environment.appVersion],
        ["Engine version", record.engineVersion],
        ["Git commit", environment.gitCommit],
        ["SHA-256 of the dependency lock file", environment.lockHash],
        ["Runtime", `Node.js ${environment.node}`],
        ["Operating system", environment.operatingSystem],
        ["Seed of the training", String(model.training.seed)],
        ["Seed of the simulation", String(simulation.spec.seed)],
        ...datasets.flatMap((dataset) => [
          [`Input file, ${dataset.name}`, dataset.fileHash],
          ...(dataset.subjectsFile === undefined
            ? []
            : [[`Patient-level file, ${dataset.name}`, dataset.subjectsFile.fileHash]]),
          [`Data set, ${dataset.name}`, dataset.dataHash],
        ]),
        ["Frozen model", model.hash],
        ["Twins", twins.hash],
      ],
    }),
    paragraph`Rerun: all numbers follow from the inputs, specifications, seeds and engine version of the table and are the same bit for bit on any number of workers; the rerun for this version was not made by the program that wrote this report and is for the reviewer, who compares the record hash.`,
  ];
}

function auditBlocks({ record }: DossierContext): ReportBlock[] {
  const { audit } = record;
  const shown = audit.events.slice(-EVENTS_SHOWN);
  const accessed = record.timing.outcomesFirstAccessedAtUtc;
  return [
    heading(2, "reproducibility-audit", "Audit trail"),
    paragraph`The audit trail is append-only and hash-chained: every event carries the hash of the one before, and no user can switch it off. ${see("table-audit")} shows the last ${formatCount(shown.length)} of ${formatCount(audit.total)} events. The head of the chain at the time of this report is event ${String(audit.headSequence)} with the hash in ${see("table-audit-head")}; a trail that was cut off later ends before it.`,
    table({
      id: "table-audit",
      title: "Extract of the audit trail",
      population: "",
      columns: columns(">No.", "When (UTC)", "Who (role)", "What", "Change, old → new; why"),
      rows: shown.map((event) => [
        String(event.sequence),
        formatUtc(event.atUtc).replace(" UTC", ""),
        `${event.actor} (${event.role})`,
        event.subject === "" ? event.action : `${event.action}: ${event.subject}`,
        [event.change, event.reason].filter((text) => text !== "").join("; "),
      ]),
      notes: [`${MISSING}: not given. The whole trail is kept with the study and exported as JSON.`],
    }),
    table({
      id: "table-audit-head",
      title: "Head of the audit chain",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        ["Event", String(audit.headSequence)],
        ["Hash", audit.headHash],
      ],
    }),
    paragraph`Access to outcomes: ${accessed === null ? "outcomes of enrolled patients have not been accessed." : `outcomes of enrolled patients were first accessed on ${formatUtc(accessed)}.`} No unplanned unblinding is recorded in the extract. Instants come from the server's clock; the record does not state its synchronisation.`,
  ];
}

function signatureBlocks(
  { record }: DossierContext,
  recordHash: string,
  signatures: readonly Signature[],
): ReportBlock[] {
  return [
    heading(2, "reproducibility-signatures", "Roles and signatures"),
    paragraph`Roles with access are listed in ${see("table-access")}; signatures in ${see("table-signatures")}. A signature is given after re-authentication and consists of the printed name, the instant (UTC) and the meaning; what is signed is the SHA-256 of results.json, so that a changed record is no longer signed.`,
    table({
      id: "table-access",
      title: "Roles and access",
      population: "",
      columns: columns("Name", "Role"),
      rows: record.members.map((member) => [member.name, member.role]),
    }),
    table({
      id: "table-signatures",
      title: "Signatures",
      population: "",
      columns: columns("Item", "Value"),
      rows:
        signatures.length === 0
          ? [
              ["Printed name, meaning, instant", "none yet: this report is a draft"],
              ["Hash to be signed", recordHash],
            ]
          : signatures.flatMap((signature) => [
              [
                "Printed name, meaning, instant",
                `${signature.printedName} (${signature.role}), ${signature.meaning}, ${formatUtc(signature.atUtc)}`,
              ],
              ["Hash signed", signature.recordHash],
            ]),
    }),
    bullets(
      prose`${strong("Retention. ")}The folder (PDF, results.json, checklist, signatures, twins with ADTWIN, manifest) is the record to be kept; it needs no program to be read.`,
      prose`${strong("Watermark. ")}An unsigned report carries a draft watermark on every page.`,
    ),
  ];
}
