import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** On which basis the data may be used, and who answers for what. */
export function governanceSection({ study, record }: DossierContext): ReportBlock[] {
  const simulated = study.dataOrigin === "simulated";
  return [
    heading(1, "governance", SECTION_TITLES.governance),
    heading(2, "governance-basis", "Basis of the use of data"),
    simulated
      ? paragraph`All patients of this dossier are simulated. No person's data were used and no consent is needed; ${see("table-basis")} names the generator.`
      : paragraph`The basis on which each source may be used is given in ${see("table-basis")}. Whether consent and data-use agreements cover the purpose is for the regulatory role to confirm (${see("appendixChecklist")}, point A8). Patients appear in this dossier under sequence numbers only.`,
    table({
      id: "table-basis",
      title: "Licence or agreement of each included source",
      population: "",
      columns: columns("Source", "Sponsor or owner", "Licence or agreement"),
      rows: study.sourceLog
        .filter((source) => source.decision === "included")
        .map((source) => [source.name, source.sponsor, source.licence]),
    }),
    heading(2, "governance-persons", "Responsible persons"),
    paragraph`The members of the workspace and their roles are listed in ${see("table-persons")}; each signs on the title page for what the meaning of the signature says. Independent reviewer: ${record.reviewer ?? "none named"}.`,
    table({
      id: "table-persons",
      title: "Members and roles",
      population: "",
      columns: columns("Name", "Role", "May"),
      rows: record.members.map((member) => [member.name, member.role, ROLE_RIGHTS[member.role] ?? "read"]),
      notes: ["Rights are enforced by the program for every write; every write leaves an audit event."],
    }),
  ];
}

/** What each role may do; the server's permission matrix in words. */
const ROLE_RIGHTS: Readonly<Record<string, string>> = {
  sponsor: "read; create studies; size; save designs; answer and lock for the sponsor",
  statistician: "all work on a study: import, train, size, design, simulate, build",
  regulatory: "read; answer points of the checklist; build, lock and sign dossiers",
  admin: "everything a statistician and a regulatory member may, and manage members",
};
