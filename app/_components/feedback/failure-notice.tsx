"use client";
import { Button } from "@mantine/core";
import { readFailure } from "../../_lib/field-errors.ts";
import { Notice } from "./notice.tsx";

/**
 * What went wrong, in the server's own sentence, and the way to try again.
 *
 * @param props.names - Words of the form for the field paths that the sentence may name.
 */
export function FailureNotice(props: {
  error: unknown;
  title?: string;
  names?: Readonly<Record<string, string>>;
  onRetry?: () => void;
}) {
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
      {Object.entries(props.names ?? {}).reduce((text, [path, word]) => text.replaceAll(path, word), failure.message)}
    </Notice>
  );
}
