"use client";
import { NativeSelect, NumberInput, TagsInput, TextInput } from "@mantine/core";
import { endpointUnit } from "../../../../lib/reporting/figures/figure-labels.ts";
import { OutcomeFields } from "../../../_components/form/outcome-fields.tsx";
import { EntryList } from "./entry-list.tsx";
import { NullableNumber } from "./nullable-number.tsx";
import classes from "./specification.module.css";
import type { SpecificationPartProps } from "./specification-form.ts";

/** Endpoints on their analysis scale, the primary one, and the effect that is planned for. */
export function EndpointPart({ form }: SpecificationPartProps) {
  const { endpoints, visits, primary } = form.values;
  return (
    <>
      <div className={classes.grid}>
        <NativeSelect
          label="Primary endpoint"
          {...form.getInputProps("primary.endpointId")}
          data={endpoints.map((endpoint) => ({ value: endpoint.id, label: endpoint.label || endpoint.id }))}
        />
        <NativeSelect
          label="Primary visit"
          {...form.getInputProps("primary.visitId")}
          data={visits.map((visit) => ({ value: visit.id, label: visit.label || visit.id }))}
        />
        <NumberInput
          label={`Target effect, experimental minus control (${endpointUnit(form.values, primary.endpointId)})`}
          description={
            form.values.defaults?.includes("targetEffect") === true && !form.isDirty("targetEffect")
              ? "default: one unit in the direction of benefit, which nobody has stated; type the effect the trial is to show"
              : "user: the effect the trial is to show, on the analysis scale"
          }
          step={0.1}
          {...form.getInputProps("targetEffect")}
        />
        <TagsInput
          label="Strata"
          description="Identifiers of the characteristics that randomisation is stratified by"
          {...form.getInputProps("strata")}
        />
      </div>
      <h2 className={classes.head}>Endpoints</h2>
      <EntryList
        count={endpoints.length}
        atLeast={1}
        noun="endpoint"
        title={(index) => endpoints[index]?.label || `Endpoint ${index + 1}`}
        onAdd={() =>
          form.insertListItem("endpoints", {
            id: "",
            label: "",
            unit: "",
            scale: "identity",
            benefit: "lower-is-better",
            sourceRange: { minimum: null, maximum: null },
          })
        }
        onRemove={(index) => form.removeListItem("endpoints", index)}
      >
        {(index) => (
          <>
            <TextInput label="Identifier" withAsterisk {...form.getInputProps(`endpoints.${index}.id`)} />
            <TextInput
              label="Name on the analysis scale"
              withAsterisk
              {...form.getInputProps(`endpoints.${index}.label`)}
            />
            <TextInput label="Unit on the analysis scale" {...form.getInputProps(`endpoints.${index}.unit`)} />
            <OutcomeFields
              outcome={endpoints[index]?.outcome}
              onChange={(outcome) => {
                form.setFieldValue(`endpoints.${index}.outcome`, outcome);
                if (outcome !== undefined) form.setFieldValue(`endpoints.${index}.scale`, "identity");
              }}
            />
            <NativeSelect
              label="Analysis scale"
              {...form.getInputProps(`endpoints.${index}.scale`)}
              data={[
                { value: "identity", label: "as measured" },
                { value: "log", label: "natural log" },
              ]}
            />
            <NativeSelect
              label="Direction of benefit"
              {...form.getInputProps(`endpoints.${index}.benefit`)}
              data={[
                { value: "lower-is-better", label: "lower is better" },
                { value: "higher-is-better", label: "higher is better" },
              ]}
            />
            <NullableNumber
              label="Lowest possible, as measured"
              form={form}
              path={`endpoints.${index}.sourceRange.minimum`}
            />
            <NullableNumber
              label="Highest possible, as measured"
              form={form}
              path={`endpoints.${index}.sourceRange.maximum`}
            />
          </>
        )}
      </EntryList>
    </>
  );
}
