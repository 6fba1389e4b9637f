"use client";
import { Button } from "@mantine/core";

/** Last resort for a rendering fault: the digest finds it in the server's log, nothing internal is shown. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="lone-page">
      <h1>This page could not be drawn</h1>
      <p>
        Nothing was lost: results are stored as they are computed. Try again; if it happens twice, tell the
        administrator
        {error.digest === undefined ? "" : ` and quote ${error.digest}`}.
      </p>
      <Button onClick={reset}>Draw the page again</Button>
    </main>
  );
}
