"use client";
import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { isNotFound } from "../../_lib/field-errors.ts";
import { FailureNotice } from "./failure-notice.tsx";

/** Waits for a query: a quiet skeleton, the refusal's own sentence, or the data. */
export function QueryGate<T>(props: {
  query: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown };
  waiting?: ReactNode;
  /** Shown when there is no such thing; trying again would not help. */
  missing?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { query } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (props.missing !== undefined && isNotFound(query.error)) return props.missing;
  if (query.error !== null && query.error !== undefined)
    return <FailureNotice error={query.error} onRetry={() => void query.refetch()} />;
  return props.waiting ?? <WaitingLines />;
}

export function WaitingLines() {
  return (
    <div aria-busy="true" role="status" aria-label="Loading">
      <Skeleton height={18} width="38%" mb="sm" animate={false} />
      <Skeleton height={11} mb={8} animate={false} />
      <Skeleton height={11} mb={8} width="92%" animate={false} />
      <Skeleton height={11} width="70%" animate={false} />
    </div>
  );
}
