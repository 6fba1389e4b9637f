"use client";
import { useQuery } from "@tanstack/react-query";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { WorkingNotice } from "../../../_components/feedback/working-notice.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { Checklist } from "./checklist.tsx";
import { DossierDocument } from "./dossier-document.tsx";
import { DossierFiles } from "./dossier-files.tsx";
import { DossierState } from "./dossier-state.tsx";
import type { DossierVersion } from "./dossier-types.ts";
import { Signatures } from "./signatures.tsx";

/** One version: state, document, checklist, signatures, files. */
export function DossierVersionView({ row }: { row: DossierVersion }) {
  const trpc = useTRPC();
  const dossier = useQuery(trpc.dossier.get.queryOptions({ dossierId: row.id }));
  if (row.status === "queued" || row.status === "running")
    return (
      <div style={{ marginTop: "1rem" }}>
        <WorkingNotice jobId={row.jobId} />
      </div>
    );
  return (
    <div style={{ marginTop: "1rem" }}>
      <QueryGate query={dossier}>
        {(data) =>
          data.status !== "done" ? (
            <Notice
              tone={data.status === "failed" ? "failure" : "information"}
              title={data.status === "failed" ? "The build failed" : "Cancelled"}
            >
              {data.status === "failed"
                ? (data.error ?? "The reason could not be read; see the audit trail.")
                : "The build was cancelled; nothing was kept of it. Build again when you are ready."}
            </Notice>
          ) : (
            <>
              <DossierState dossier={data} />
              <DossierDocument dossier={data} />
              <Checklist dossier={data} />
              <Signatures dossier={data} />
              <DossierFiles dossier={data} />
            </>
          )
        }
      </QueryGate>
    </div>
  );
}
