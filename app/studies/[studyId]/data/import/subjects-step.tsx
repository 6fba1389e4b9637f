"use client";
import { FileButton } from "@mantine/core";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { PermittedButton } from "../../../../_components/form/permitted-button.tsx";
import { FilePreview } from "./file-preview.tsx";
import { acceptedFiles, RefusedFiles } from "./refused-files.tsx";
import type { useImport } from "./use-import.ts";

/** The file with one row a patient that is joined to the data file: shown, added or replaced. */
export function SubjectsStep({ work }: { work: ReturnType<typeof useImport> }) {
  const { upload, draft } = work;
  if (upload === null || draft === null) return null;
  const { subjects } = upload;
  return (
    <>
      {subjects !== null && (
        <FilePreview file={subjects} table={subjects.table} title={`First rows of the patient-level file`} />
      )}
      <Section
        title="Patient-level file"
        note={
          subjects === null
            ? "A file with one row a patient (e.g. ADSL) gives its columns to every record of the patient, so that they can be mapped below."
            : `${subjects.fileName} is joined by ${draft.patient.column || "the patient column"}; columns that the data file has itself are not replaced.`
        }
      >
        {work.failure !== null && (
          <Notice tone="failure" title="The file was not accepted">
            {work.failure}
          </Notice>
        )}
        <FileButton
          accept={acceptedFiles}
          onChange={(file) => file !== null && void work.readSubjects(file)}
          inputProps={{ "aria-label": "Patient-level file" }}
        >
          {(props) => (
            <PermittedButton needs="data.import" {...props} variant="default" loading={work.reading}>
              {subjects === null ? "Add a patient-level file" : "Replace the patient-level file"}
            </PermittedButton>
          )}
        </FileButton>
        <RefusedFiles files={work.refused} />
      </Section>
    </>
  );
}
