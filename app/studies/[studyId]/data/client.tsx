"use client";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { PageHeader, Section } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { DatasetTable } from "./dataset-table.tsx";
import { SourceLog } from "./source-log.tsx";

export function DataPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const datasets = useQuery(trpc.dataset.list.queryOptions({ studyId: study.id }));
  const importButton = (
    <PermittedButton needs="data.import" href={`/studies/${study.id}/data/import`} size="sm">
      Import a data set
    </PermittedButton>
  );
  return (
    <>
      <PageHeader
        title="Data"
        lede="Historical controls train the model; enrolled patients get twins. A data set never changes: importing again makes a new version."
        actions={importButton}
      />
      <QueryGate query={datasets}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No data yet" action={importButton}>
              Historical control patients go here first: a CSV, SAS transport (XPT v5, v8) or CDISC Dataset-JSON file
              with one row per patient and visit.
            </EmptyState>
          ) : (
            <DatasetTable rows={rows} studyId={study.id} />
          )
        }
      </QueryGate>
      <Section
        title="Source log"
        note="Every historical source that was considered, and why it is in or out."
        side={
          <Button component={Link} href={`/studies/${study.id}/specification?part=sources`} variant="default">
            Edit the source log
          </Button>
        }
      >
        <SourceLog entries={study.specification.sourceLog} />
      </Section>
    </>
  );
}
