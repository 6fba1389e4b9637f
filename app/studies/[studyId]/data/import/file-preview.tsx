import { Section } from "../../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../../_components/table/data-table.tsx";
import type { UploadedFile, UploadedTable } from "./import-draft.ts";

const formats: Readonly<Record<string, string>> = {
  csv: "CSV",
  "xpt-v5": "SAS transport v5",
  "xpt-v8": "SAS transport v8",
  "dataset-json": "CDISC Dataset-JSON",
};

/** First rows of the file as read, with the type found for every column. */
export function FilePreview(props: { file: UploadedFile; table: UploadedTable | null; title: string }) {
  const { file, table } = props;
  if (table === null) return null;
  const depth = Math.max(0, ...table.columns.map((column) => column.firstValues.length));
  return (
    <Section
      title={props.title}
      note={`${formats[table.format] ?? table.format}${table.label === "" ? "" : `: ${table.label}`}. SHA-256 ${file.fileHash}`}
    >
      <DataTable
        caption={`First rows of ${file.fileName}`}
        captionHidden
        nowrap
        maxHeight="17rem"
        rows={Array.from({ length: depth }, (_, row) => row)}
        rowKey={(row) => String(row)}
        columns={[
          { key: "row", title: "Row", align: "right", render: (row) => row + 1 },
          ...table.columns.map((column) => ({
            key: column.name,
            title: <span title={column.label}>{column.name}</span>,
            unit: column.kind,
            align: column.kind === "number" ? ("right" as const) : ("left" as const),
            render: (row: number) => column.firstValues[row] ?? "",
          })),
        ]}
      />
    </Section>
  );
}
