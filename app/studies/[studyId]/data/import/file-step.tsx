"use client";
import { Button, FileButton } from "@mantine/core";
import { type DragEvent, useState } from "react";
import { defaultMaxBytes, formatBytes } from "../../../../../lib/data/file-size.ts";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { PermittedButton } from "../../../../_components/form/permitted-button.tsx";
import { useRefusal } from "../../../../_lib/use-refusal.ts";
import classes from "./import.module.css";
import { acceptedFiles, RefusedFiles } from "./refused-files.tsx";
import type { useImport } from "./use-import.ts";

/** Drop or choose a file; a file that cannot be read answers with every fault at once. */
export function FileStep({ work }: { work: ReturnType<typeof useImport> }) {
  const [over, setOver] = useState(false);
  const refusal = useRefusal("data.import");

  function onDrop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined && refusal === null) void work.read(file);
  }

  return (
    <>
      {refusal !== null && (
        <Notice tone="information" title="You can look, but not import">
          {refusal}
        </Notice>
      )}
      {work.lost && (
        <Notice tone="warning" title="This import was begun in another tab or on another device">
          Its mapping is kept there. Nothing was stored; choose the file again to begin anew.
        </Notice>
      )}
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
          accept={acceptedFiles}
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
          CSV, SAS transport XPT (v5, v8) or CDISC Dataset-JSON 1.1 (also compressed), at most{" "}
          {formatBytes(defaultMaxBytes)}. The file stays on this server.
        </small>
        <span role="status">{work.reading ? "Reading the file…" : ""}</span>
      </div>
      <div className={classes.beside}>
        <SubjectsChoice work={work} />
      </div>
      <RefusedFiles files={work.refused} />
    </>
  );
}

/** A file with one row a patient, chosen before the data file; both are then read together. */
function SubjectsChoice({ work }: { work: ReturnType<typeof useImport> }) {
  if (work.subjectsFile !== null)
    return (
      <>
        <span>
          Patient-level file: <strong>{work.subjectsFile.name}</strong>. It is read together with the data file; choose
          that now.
        </span>
        <Button variant="default" onClick={() => work.chooseSubjects(null)}>
          Without it
        </Button>
      </>
    );
  return (
    <>
      <span>
        Do age, sex or other characteristics stand in a file of their own with one row a patient, such as ADSL?
      </span>
      <FileButton
        accept={acceptedFiles}
        onChange={(file) => file !== null && work.chooseSubjects(file)}
        inputProps={{ "aria-label": "Patient-level file" }}
      >
        {(props) => (
          <PermittedButton needs="data.import" {...props} variant="default" disabled={work.reading}>
            Choose it first
          </PermittedButton>
        )}
      </FileButton>
    </>
  );
}
