"use client";
import { useEffect, useState } from "react";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import type { StudySpecification } from "../../../../../lib/trial/study-specification.ts";
import { useUrlState } from "../../../../_lib/url-state.ts";
import { alignWithStudy } from "./align-with-study.ts";
import { completeDraft, type Upload, withSubjects } from "./import-draft.ts";

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
  const [refused, setRefused] = useState<readonly Upload[]>([]);
  /** Chosen before the data file that it goes with; both are sent together. */
  const [subjectsFile, setSubjectsFile] = useState<File | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const [lost, setLost] = useState(false);

  useEffect(() => {
    if (uploadId === null) return setStored(null);
    const text = window.sessionStorage.getItem(storageKey(uploadId));
    setLost(text === null);
    if (text !== null) setStored(JSON.parse(text) as StoredImport);
  }, [uploadId]);

  function keep(next: StoredImport) {
    setStored(next);
    if (next.upload.uploadId === null) return;
    window.sessionStorage.setItem(storageKey(next.upload.uploadId), JSON.stringify(next));
  }

  /** Sends files one after the other; every one that cannot be read is reported, none of the others is lost by it. */
  async function sending(send: () => Promise<void>) {
    setReading(true);
    setFailure(null);
    setRefused([]);
    try {
      await send();
    } catch (error) {
      setFailure(
        error instanceof Refusal
          ? error.message
          : "The file did not reach the server. Check that it is running, then choose the file again.",
      );
    } finally {
      setReading(false);
    }
  }

  /** The data file, and the patient-level file that was chosen before it. */
  const read = (file: File) =>
    sending(async () => {
      const data = await send(file, { studyId });
      const both =
        subjectsFile === null
          ? null
          : await send(subjectsFile, {
              studyId,
              part: "subjects",
              ...(data.uploadId === null ? {} : { uploadId: data.uploadId }),
            });
      const faulty = [data, ...(both === null ? [] : [both])].filter(({ problems }) => problems.length > 0);
      if (faulty.length > 0) return setRefused(faulty);
      const answer = both ?? data;
      const { mapping = {} } = answer.suggestion ?? {};
      keep({
        upload: answer,
        draft: completeDraft(alignWithStudy(mapping, specification), specification, answer.fileName),
      });
      setSubjectsFile(null);
      write({ upload: answer.uploadId, step: "mapping" }, "push");
    });

  /** A patient-level file for the data file that is being mapped. */
  const readSubjects = (file: File) =>
    sending(async () => {
      if (stored === null || stored.upload.uploadId === null) return;
      const answer = await send(file, { studyId, part: "subjects", uploadId: stored.upload.uploadId });
      if (answer.uploadId === null) return setRefused([answer]);
      const recognised = alignWithStudy(answer.suggestion?.mapping ?? {}, specification);
      keep({ upload: answer, draft: withSubjects(stored.draft, recognised, answer) });
    });

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
    readSubjects,
    subjectsFile,
    chooseSubjects: setSubjectsFile,
    reading,
    refused,
    failure,
    /** The address names an import that was begun in another tab or on another device. */
    lost: lost && uploadId !== null,
  };
}

/** The server's own words about a file that it did not take. */
class Refusal extends Error {}

async function send(file: File, query: Readonly<Record<string, string>>): Promise<Upload> {
  const response = await fetch(`/api/uploads?${new URLSearchParams(query)}`, {
    method: "POST",
    headers: { "x-file-name": encodeURIComponent(file.name), "content-type": "application/octet-stream" },
    body: file,
  });
  const answer: unknown = await response.json();
  if (!isUpload(answer)) throw new Refusal(messageOf(answer, response.status));
  return answer;
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
