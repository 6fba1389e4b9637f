"use client";
import { Button } from "@mantine/core";
import { useState } from "react";
import type { AuditEvent } from "../../../../lib/dossier/dossier-record.ts";
import { csvText, downloadText, fileNameFrom } from "../../../_components/chart/download.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { type RouterInputs, useTRPCClient } from "../../../_lib/trpc.ts";

const header = [
  "sequence",
  "atUtc",
  "actor",
  "role",
  "action",
  "subject",
  "change",
  "reason",
  "previousHash",
  "hash",
] as const;

/** Every event that matches the filter, as CSV with its hashes. */
export function ExportEvents(props: { input: RouterInputs["audit"]["list"]; name: string }) {
  const client = useTRPCClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function exportAll() {
    setBusy(true);
    setFailure(null);
    try {
      const events: AuditEvent[] = [];
      let cursor: number | null | undefined;
      do {
        const page = await client.audit.list.query({
          ...props.input,
          limit: 200,
          ...(cursor == null ? {} : { cursor }),
        });
        events.push(...page.events);
        cursor = page.nextCursor;
      } while (cursor !== null);
      const rows = events.map((event) => header.map((key) => String(event[key])));
      downloadText(`${fileNameFrom(props.name)}-audit.csv`, "text/csv", csvText(header, rows));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button variant="default" loading={busy} onClick={() => void exportAll()}>
        Export the events as CSV
      </Button>
      {failure !== null && <FailureNotice error={failure} />}
    </>
  );
}
