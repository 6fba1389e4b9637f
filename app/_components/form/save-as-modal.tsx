"use client";
import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { FailureNotice } from "../feedback/failure-notice.tsx";

interface SaveAsModalProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What is kept, e.g. "sizing". */
  readonly what: string;
  readonly placeholder: string;
  readonly longest: number;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSave: (name: string) => void;
}

/** Asks for the name under which something is kept with the study. */
export function SaveAsModal(props: SaveAsModalProps) {
  const [name, setName] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    props.onSave(name.trim());
  }
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      onExitTransitionEnd={() => setName("")}
      title={`Save this ${props.what}`}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {props.error !== null && <FailureNotice error={props.error} />}
          <TextInput
            label="Name"
            placeholder={props.placeholder}
            withAsterisk
            data-autofocus
            maxLength={props.longest}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={props.pending} disabled={name.trim() === ""}>
            Save the {props.what}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
