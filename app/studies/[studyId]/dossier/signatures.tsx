import { formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { ShortHash } from "../../../_components/table/short-hash.tsx";
import type { Dossier } from "./dossier-types.ts";
import { meaningWords } from "./signature-words.ts";

/** Who signed what, when, and with what meaning. */
export function Signatures({ dossier }: { dossier: Dossier }) {
  return (
    <Section
      title="Signatures"
      note="A signature binds to the SHA-256 of the record, which is printed in the PDF; the PDF's own SHA-256 stands in the manifest."
    >
      <DataTable
        caption="Signatures"
        captionHidden
        rows={dossier.signatures}
        rowKey={(row) => `${row.printedName}:${row.atUtc}`}
        empty={dossier.state === "draft" ? "None: a draft is locked before it is signed." : "None yet."}
        columns={[
          { key: "name", title: "Printed name", render: (row) => row.printedName },
          { key: "role", title: "Role", render: (row) => row.role },
          { key: "meaning", title: "Meaning", render: (row) => meaningWords[row.meaning] },
          { key: "at", title: "When", unit: "UTC", render: (row) => formatUtc(row.atUtc).replace(" UTC", "") },
          { key: "hash", title: "SHA-256 of the record", render: (row) => <ShortHash value={row.recordHash} /> },
        ]}
      />
    </Section>
  );
}
