"use client";
import { Button, NumberInput, TextInput } from "@mantine/core";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

/** Planned visits: target day and window in days from time zero. */
export function VisitFields({ draft, onChange }: MappingFieldsProps) {
  const change = (index: number, part: Partial<(typeof draft.visits)[number]>) =>
    onChange({
      ...draft,
      visits: draft.visits.map((visit, place) => (place === index ? { ...visit, ...part } : visit)),
    });
  return (
    <Section
      title="Planned visits"
      note="Days from time zero; a measurement counts for the visit in whose window it lies, ties go to the nearest, then to the earlier one."
    >
      <div className={classes.rows}>
        {draft.visits.map((visit, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ids are edited in place
          <div className={classes.row} key={index}>
            <TextInput
              label="Identifier"
              value={visit.id}
              onChange={(event) => change(index, { id: event.currentTarget.value })}
            />
            <TextInput
              label="Name"
              value={visit.label}
              onChange={(event) => change(index, { label: event.currentTarget.value })}
            />
            <NumberInput
              label="Target day (days)"
              value={visit.targetDay}
              onChange={(value) => change(index, { targetDay: Number(value) })}
            />
            <NumberInput
              label="Window from (day)"
              value={visit.windowFrom}
              onChange={(value) => change(index, { windowFrom: Number(value) })}
            />
            <NumberInput
              label="Window to (day)"
              value={visit.windowTo}
              onChange={(value) => change(index, { windowTo: Number(value) })}
            />
            <Button
              variant="default"
              onClick={() => onChange({ ...draft, visits: draft.visits.filter((_, place) => place !== index) })}
              aria-label={`Remove visit ${visit.label || visit.id}`}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
      <Button
        variant="default"
        mt="sm"
        onClick={() =>
          onChange({
            ...draft,
            visits: [...draft.visits, { id: "", label: "", targetDay: 0, windowFrom: 0, windowTo: 0 }],
          })
        }
      >
        Add a visit
      </Button>
    </Section>
  );
}
