"use client";
import { Button, Modal, Stack, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { FailureNotice } from "../feedback/failure-notice.tsx";

interface ReasonModalProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly explanation: string;
  readonly action: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: (reason: string) => void;
}

/** Asks why; the answer stands in the audit trail. */
export function ReasonModal(props: ReasonModalProps) {
  const [reason, setReason] = useState("");
  const [tooShort, setTooShort] = useState(false);

  function submit(event: FormEvent) {
    event.preventDefault();
    const text = reason.trim();
    setTooShort(text.length < 3);
    if (text.length >= 3) props.onSubmit(text);
  }

  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <p style={{ margin: 0, fontSize: "0.875rem", lineHeight: 1.5 }}>{props.explanation}</p>
          {props.error !== null && props.error !== undefined && <FailureNotice error={props.error} />}
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
            error={tooShort ? "Say why, in a few words" : null}
          />
          <Button type="submit" loading={props.pending}>
            {props.action}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
