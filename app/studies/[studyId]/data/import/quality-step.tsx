"use client";
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { formatQuantity } from "../../../../../lib/reporting/format-number.ts";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { QueryGate } from "../../../../_components/feedback/query-gate.tsx";
import { ReasonModal } from "../../../../_components/form/reason-modal.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { useTRPC, useTRPCClient } from "../../../../_lib/trpc.ts";
import { ProblemTable } from "../_quality/problem-table.tsx";
import { QualityReportView } from "../_quality/quality-report.tsx";
import classes from "./import.module.css";
import type { Upload } from "./import-draft.ts";

interface QualityStepProps {
  readonly upload: Upload;
  readonly draft: MappingSpec;
  readonly confirming: boolean;
  readonly onBack: () => void;
  readonly onConfirm: () => void;
}

/** The report on the mapped file, before anything is stored; then the confirmation with its reason. */
export function QualityStep(props: QualityStepProps) {
  const client = useTRPCClient();
  const uploadId = props.upload.uploadId ?? "";
  const preview = useQuery({
    queryKey: ["import-preview", uploadId, JSON.stringify(props.draft)],
    queryFn: () => client.dataset.preview.mutate({ uploadId, mapping: props.draft }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const back = (
    <Button variant="default" size="sm" onClick={props.onBack}>
      Back to the mapping
    </Button>
  );
  return (
    <>
      <QueryGate query={preview}>
        {(answer) =>
          answer.ok ? (
            <>
              <QualityReportView
                quality={answer.quality}
                visits={props.draft.visits}
                fileName={props.upload.fileName}
              />
              <div className={classes.bar}>
                {back}
                <Button size="sm" onClick={props.onConfirm}>
                  Import {formatQuantity(answer.patients, "patient")}
                </Button>
              </div>
              <Confirm {...props} patients={answer.patients} />
            </>
          ) : (
            <>
              <Notice tone="failure" title="The file cannot be used with this mapping">
                Nothing was stored. Every fault is listed; change the mapping or repair the file.
              </Notice>
              <ProblemTable problems={answer.problems} omitted={answer.omitted} fileName={props.upload.fileName} />
              <div className={classes.bar}>{back}</div>
            </>
          )
        }
      </QueryGate>
      {preview.error !== null && <div className={classes.bar}>{back}</div>}
    </>
  );
}

function Confirm(props: QualityStepProps & { patients: number }) {
  const study = useStudy();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const confirm = useMutation(
    trpc.dataset.confirm.mutationOptions({
      onSuccess: async ({ datasetId }) => {
        await queryClient.invalidateQueries();
        router.push(`/studies/${study.id}/data/${datasetId}`);
      },
    }),
  );
  return (
    <ReasonModal
      opened={props.confirming}
      onClose={() => window.history.back()}
      title={`Import ${formatQuantity(props.patients, "patient")}`}
      explanation={`${filesText(props.upload)} becomes a new version of the data set “${props.draft.name}”. It cannot be changed afterwards; importing again makes the next version.`}
      action="Import the data set"
      pending={confirm.isPending}
      error={confirm.error}
      onSubmit={(reason) => confirm.mutate({ uploadId: props.upload.uploadId ?? "", mapping: props.draft, reason })}
    />
  );
}

function filesText({ fileName, subjects }: Upload): string {
  return subjects === null ? fileName : `${fileName}, joined with ${subjects.fileName},`;
}
