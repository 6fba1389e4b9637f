"use client";
import { Button } from "@mantine/core";
import { readFailure } from "../../_lib/field-errors.ts";
import { Notice } from "./notice.tsx";

/** What went wrong, in the server's own sentence, and the way to try again. */
export function FailureNotice(props: { error: unknown; title?: string; onRetry?: () => void }) {
  const failure = readFailure(props.error);
  return (
    <Notice
      tone="failure"
      {...(props.title === undefined ? {} : { title: props.title })}
      {...(props.onRetry === undefined
        ? {}
        : {
            action: (
              <Button variant="default" onClick={props.onRetry}>
                Try again
              </Button>
            ),
          })}
    >
      {failure.message}
    </Notice>
  );
}
