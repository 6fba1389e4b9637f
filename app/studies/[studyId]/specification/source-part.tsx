"use client";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { EntryList } from "./entry-list.tsx";
import { NullableNumber } from "./nullable-number.tsx";
import classes from "./specification.module.css";
import type { SpecificationPartProps } from "./specification-form.ts";

/** Every historical source considered, used or not, with the reason. */
export function SourcePart({ form }: SpecificationPartProps) {
  const sources = form.values.sourceLog;
  return (
    <EntryList
      count={sources.length}
      noun="source"
      title={(index) => sources[index]?.name || `Source ${index + 1}`}
      onAdd={() =>
        form.insertListItem("sourceLog", {
          name: "",
          type: "clinical trial",
          sponsor: "",
          years: "",
          region: "",
          patients: null,
          visits: null,
          licence: "",
          decision: "included",
          reason: "",
        })
      }
      onRemove={(index) => form.removeListItem("sourceLog", index)}
    >
      {(index) => (
        <>
          <TextInput label="Source" withAsterisk {...form.getInputProps(`sourceLog.${index}.name`)} />
          <TextInput label="Type" withAsterisk {...form.getInputProps(`sourceLog.${index}.type`)} />
          <TextInput label="Sponsor" {...form.getInputProps(`sourceLog.${index}.sponsor`)} />
          <TextInput label="Years" {...form.getInputProps(`sourceLog.${index}.years`)} />
          <TextInput label="Region" {...form.getInputProps(`sourceLog.${index}.region`)} />
          <NullableNumber label="Patients" placeholder="unknown" form={form} path={`sourceLog.${index}.patients`} />
          <NullableNumber label="Visits" placeholder="unknown" form={form} path={`sourceLog.${index}.visits`} />
          <TextInput label="Licence" {...form.getInputProps(`sourceLog.${index}.licence`)} />
          <NativeSelect
            label="Decision"
            data={["included", "excluded"]}
            {...form.getInputProps(`sourceLog.${index}.decision`)}
          />
          <Textarea
            className={classes.wide ?? ""}
            label="Why"
            autosize
            withAsterisk
            {...form.getInputProps(`sourceLog.${index}.reason`)}
          />
        </>
      )}
    </EntryList>
  );
}
