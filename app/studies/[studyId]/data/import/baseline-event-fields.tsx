"use client";
import { Button, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

type MappedEvent = MappingSpec["events"][number];

/** Which value is the baseline, and which events end the variable. */
export function BaselineAndEventFields({ upload, draft, onChange }: MappingFieldsProps) {
  const { baseline } = draft;
  const setEvents = (events: MappedEvent[]) => onChange({ ...draft, events });
  return (
    <Section
      title="Baseline, events and follow-up"
      note="Baseline is the flagged value, else the baseline column, else the last value on or before time zero. Events are intercurrent events that end the variable, e.g. death."
    >
      <div className={classes.grid}>
        <ColumnSelect
          upload={upload}
          label="Baseline flag"
          none="no flag"
          value={baseline.flag?.column ?? null}
          onChange={(column) =>
            onChange({
              ...draft,
              baseline: { ...baseline, flag: column === null ? null : { column, value: baseline.flag?.value ?? "Y" } },
            })
          }
        />
        {baseline.flag !== null && (
          <TextInput
            label="Value of the flag"
            value={baseline.flag.value}
            onChange={(event) =>
              baseline.flag !== null &&
              onChange({
                ...draft,
                baseline: { ...baseline, flag: { ...baseline.flag, value: event.currentTarget.value } },
              })
            }
          />
        )}
        <ColumnSelect
          upload={upload}
          label="Baseline column"
          none="no column"
          value={baseline.column}
          onChange={(column) => onChange({ ...draft, baseline: { ...baseline, column } })}
        />
        <ColumnSelect
          upload={upload}
          label="Last day of follow-up"
          none="not recorded"
          value={draft.followUpDayColumn}
          onChange={(followUpDayColumn) => onChange({ ...draft, followUpDayColumn })}
        />
      </div>
      <div className={classes.rows} style={{ marginTop: "0.75rem" }}>
        {draft.events.map((event, index) => (
          <EventRow
            // biome-ignore lint/suspicious/noArrayIndexKey: names are edited in place
            key={index}
            upload={upload}
            event={event}
            onChange={(next) => setEvents(draft.events.map((old, place) => (place === index ? next : old)))}
            onRemove={() => setEvents(draft.events.filter((_, place) => place !== index))}
          />
        ))}
      </div>
      <Button
        variant="default"
        mt="sm"
        onClick={() => setEvents([...draft.events, { kind: "", dayColumn: "", occurredWhen: null, unit: "days" }])}
      >
        Add an event
      </Button>
    </Section>
  );
}

interface EventRowProps {
  readonly upload: MappingFieldsProps["upload"];
  readonly event: MappedEvent;
  readonly onChange: (event: MappedEvent) => void;
  readonly onRemove: () => void;
}

function EventRow({ upload, event, onChange, onRemove }: EventRowProps) {
  return (
    <div className={classes.row}>
      <TextInput
        label="Event"
        placeholder="death"
        value={event.kind}
        onChange={(e) => onChange({ ...event, kind: e.currentTarget.value })}
      />
      <ColumnSelect
        upload={upload}
        label="Column with its day"
        value={event.dayColumn}
        onChange={(column) => onChange({ ...event, dayColumn: column ?? "" })}
      />
      <NativeSelect
        label="Unit"
        value={event.unit}
        onChange={(e) => onChange({ ...event, unit: e.currentTarget.value as MappedEvent["unit"] })}
        data={["days", "weeks", "months", "years"]}
      />
      <ColumnSelect
        upload={upload}
        label="It happened when"
        none="the day is not missing"
        value={event.occurredWhen?.column ?? null}
        onChange={(column) =>
          onChange({
            ...event,
            occurredWhen: column === null ? null : { column, values: event.occurredWhen?.values ?? [] },
          })
        }
      />
      {event.occurredWhen !== null && (
        <TagsInput
          label="is one of"
          value={event.occurredWhen.values}
          onChange={(values) =>
            event.occurredWhen !== null && onChange({ ...event, occurredWhen: { ...event.occurredWhen, values } })
          }
        />
      )}
      <Button variant="default" onClick={onRemove} aria-label={`Remove event ${event.kind}`}>
        Remove
      </Button>
    </div>
  );
}
