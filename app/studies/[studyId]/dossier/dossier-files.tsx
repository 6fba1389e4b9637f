"use client";
import { Button, CopyButton } from "@mantine/core";
import { formatCount, formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { Facts } from "../../../_components/table/facts.tsx";
import classes from "./dossier.module.css";
import { type Dossier, fileHref, folderName } from "./dossier-types.ts";

/** The files of the folder with what identifies them, and how anybody checks them without this program's server. */
export function DossierFiles({ dossier }: { dossier: Dossier }) {
  const command = `npx understudy verify understudy-dossier-v${dossier.version}`;
  return (
    <Section
      title="Files"
      side={
        <Button component="a" href={fileHref(dossier.id, folderName, true)} download variant="default">
          Download the folder (ZIP)
        </Button>
      }
    >
      <DataTable
        caption="Files of the dossier"
        captionHidden
        rows={dossier.files}
        rowKey={(row) => row.name}
        columns={[
          {
            key: "name",
            title: "File",
            render: (row) => (
              <a href={fileHref(dossier.id, row.name, true)} download>
                {row.name}
              </a>
            ),
          },
          { key: "bytes", title: "Size", unit: "bytes", align: "right", render: (row) => formatCount(row.bytes) },
          { key: "hash", title: "SHA-256", render: (row) => <span className="hash">{row.hash}</span> },
        ]}
      />
      <div className={classes.verify}>
        <p>
          <strong>How to verify.</strong> Download the folder, unpack it, and run the command in a copy of the program;
          it needs neither server nor database. It checks every hash, every signature and the audit chain, and makes the
          numbers again; with --rerun it also repeats the simulation bit for bit.
        </p>
        <code>{command}</code>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy the command"}
            </Button>
          )}
        </CopyButton>
      </div>
      <Facts
        items={[
          [
            "SHA-256 of the record",
            <span key="record" className="hash">
              {dossier.recordHash}
            </span>,
          ],
          [
            "SHA-256 of the PDF",
            <span key="pdf" className="hash">
              {dossier.pdfHash}
            </span>,
          ],
          ["Built", `${formatUtc(dossier.createdAt)} by ${dossier.createdBy}: ${dossier.reason}`],
        ]}
      />
    </Section>
  );
}
