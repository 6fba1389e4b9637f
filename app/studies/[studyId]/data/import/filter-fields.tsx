"use client";
import { Button, Checkbox, TagsInput, Textarea } from "@mantine/core";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

/** Which rows and patients count, and which texts mean missing. */
export function FilterFields({ upload, draft, onChange }: MappingFieldsProps) {
  const setFilter = (rowFilter: typeof draft.rowFilter) => onChange({ ...draft, rowFilter });
  const change = (index: number, keep: string[]) =>
    setFilter(draft.rowFilter.map((old, place) => (place === index ? { ...old, keep } : old)));
  return (
    <Section
      title="Rows and patients that count"
      note="Eligibility is an expression over columns, e.g. AGE >= 18 and SEX == 'F'. It is read, never run as a program."
    >
      <div className={classes.grid}>
        <Textarea
          label="Eligibility"
          placeholder="every patient"
          autosize
          value={draft.include ?? ""}
          onChange={(event) =>
            onChange({ ...draft, include: event.currentTarget.value === "" ? null : event.currentTarget.value })
          }
        />
        <TagsInput
          label="Texts that mean missing"
          description="besides blank and SAS codes"
          value={draft.missingText}
          onChange={(missingText) => onChange({ ...draft, missingText })}
        />
      </div>
      <div className={classes.rows} style={{ marginTop: "0.75rem" }}>
        {draft.rowFilter.map((filter, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: filters are edited in place
          <div className={classes.row} key={index}>
            <ColumnSelect
              upload={upload}
              label="Keep rows where"
              value={filter.column}
              onChange={(column) =>
                setFilter(
                  draft.rowFilter.map((old, place) => (place === index ? { ...old, column: column ?? "" } : old)),
                )
              }
            />
            <TagsInput
              label="is one of"
              value={filter.keep.filter((value) => value !== "")}
              onChange={(values) => change(index, filter.keep.includes("") ? ["", ...values] : values)}
            />
            <Checkbox
              label="or blank"
              checked={filter.keep.includes("")}
              onChange={(event) => {
                const values = filter.keep.filter((value) => value !== "");
                change(index, event.currentTarget.checked ? ["", ...values] : values);
              }}
              mb={6}
            />
            <Button
              variant="default"
              onClick={() => setFilter(draft.rowFilter.filter((_, place) => place !== index))}
              aria-label={`Remove the filter on ${filter.column}`}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
      <Button variant="default" mt="sm" onClick={() => setFilter([...draft.rowFilter, { column: "", keep: [] }])}>
        Add a row filter
      </Button>
    </Section>
  );
}
