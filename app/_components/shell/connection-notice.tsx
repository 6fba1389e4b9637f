"use client";
import { formatUtc } from "../../../lib/reporting/format-number.ts";
import { useLostConnection } from "../../_lib/connection.ts";
import { Notice } from "../feedback/notice.tsx";

/** Says that what stands on the page is no longer followed, for as long as the server does not answer. */
export function ConnectionNotice() {
  const since = useLostConnection();
  if (since === null) return null;
  return (
    <Notice tone="failure" title="The server does not answer">
      What you see is as of {formatUtc(since)} and is not followed any more. Nothing that was stored is lost, and work
      under way goes on when the program is started again. The page keeps asking; leave it open.
    </Notice>
  );
}
