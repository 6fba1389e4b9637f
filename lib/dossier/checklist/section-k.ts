import { VALIDATION } from "../sections/validation.ts";
import {
  allOf,
  type ChecklistPoint,
  fail,
  holds,
  human,
  machine,
  matchedIn,
  notApplicable,
  pass,
  printedIn,
} from "./checklist-point.ts";
import { inputHashes, missingFrom, tight } from "./evidence.ts";

/** Reproducibility, audit, signature. */
export const SECTION_K: readonly ChecklistPoint[] = [
  machine("K1!", "Run manifest: version, commit, lock hash, runtime, seeds, input and output hashes", (e) => {
    const { environment, datasets, model, twins, simulation } = e.record;
    return printedIn(
      e,
      "reproducibility",
      [
        environment.appVersion,
        environment.gitCommit,
        environment.lockHash,
        environment.node,
        environment.operatingSystem,
        String(model.training.seed),
        String(simulation.spec.seed),
        ...datasets.flatMap(inputHashes),
        model.hash,
        twins.hash,
      ],
      "Manifest",
    );
  }),
  machine("K2!", "Record hash and how to verify; same run id on every page", (e) => {
    const without = e.pdf.pages
      .filter((page) => !tight(page.text).includes(tight(e.record.runId)))
      .map((page) => page.number);
    return allOf(
      holds(
        without.length === 0,
        `The run id stands on all ${e.pdf.pages.length} pages.`,
        `The run id is missing on pages ${without.join(", ")}.`,
      ),
      printedIn(
        e,
        "reproducibility",
        [e.recordHash, "understudy verify"],
        "Record hash (recomputed from results.json) and how to verify",
      ),
    );
  }),
  machine("K3", "Result of a bit-identical rerun", (e) =>
    matchedIn(e, "reproducibility", [/bit-identical|bitforbit/i], "Rerun"),
  ),
  machine("K4!", "Audit-trail extract: who, what (old → new), when (UTC), why", (e) =>
    e.record.audit.events.length === 0
      ? fail("The audit extract is empty.")
      : allOf(
          printedIn(
            e,
            "reproducibility",
            e.record.audit.events
              .slice(-5)
              .flatMap((event) => [
                `${event.actor} (${event.role})`,
                event.action,
                event.atUtc.slice(0, 10),
                event.change,
                event.reason,
              ]),
            "Last audit events",
          ),
          printedIn(e, "reproducibility", [e.record.audit.headHash], "Head of the chain"),
        ),
  ),
  machine("K5", "Audit trail append-only, hash-chained, cannot be disabled", (e) =>
    allOf(
      holds(
        e.record.audit.events.every((event, index, all) => index === 0 || event.previousHash === all[index - 1]?.hash),
        "The extract's events link to one another.",
        "The extract's events do not link to one another.",
      ),
      matchedIn(e, "reproducibility", [/append-only/i], "Statement"),
    ),
  ),
  machine("K6", "Signature block: printed name, date and time, meaning", (e) =>
    e.signatures.length === 0
      ? fail("Nobody has signed yet.")
      : printedIn(
          e,
          "reproducibility",
          e.signatures.flatMap((one) => [one.printedName, one.atUtc.slice(0, 10), one.meaning]),
          "Signatures",
        ),
  ),
  machine("K7", "Signature bound to the record (hash in the signature)", (e) =>
    e.signatures.length === 0
      ? fail("Nobody has signed yet.")
      : holds(
          e.signatures.every((one) => one.recordHash === e.recordHash),
          "Every signature carries the hash of this record.",
          "A signature belongs to another record.",
        ),
  ),
  machine("K8", "Roles and access list", (e) =>
    printedIn(
      e,
      "reproducibility",
      e.record.members.flatMap((member) => [member.name, member.role]),
      "Members and roles",
    ),
  ),
  machine("K9", "Validation summary: requirements, tests, results", (e) =>
    matchedIn(e, "reproducibility", [/validation/i, /tests/i], "Validation summary"),
  ),
  machine("K10", "Comparison with reference packages, with tolerances", (e) =>
    printedIn(
      e,
      "reproducibility",
      VALIDATION.map((row) => row.join("")),
      "Requirements with reference packages and tolerances",
    ),
  ),
  machine("K11", "Change history of the report", (e) =>
    printedIn(
      e,
      "changes",
      e.record.changes.map((change) => change.what),
      "Change history",
    ),
  ),
  machine("K12", "Draft watermark until signed", (e) => {
    const drafts = e.pdf.pages.filter((page) => /DRAFT/.test(page.text)).length;
    return e.signatures.length === 0
      ? holds(
          drafts === e.pdf.pages.length,
          "DRAFT stands on every page.",
          `DRAFT stands on ${drafts} of ${e.pdf.pages.length} pages of an unsigned report.`,
        )
      : holds(
          drafts === 0,
          "The signed report carries no draft mark.",
          `DRAFT stands on ${drafts} pages of a signed report.`,
        );
  }),
  machine("K13", "Human- and machine-readable copies (PDF and JSON)", (e) =>
    missingFrom(tight(e.pdf.pages.map((page) => page.text).join(" ")), ["results.json"]).length === 0
      ? pass("results.json lies beside the PDF and is named in it; this check read it.")
      : fail("The PDF does not name results.json."),
  ),
  human("K14", "regulatory", "Record retention and time source statement"),
  machine("K15", "Log of unplanned unblinding and data access", (e) =>
    e.record.timing.outcomesFirstAccessedAtUtc === null
      ? notApplicable("Outcomes of the enrolled trial were not accessed.")
      : matchedIn(e, "reproducibility", [/access/i, /outcome|blind/i], "Data access"),
  ),
];
