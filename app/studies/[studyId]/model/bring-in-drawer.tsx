"use client";
import { Button, Drawer, FileInput, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";

/** Takes the model and the report that the last combination of a federation wrote. */
export function BringInDrawer(props: { opened: boolean; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { write } = useUrlState();
  const [model, setModel] = useState<File | null>(null);
  const [report, setReport] = useState<File | null>(null);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const bringIn = useMutation(
    trpc.model.bringIn.mutationOptions({
      onSuccess: async ({ modelId }) => {
        await queryClient.invalidateQueries();
        write({ bring: null, model: modelId });
      },
    }),
  );

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    const why = reason.trim();
    if (model === null || report === null || why.length < 3) return;
    bringIn.mutate({ studyId: study.id, model: await model.text(), report: await report.text(), reason: why });
  }

  return (
    <Drawer opened={props.opened} onClose={props.onClose} title="Bring in a federated model" size="md">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <p style={{ margin: 0, fontSize: "0.875rem", lineHeight: 1.5 }}>
            Sites that may not share patients learn one model with <code>understudy federate</code> (plan, site,
            combine). The last combination writes two files. They are checked against their hashes, the plan, this
            version of the program and the units and visits of this study's historical data set; then the model is the
            study's newest frozen model.
          </p>
          {bringIn.error !== null && <FailureNotice error={bringIn.error} />}
          <FileInput
            label="Model"
            description="Written by federate combine --out"
            accept=".json,application/json"
            withAsterisk
            value={model}
            onChange={setModel}
            error={tried && model === null ? "Choose the model" : null}
          />
          <FileInput
            label="Report of the federation"
            description="Written by federate combine --report"
            accept=".json,application/json"
            withAsterisk
            value={report}
            onChange={setReport}
            error={tried && report === null ? "Choose the report" : null}
          />
          <Textarea
            label="Reason"
            description="Stands in the audit trail"
            withAsterisk
            autosize
            minRows={2}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={tried && reason.trim().length < 3 ? "Say why, in a few words" : null}
          />
          <Button type="submit" loading={bringIn.isPending}>
            Check and bring in
          </Button>
        </Stack>
      </form>
    </Drawer>
  );
}
