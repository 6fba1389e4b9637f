"use client";
import { FileButton } from "@mantine/core";
import { type DragEvent, useState } from "react";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { PermittedButton } from "../../../../_components/form/permitted-button.tsx";
import { ProblemTable } from "../_quality/problem-table.tsx";
import classes from "./import.module.css";
import type { useImport } from "./use-import.ts";

const accepted = ".csv,.tsv,.txt,.xpt,.json,.ndjson";

/** Drop or choose a file; a file that cannot be read answers with every fault at once. */
export function FileStep({ work }: { work: ReturnType<typeof useImport> }) {
  const [over, setOver] = useState(false);

  function onDrop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) void work.read(file);
  }

  return (
    <>
      {work.failure !== null && (
        <Notice tone="failure" title="The file was not accepted">
          {work.failure}
        </Notice>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same by keyboard */}
      <div
        className={classes.drop}
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <span>Drop a file here, or</span>
        <FileButton
          accept={accepted}
          onChange={(file) => file !== null && void work.read(file)}
          inputProps={{ "aria-label": "Data file" }}
        >
          {(props) => (
            <PermittedButton needs="data.import" {...props} size="sm" loading={work.reading}>
              Choose a file
            </PermittedButton>
          )}
        </FileButton>
        <small>
          CSV, SAS transport XPT (v5, v8) or CDISC Dataset-JSON 1.1, at most 200 MB. The file stays on this server.
        </small>
        <span role="status">{work.reading ? "Reading the file…" : ""}</span>
      </div>
      {work.refused !== null && (
        <section style={{ marginTop: "1rem" }}>
          <Notice tone="failure" title={`${work.refused.fileName} cannot be read`}>
            Nothing was stored. Repair the faults below and choose the file again.
          </Notice>
          <ProblemTable
            problems={work.refused.problems}
            omitted={work.refused.omitted}
            fileName={work.refused.fileName}
          />
        </section>
      )}
    </>
  );
}
