"use client";
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { EntryList } from "./entry-list.tsx";
import classes from "./specification.module.css";
import type { SpecificationPartProps } from "./specification-form.ts";

/** Planned visits with their windows, and the arms with their roles. */
export function VisitPart({ form }: SpecificationPartProps) {
  const { visits, arms } = form.values;
  return (
    <>
      <h2 className={classes.head}>Planned visits, days from time zero</h2>
      <EntryList
        count={visits.length}
        atLeast={1}
        noun="visit"
        title={(index) => visits[index]?.label || `Visit ${index + 1}`}
        onAdd={() => form.insertListItem("visits", { id: "", label: "", targetDay: 0, windowFrom: 0, windowTo: 0 })}
        onRemove={(index) => form.removeListItem("visits", index)}
      >
        {(index) => (
          <>
            <TextInput label="Identifier" withAsterisk {...form.getInputProps(`visits.${index}.id`)} />
            <TextInput label="Name" withAsterisk {...form.getInputProps(`visits.${index}.label`)} />
            <NumberInput label="Target day" {...form.getInputProps(`visits.${index}.targetDay`)} />
            <NumberInput label="Window from day" {...form.getInputProps(`visits.${index}.windowFrom`)} />
            <NumberInput label="Window to day" {...form.getInputProps(`visits.${index}.windowTo`)} />
          </>
        )}
      </EntryList>
      <h2 className={classes.head}>Arms</h2>
      <EntryList
        count={arms.length}
        atLeast={2}
        noun="arm"
        title={(index) => arms[index]?.label || `Arm ${index + 1}`}
        onAdd={() => form.insertListItem("arms", { id: "", label: "", role: "experimental" })}
        onRemove={(index) => form.removeListItem("arms", index)}
      >
        {(index) => (
          <>
            <TextInput label="Identifier" withAsterisk {...form.getInputProps(`arms.${index}.id`)} />
            <TextInput label="Name" withAsterisk {...form.getInputProps(`arms.${index}.label`)} />
            <NativeSelect
              label="Role"
              data={["control", "experimental"]}
              {...form.getInputProps(`arms.${index}.role`)}
            />
          </>
        )}
      </EntryList>
    </>
  );
}
