import { Notice } from "../../../../_components/feedback/notice.tsx";
import { ProblemTable } from "../_quality/problem-table.tsx";
import type { Upload } from "./import-draft.ts";

export const acceptedFiles = ".csv,.tsv,.txt,.xpt,.json,.ndjson,.dsjc,.gz";

/** Every fault of every file that could not be read. */
export function RefusedFiles({ files }: { files: readonly Upload[] }) {
  return files.map((file) => (
    <section key={`${file.fileName}:${file.fileHash}`} style={{ marginTop: "1rem" }}>
      <Notice tone="failure" title={`${file.fileName} cannot be read`}>
        Nothing was stored. Repair the faults below and choose the file again.
      </Notice>
      <ProblemTable problems={file.problems} omitted={file.omitted} fileName={file.fileName} />
    </section>
  ));
}
