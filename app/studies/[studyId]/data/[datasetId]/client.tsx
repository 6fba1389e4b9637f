"use client";
import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { formatCount, formatUtc } from "../../../../../lib/reporting/format-number.ts";
import { downloadText, fileNameFrom } from "../../../../_components/chart/download.ts";
import { NothingFound } from "../../../../_components/feedback/nothing-found.tsx";
import { PageHeader, Section } from "../../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../../_components/feedback/query-gate.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { Facts } from "../../../../_components/table/facts.tsx";
import { type RouterOutputs, useTRPC } from "../../../../_lib/trpc.ts";
import { QualityReportView } from "../_quality/quality-report.tsx";
import { Trajectories } from "./trajectories.tsx";

export function DatasetPage(props: { datasetId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.dataset.get.queryOptions({ datasetId: props.datasetId }, { staleTime: 60_000 }));
  const study = useStudy();
  return (
    <QueryGate
      query={query}
      missing={
        <NothingFound
          what="data set"
          id={props.datasetId}
          where="in this study"
          href={`/studies/${study.id}/data`}
          action="Go to the data sets of the study"
        />
      }
    >
      {(dataset) => <Dataset dataset={dataset} />}
    </QueryGate>
  );
}

function Dataset({ dataset }: { dataset: RouterOutputs["dataset"]["get"] }) {
  const study = useStudy();
  const role = dataset.role === "enrolled" ? "Enrolled trial" : "Historical control";
  return (
    <>
      <Anchor component={Link} href={`/studies/${study.id}/data`} fz="sm">
        All data sets
      </Anchor>
      <PageHeader
        title={dataset.name}
        lede={`${role}, version ${dataset.version}${dataset.current ? " (in use)" : ""}: ${formatCount(dataset.patients)} patients, ${formatCount(dataset.visits)} planned visits.`}
        actions={
          <Button
            variant="default"
            onClick={() =>
              downloadText(
                `${fileNameFrom(dataset.name)}-mapping.json`,
                "application/json",
                `${JSON.stringify(dataset.mapping, null, 2)}\n`,
              )
            }
          >
            Download the mapping
          </Button>
        }
      />
      <Facts
        items={[
          ["File", `${dataset.fileName}, ${formatCount(dataset.fileBytes)} bytes`],
          [
            "SHA-256 of the file",
            <span key="file" className="hash">
              {dataset.fileHash}
            </span>,
          ],
          ...(dataset.subjectsFile === null
            ? []
            : ([
                [
                  "Patient-level file",
                  `${dataset.subjectsFile.fileName}, ${formatCount(dataset.subjectsFile.fileBytes)} bytes, joined by ${dataset.mapping.patient.column}`,
                ],
                [
                  "SHA-256 of the patient-level file",
                  <span key="subjects" className="hash">
                    {dataset.subjectsFile.fileHash}
                  </span>,
                ],
              ] as const)),
          [
            "SHA-256 of the data",
            <span key="data" className="hash">
              {dataset.dataHash}
            </span>,
          ],
          ["Imported", `${formatUtc(dataset.importedAt)} by ${dataset.importedBy}`],
        ]}
      />
      <Section title="Observed courses">
        <Trajectories dataset={dataset} />
      </Section>
      <Section title="Quality" id="quality">
        <QualityReportView quality={dataset.quality} visits={dataset.mapping.visits} fileName={dataset.fileName} />
      </Section>
    </>
  );
}
