"use client";
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { Endpoint } from "../../../../../lib/trial/endpoint.ts";
import { OutcomeFields } from "../../../../_components/form/outcome-fields.tsx";

/** Everything to be said of an endpoint that the study does not know. */
export function EndpointDetails(props: { endpoint: Endpoint; onChange: (endpoint: Endpoint) => void }) {
  const { endpoint } = props;
  const set = (change: Partial<Endpoint>) => props.onChange({ ...endpoint, ...change });
  const bound = (value: number | string) => (typeof value === "number" ? value : null);
  return (
    <>
      <TextInput label="Identifier" value={endpoint.id} onChange={(event) => set({ id: event.currentTarget.value })} />
      <TextInput label="Name" value={endpoint.label} onChange={(event) => set({ label: event.currentTarget.value })} />
      <TextInput label="Unit" value={endpoint.unit} onChange={(event) => set({ unit: event.currentTarget.value })} />
      <OutcomeFields
        outcome={endpoint.outcome}
        onChange={(outcome) => {
          const { outcome: _, ...continuous } = endpoint;
          props.onChange(outcome === undefined ? continuous : { ...continuous, scale: "identity", outcome });
        }}
      />
      <NativeSelect
        label="Analysis scale"
        value={endpoint.scale}
        onChange={(event) => set({ scale: event.currentTarget.value as Endpoint["scale"] })}
        data={[
          { value: "identity", label: "as measured" },
          { value: "log", label: "natural log" },
        ]}
      />
      <NativeSelect
        label="Benefit"
        value={endpoint.benefit}
        onChange={(event) => set({ benefit: event.currentTarget.value as Endpoint["benefit"] })}
        data={[
          { value: "lower-is-better", label: "lower is better" },
          { value: "higher-is-better", label: "higher is better" },
        ]}
      />
      <NumberInput
        label="Lowest possible"
        placeholder="no bound"
        value={endpoint.sourceRange.minimum ?? ""}
        onChange={(value) => set({ sourceRange: { ...endpoint.sourceRange, minimum: bound(value) } })}
      />
      <NumberInput
        label="Highest possible"
        placeholder="no bound"
        value={endpoint.sourceRange.maximum ?? ""}
        onChange={(value) => set({ sourceRange: { ...endpoint.sourceRange, maximum: bound(value) } })}
      />
    </>
  );
}
