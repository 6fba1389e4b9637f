"use client";
import { Button, Modal, Stack, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatQuantity } from "../../../../lib/reporting/format-number.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Facts } from "../../../_components/table/facts.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { countPoints } from "./checklist-groups.ts";
import type { Dossier } from "./dossier-types.ts";
import { PasswordAgain, passwordFaultOf } from "./password-again.tsx";

/** Closes a draft: who does it, what becomes final, why, and the password again. */
export function LockModal(props: { dossier: Dossier; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Lock version ${props.dossier.version}`} size="lg">
      <LockForm {...props} />
    </Modal>
  );
}

function LockForm({ dossier, onClose }: { dossier: Dossier; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.session.me.queryOptions());
  const [reason, setReason] = useState("");
  const [password, setPassword] = useState("");
  const [asked, setAsked] = useState(false);
  const { open, fail } = countPoints(dossier.checklist);
  const lock = useMutation(
    trpc.dossier.lock.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const fault = passwordFaultOf(lock.error);
  const tooShort = reason.trim().length < 3;

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (!tooShort && password !== "") lock.mutate({ dossierId: dossier.id, reason: reason.trim(), password });
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Facts
          items={[
            ["Printed name", me.data?.name ?? ""],
            ["Role", me.data?.role ?? ""],
            ["Time", "the server's clock, UTC, at the moment of locking"],
            [
              "What becomes final",
              "the record, with the answers given so far and the audit trail up to now; after that only signatures are added",
            ],
            [
              "Left as they are",
              open + fail === 0
                ? "no point is open or fails"
                : `${formatQuantity(open, "point")} open and ${fail} failing; they stand in the record as such`,
            ],
          ]}
        />
        {lock.error !== null && fault === undefined && <FailureNotice error={lock.error} />}
        <Textarea
          label="Reason"
          description="Stands in the audit trail"
          withAsterisk
          data-autofocus
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={asked && tooShort ? "Say why, in a few words" : null}
        />
        <PasswordAgain value={password} onChange={setPassword} missing={asked && password === ""} fault={fault} />
        <Button type="submit" loading={lock.isPending} disabled={me.data === undefined}>
          Lock as {me.data?.name ?? ""}
        </Button>
      </Stack>
    </form>
  );
}
