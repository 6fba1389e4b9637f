"use client";
import { Button, NativeSelect, TagsInput, TextInput } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

type ByVisit = Extract<MappingSpec["time"], { kind: "visit" }>;

/** How the time of a row is known: a study day, or the name or number of a visit. */
export function TimeFields({ upload, draft, onChange }: MappingFieldsProps) {
  const { time } = draft;
  const column = (chosen: string | null) => onChange({ ...draft, time: { ...time, column: chosen ?? "" } });
  return (
    <Section title="Time of a row">
      <div className={classes.grid}>
        <NativeSelect
          label="Time is given as"
          value={time.kind}
          onChange={(event) =>
            onChange({
              ...draft,
              time:
                event.currentTarget.value === "day"
                  ? { kind: "day", column: time.column, unit: "days", convention: "zero-based" }
                  : { kind: "visit", column: time.column, baselineValues: [], visits: [], dayColumn: null },
            })
          }
          data={[
            { value: "day", label: "time since time zero" },
            { value: "visit", label: "name or number of the visit" },
          ]}
        />
        <ColumnSelect
          upload={upload}
          label={time.kind === "day" ? "Column with the time" : "Column with the visit"}
          value={time.column}
          onChange={column}
        />
        {time.kind === "day" ? (
          <>
            <NativeSelect
              label="Unit of the time"
              value={time.unit}
              onChange={(event) =>
                onChange({ ...draft, time: { ...time, unit: event.currentTarget.value as typeof time.unit } })
              }
              data={["days", "weeks", "months", "years"]}
            />
            <NativeSelect
              label="First day"
              value={time.convention}
              onChange={(event) =>
                onChange({
                  ...draft,
                  time: { ...time, convention: event.currentTarget.value as typeof time.convention },
                })
              }
              data={[
                { value: "zero-based", label: "is day 0" },
                { value: "first-day-is-one", label: "is day 1 (CDISC study day)" },
              ]}
            />
          </>
        ) : (
          <>
            <TagsInput
              label="Values that mean baseline"
              value={time.baselineValues}
              onChange={(baselineValues) => onChange({ ...draft, time: { ...time, baselineValues } })}
            />
            <ColumnSelect
              upload={upload}
              label="Column with the day"
              none="not recorded"
              value={time.dayColumn}
              onChange={(dayColumn) => onChange({ ...draft, time: { ...time, dayColumn } })}
            />
          </>
        )}
      </div>
      {time.kind === "visit" && <VisitValues draft={draft} time={time} onChange={onChange} />}
    </Section>
  );
}

function VisitValues(props: { draft: MappingSpec; time: ByVisit; onChange: (draft: MappingSpec) => void }) {
  const { draft, time, onChange } = props;
  const set = (visits: ByVisit["visits"]) => onChange({ ...draft, time: { ...time, visits } });
  return (
    <>
      <div className={classes.rows} style={{ marginTop: "0.75rem" }}>
        {time.visits.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: values are edited in place
          <div className={classes.row} key={index}>
            <TextInput
              label={`Value of ${time.column || "the column"}`}
              value={entry.value}
              onChange={(event) =>
                set(
                  time.visits.map((old, place) =>
                    place === index ? { ...old, value: event.currentTarget.value } : old,
                  ),
                )
              }
            />
            <NativeSelect
              label="Planned visit"
              value={entry.visitId}
              onChange={(event) =>
                set(
                  time.visits.map((old, place) =>
                    place === index ? { ...old, visitId: event.currentTarget.value } : old,
                  ),
                )
              }
              data={[
                { value: "", label: "choose a visit" },
                ...draft.visits.map((visit) => ({ value: visit.id, label: visit.label })),
              ]}
            />
            <Button
              variant="default"
              onClick={() => set(time.visits.filter((_, place) => place !== index))}
              aria-label={`Remove value ${entry.value}`}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
      <Button variant="default" mt="sm" onClick={() => set([...time.visits, { value: "", visitId: "" }])}>
        Add a value
      </Button>
    </>
  );
}
