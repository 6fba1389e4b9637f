"use client";
import { Button } from "@mantine/core";
import { formatCount, formatQuantity, MISSING } from "../../../../../lib/reporting/format-number.ts";
import { csvText, downloadText, fileNameFrom } from "../../../../_components/chart/download.ts";
import { DataTable, type TableColumn } from "../../../../_components/table/data-table.tsx";

interface Problem {
  readonly row: number | null;
  readonly line?: number | null | undefined;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
}

const shownLimit = 200;

const columns: readonly TableColumn<Problem>[] = [
  {
    key: "row",
    title: "Row",
    align: "right",
    render: (problem) => (problem.row === null ? "file" : formatCount(problem.row)),
  },
  { key: "column", title: "Column", render: (problem) => problem.column ?? MISSING },
  { key: "message", title: "What is wrong", render: (problem) => problem.message },
  { key: "code", title: "Code", render: (problem) => <span className="hash">{problem.code}</span> },
];

/** Every fault with its row and column; all of them in the download. */
export function ProblemTable(props: { problems: readonly Problem[]; omitted: number; fileName: string }) {
  const { problems } = props;
  if (problems.length === 0) return <p style={{ fontSize: "0.875rem", margin: 0 }}>No fault was found in the file.</p>;

  function download() {
    const rows = problems.map((problem) => [
      problem.row === null ? "" : String(problem.row),
      problem.line === null || problem.line === undefined ? "" : String(problem.line),
      problem.column ?? "",
      problem.code,
      problem.message,
    ]);
    downloadText(
      `${fileNameFrom(props.fileName)}-faults.csv`,
      "text/csv",
      csvText(["row", "line", "column", "code", "message"], rows),
    );
  }

  return (
    <>
      <div
        style={{
          display: "flex",
          justifyContent: "space-between",
          gap: "0.75rem",
          marginBottom: "0.5rem",
          flexWrap: "wrap",
        }}
      >
        <span style={{ fontSize: "0.875rem" }}>
          {formatQuantity(problems.length + props.omitted, "fault")}
          {problems.length > shownLimit && `; the first ${shownLimit} are shown`}
          {props.omitted > 0 && `; ${formatCount(props.omitted)} beyond the listed ones`}
        </span>
        <Button variant="default" onClick={download}>
          Download {formatQuantity(problems.length, "fault")} as CSV
        </Button>
      </div>
      <DataTable
        caption="Faults of the file"
        captionHidden
        columns={columns}
        rows={problems.slice(0, shownLimit)}
        rowKey={(problem, index) => `${index}:${problem.code}`}
        maxHeight="26rem"
      />
    </>
  );
}
