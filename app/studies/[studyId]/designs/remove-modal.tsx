"use client";
import { Button, Group, Modal } from "@mantine/core";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";

/** Asks before something is removed from the study; runs and dossiers keep what they used. */
export function RemoveModal(props: {
  opened: boolean;
  what: string;
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: () => void;
}) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={`Remove ${props.what}?`}>
      {props.error !== null && props.error !== undefined && <FailureNotice error={props.error} />}
      <p style={{ margin: "0 0 0.9rem", fontSize: "0.875rem", lineHeight: 1.5 }}>
        Finished runs and dossiers keep what they were made with; the audit trail keeps the removed entry.
      </p>
      <Group gap="xs">
        <Button color="red" loading={props.pending} onClick={props.onConfirm}>
          Remove
        </Button>
        <Button variant="default" onClick={props.onClose} data-autofocus>
          Keep
        </Button>
      </Group>
    </Modal>
  );
}
