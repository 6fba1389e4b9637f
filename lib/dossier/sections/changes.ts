import { formatUtc } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Changes of the plan after its freeze, and the versions of this report. */
export function changesSection({ record }: DossierContext): ReportBlock[] {
  const frozen = record.timing.planFrozenAtUtc;
  const later =
    frozen === null
      ? []
      : record.audit.events.filter((event) => event.atUtc > frozen && /specification|plan/.test(event.action));
  return [
    heading(1, "changes", SECTION_TITLES.changes),
    heading(2, "changes-plan", "Changes from the plan"),
    frozen === null
      ? paragraph`The plan of this study has not been frozen, so that no change from it can be told; everything in this report is provisional.`
      : later.length === 0
        ? paragraph`None. The plan was frozen on ${formatUtc(frozen)}; the audit extract of this report records no change of the specification after it.`
        : paragraph`The plan was frozen on ${formatUtc(frozen)}. ${String(later.length)} later events concern it: ${later.map((event) => `${formatUtc(event.atUtc)} ${event.action} (${event.reason})`).join("; ")}.`,
    heading(2, "changes-history", "Change history of the report"),
    paragraph`Versions of this report are listed in ${see("table-changes")}.`,
    table({
      id: "table-changes",
      title: "Versions of the report",
      population: "",
      columns: columns(">Version", "Made", "What changed"),
      rows: record.changes.map((change) => [String(change.version), formatUtc(change.atUtc), change.what]),
    }),
  ];
}
