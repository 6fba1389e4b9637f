"use client";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { intercurrentEventStrategySchema } from "../../../../lib/trial/estimand.ts";
import { EntryList } from "./entry-list.tsx";
import classes from "./specification.module.css";
import type { SpecificationPartProps } from "./specification-form.ts";

/** The question and the five attributes of ICH E9(R1). */
export function EstimandPart({ form }: SpecificationPartProps) {
  const events = form.values.estimand.intercurrentEvents;
  return (
    <>
      <div className={classes.grid}>
        <TextInput
          className={classes.wide ?? ""}
          label="Title of the study"
          withAsterisk
          {...form.getInputProps("title")}
        />
        <TextInput label="Indication" withAsterisk {...form.getInputProps("indication")} />
        <Textarea
          className={classes.wide ?? ""}
          label="Question of interest"
          autosize
          {...form.getInputProps("questionOfInterest")}
        />
        <Textarea label="Treatment" autosize withAsterisk {...form.getInputProps("estimand.treatment")} />
        <Textarea label="Population" autosize withAsterisk {...form.getInputProps("estimand.population")} />
        <Textarea label="Variable" autosize withAsterisk {...form.getInputProps("estimand.variable")} />
        <Textarea label="Summary measure" autosize withAsterisk {...form.getInputProps("estimand.summaryMeasure")} />
        <Textarea
          className={classes.wide ?? ""}
          label="Missing data apart from intercurrent events"
          description="Mechanism assumed, and how it is handled"
          autosize
          {...form.getInputProps("missingDataStatement")}
        />
      </div>
      <h2 className={classes.head}>Intercurrent events</h2>
      <EntryList
        count={events.length}
        noun="event"
        title={(index) => events[index]?.event || `Event ${index + 1}`}
        onAdd={() =>
          form.insertListItem("estimand.intercurrentEvents", { event: "", strategy: "treatment-policy", rationale: "" })
        }
        onRemove={(index) => form.removeListItem("estimand.intercurrentEvents", index)}
      >
        {(index) => (
          <>
            <TextInput
              label="Event"
              withAsterisk
              {...form.getInputProps(`estimand.intercurrentEvents.${index}.event`)}
            />
            <NativeSelect
              label="Strategy"
              data={intercurrentEventStrategySchema.options}
              {...form.getInputProps(`estimand.intercurrentEvents.${index}.strategy`)}
            />
            <Textarea
              className={classes.wide ?? ""}
              label="Why this strategy"
              autosize
              withAsterisk
              {...form.getInputProps(`estimand.intercurrentEvents.${index}.rationale`)}
            />
          </>
        )}
      </EntryList>
    </>
  );
}
