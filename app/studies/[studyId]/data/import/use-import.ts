"use client";
import { useEffect, useState } from "react";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import type { StudySpecification } from "../../../../../lib/trial/study-specification.ts";
import { useUrlState } from "../../../../_lib/url-state.ts";
import { alignWithStudy } from "./align-with-study.ts";
import { completeDraft, type Upload } from "./import-draft.ts";

export const importSteps = ["file", "mapping", "quality", "confirm"] as const;
export type ImportStep = (typeof importSteps)[number];

interface StoredImport {
  readonly upload: Upload;
  readonly draft: MappingSpec;
}

const storageKey = (uploadId: string) => `understudy-import:${uploadId}`;

/** The import in progress: which file, the mapping so far, which step. Kept for this tab, so that a refresh loses nothing. */
export function useImport(studyId: string, specification: StudySpecification) {
  const { params, write } = useUrlState();
  const uploadId = params.get("upload");
  const [stored, setStored] = useState<StoredImport | null>(null);
  const [refused, setRefused] = useState<Upload | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [reading, setReading] = useState(false);

  useEffect(() => {
    if (uploadId === null) return setStored(null);
    const text = window.sessionStorage.getItem(storageKey(uploadId));
    if (text !== null) setStored(JSON.parse(text) as StoredImport);
  }, [uploadId]);

  function keep(next: StoredImport) {
    setStored(next);
    if (next.upload.uploadId === null) return;
    window.sessionStorage.setItem(storageKey(next.upload.uploadId), JSON.stringify(next));
  }

  async function read(file: File) {
    setReading(true);
    setFailure(null);
    setRefused(null);
    try {
      const response = await fetch(`/api/uploads?studyId=${studyId}`, {
        method: "POST",
        headers: { "x-file-name": encodeURIComponent(file.name), "content-type": "application/octet-stream" },
        body: file,
      });
      const answer: unknown = await response.json();
      if (!isUpload(answer)) return setFailure(messageOf(answer, response.status));
      if (answer.uploadId === null || answer.table === null) return setRefused(answer);
      keep({
        upload: answer,
        draft: completeDraft(
          alignWithStudy(answer.suggestion?.mapping ?? {}, specification),
          specification,
          answer.fileName,
        ),
      });
      write({ upload: answer.uploadId, step: "mapping" }, "push");
    } catch {
      setFailure("The file did not reach the server. Check that it is running, then choose the file again.");
    } finally {
      setReading(false);
    }
  }

  const wanted = params.get("step");
  const step: ImportStep =
    stored === null ? "file" : (importSteps.find((candidate) => candidate === wanted) ?? "mapping");
  return {
    step,
    goTo: (next: ImportStep) => write(next === "file" ? { upload: null, step: null } : { step: next }, "push"),
    upload: stored?.upload ?? null,
    draft: stored?.draft ?? null,
    setDraft: (draft: MappingSpec) => stored !== null && keep({ ...stored, draft }),
    read,
    reading,
    refused,
    failure,
  };
}

function isUpload(answer: unknown): answer is Upload {
  return typeof answer === "object" && answer !== null && "fileHash" in answer && "problems" in answer;
}

function messageOf(answer: unknown, status: number): string {
  for (const key of ["message", "error"] as const) {
    if (typeof answer === "object" && answer !== null && key in answer) {
      const text = (answer as Record<string, unknown>)[key];
      if (typeof text === "string") return text;
      if (typeof text === "object" && text !== null && "message" in text) return String(text.message);
    }
  }
  return `The server refused the file (HTTP ${status}).`;
}
