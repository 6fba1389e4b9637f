"use client";
import { formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { WorkingNotice } from "../../../_components/feedback/working-notice.tsx";
import type { Dossier } from "./dossier-types.ts";

type Request = Dossier["request"];

export function isUnderWay(request: Request): boolean {
  return request?.status === "queued" || request?.status === "running";
}

/** A lock or signature that was asked for and is not done yet, or that did not come to its end. */
export function RequestState({ dossier }: { dossier: Dossier }) {
  const { request } = dossier;
  if (request === null) return null;
  const asked = `${request.by} (${request.role}), ${formatUtc(request.atUtc)}`;
  if (isUnderWay(request))
    return (
      <>
        <WorkingNotice jobId={request.jobId} />
        <p style={{ margin: "0.35rem 0 0.75rem", fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
          {request.act === "lock" ? "Lock asked for by" : "Signature given by"} {asked}. Version {dossier.version} stays
          as it is until the files are complete; this page can be left.
        </p>
      </>
    );
  const what = request.act === "lock" ? "lock" : "signature";
  if (request.status === "cancelled")
    return (
      <Notice tone="information" title={`The ${what} was cancelled`}>
        Asked for by {asked}. Nothing was changed.
      </Notice>
    );
  return (
    <Notice tone="failure" title={`The ${what} failed`}>
      {request.error ?? "The reason could not be read; see the audit trail."} Asked for by {asked}. Nothing was changed;
      it can be asked for again.
    </Notice>
  );
}
