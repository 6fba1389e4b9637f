"use client";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatCount, formatQuantity } from "../../../../lib/reporting/format-number.ts";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { EventTable } from "../../../_components/table/event-table.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./audit.module.css";
import { ChainState } from "./chain-state.tsx";
import { ExportEvents } from "./export-events.tsx";

const pageLength = 100;

export function AuditPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const text = params.get("text") ?? "";
  const action = params.get("action") ?? "";
  const [typed, setTyped] = useState(text);
  const settle = useDebouncedCallback((value: string) => write({ text: value }), 250);
  const filter = { ...(text === "" ? {} : { text }), ...(action === "" ? {} : { action }) };
  const input = { studyId: study.id, limit: pageLength, filter };
  const events = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(input, {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: (old) => old,
    }),
  );
  return (
    <>
      <PageHeader
        title="Audit"
        lede="Who did what, when and why. Events are only ever added; each carries the hash of the one before it."
        actions={<ExportEvents input={{ studyId: study.id, filter }} name={study.title} />}
      />
      <ChainState />
      <form className={classes.filters} onSubmit={(event) => event.preventDefault()} aria-label="Filter of the events">
        <TextInput
          label="Find in who, what, change or reason"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            settle(event.currentTarget.value);
          }}
        />
        <NativeSelect
          label="Action"
          value={action}
          onChange={(event) => write({ action: event.currentTarget.value })}
          data={[{ value: "", label: "every action" }, ...(events.data?.pages[0]?.actions ?? [])]}
        />
      </form>
      <QueryGate query={events}>
        {(data) => {
          const shown = data.pages.flatMap((page) => page.events);
          const total = data.pages[0]?.total ?? 0;
          return (
            <>
              <p className={classes.count} role="status">
                {formatQuantity(total, "event")}
                {shown.length < total && `, the last ${formatCount(shown.length)} shown`}
              </p>
              <EventTable events={shown} caption="Audit trail of the study" />
              {events.hasNextPage && (
                <Button
                  variant="default"
                  mt="sm"
                  loading={events.isFetchingNextPage}
                  onClick={() => void events.fetchNextPage()}
                >
                  Show {pageLength} older events
                </Button>
              )}
            </>
          );
        }}
      </QueryGate>
    </>
  );
}
