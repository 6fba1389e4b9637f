"use client";
import { Button, CopyButton, Group } from "@mantine/core";
import { Notice } from "../_components/feedback/notice.tsx";

export interface IssuedPassword {
  readonly person: string;
  readonly password: string;
}

/** Shown once; only its hash is stored. */
export function TemporaryPassword(props: { issued: IssuedPassword; onDone: () => void }) {
  const { issued } = props;
  return (
    <Notice tone="warning" title={`Temporary password for ${issued.person}, shown only now`}>
      <p>
        <span className="hash" style={{ fontSize: "1rem" }}>
          {issued.password}
        </span>
      </p>
      <p>
        Hand it over by a safe way. It opens nothing but the page where the person chooses their own; until then they
        can read, change and sign nothing.
      </p>
      <Group gap="xs" mt="xs">
        <CopyButton value={issued.password}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy the password"}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={props.onDone}>
          I have handed it over
        </Button>
      </Group>
    </Notice>
  );
}
