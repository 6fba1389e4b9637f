import type { ReportBlock } from "../../reporting/report-document.ts";
import { type ChecklistItem, countByStatus } from "../checklist/evaluate-checklist.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

const STATUS = { pass: "pass", fail: "FAIL", open: "open", "not-applicable": "n/a" } as const;

/** The report checklist as it was found when the generated file was read back. */
export function appendixChecklistSection(checklist: readonly ChecklistItem[] | null): ReportBlock[] {
  const title = heading(1, "appendixChecklist", SECTION_TITLES.appendixChecklist);
  if (checklist === null) return [title, paragraph`The checklist is scored on the generated file.`];
  const counts = countByStatus(checklist);
  const critical = countByStatus(checklist.filter((item) => item.critical));
  const sections = [...new Set(checklist.map((item) => item.section))];
  const open = checklist.filter((item) => item.status === "open");
  const failed = checklist.filter((item) => item.status === "fail");
  return [
    title,
    paragraph`Every point was scored by reading the generated files (PDF and results.json) back, never the intent. The report was then printed again with the score, until the score printed was the score found. Of ${String(checklist.length)} points ${String(counts.pass)} pass, ${String(counts.fail)} fail, ${String(counts.open)} wait for a person and ${String(counts["not-applicable"])} do not apply; of the critical points (!) ${String(critical.pass)} pass, ${String(critical.fail)} fail, ${String(critical.open)} wait for a person and ${String(critical["not-applicable"])} do not apply. ${see("table-checklist-summary")} counts them by section, ${see("table-checklist-open")} lists the points that a person must answer, with the role, ${see("table-checklist-failed")} those that fail, ${see("table-checklist")} all.`,
    table({
      id: "table-checklist-summary",
      title: "Report checklist by section",
      population: "",
      columns: columns("Section", ">Points", ">Pass", ">Fail", ">Open", ">Not applicable"),
      rows: sections.map((section) => {
        const items = checklist.filter((item) => item.section === section);
        const count = countByStatus(items);
        return [
          section,
          String(items.length),
          String(count.pass),
          String(count.fail),
          String(count.open),
          String(count["not-applicable"]),
        ];
      }),
    }),
    table({
      id: "table-checklist-open",
      title: "Points that wait for a person",
      population: "",
      columns: columns("Point", "Role", "What must be answered"),
      rows: open.length === 0 ? [["none", "", ""]] : open.map((item) => [label(item), item.role ?? "", item.text]),
    }),
    table({
      id: "table-checklist-failed",
      title: "Points that fail, with the reason found",
      population: "",
      columns: columns("Point", "Text", "Found"),
      rows: failed.length === 0 ? [["none", "", ""]] : failed.map((item) => [label(item), item.text, item.evidence]),
    }),
    table({
      id: "table-checklist",
      title: "All points of the report checklist",
      population: "",
      columns: columns("Point", "Text", "By", "Status"),
      rows: checklist.map((item) => [
        label(item),
        item.text,
        item.kind === "machine" ? "program" : (item.role ?? "person"),
        STATUS[item.status],
      ]),
      notes: ["!: critical. n/a: does not apply to this report. Reasons and evidence of every point: checklist.json."],
    }),
  ];
}

function label(item: ChecklistItem): string {
  return item.critical ? `${item.id} !` : item.id;
}
