"use client";
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

type MappedEndpoint = MappingSpec["endpoints"][number];

/** Where the values stand, and which endpoint each is. */
export function EndpointFields({ upload, draft, onChange }: MappingFieldsProps) {
  const study = useStudy();
  const { layout } = draft;
  const change = (index: number, next: MappedEndpoint) =>
    onChange({ ...draft, endpoints: draft.endpoints.map((entry, place) => (place === index ? next : entry)) });
  const unused = study.specification.endpoints.find(
    (endpoint) => !draft.endpoints.some((entry) => entry.endpoint.id === endpoint.id),
  );
  return (
    <Section
      title="Endpoints"
      note="Values are put on the analysis scale at import; values outside the range are set missing and counted."
    >
      <div className={classes.grid} style={{ marginBottom: "0.75rem" }}>
        <NativeSelect
          label="Layout of the file"
          value={layout.kind}
          onChange={(event) =>
            onChange({
              ...draft,
              layout:
                event.currentTarget.value === "parameter-rows"
                  ? { kind: "parameter-rows", parameterColumn: "", valueColumn: "" }
                  : { kind: "endpoint-columns" },
            })
          }
          data={[
            { value: "endpoint-columns", label: "one column per endpoint" },
            { value: "parameter-rows", label: "one row per parameter (ADaM BDS)" },
          ]}
        />
        {layout.kind === "parameter-rows" && (
          <>
            <ColumnSelect
              upload={upload}
              label="Column with the parameter code"
              value={layout.parameterColumn}
              onChange={(column) => onChange({ ...draft, layout: { ...layout, parameterColumn: column ?? "" } })}
            />
            <ColumnSelect
              upload={upload}
              label="Column with the value"
              value={layout.valueColumn}
              onChange={(column) => onChange({ ...draft, layout: { ...layout, valueColumn: column ?? "" } })}
            />
          </>
        )}
      </div>
      <div className={classes.rows}>
        {draft.endpoints.map((entry, index) => (
          <EndpointRow
            // biome-ignore lint/suspicious/noArrayIndexKey: ids are edited in place
            key={index}
            upload={upload}
            parameterRows={layout.kind === "parameter-rows"}
            entry={entry}
            onChange={(next) => change(index, next)}
            onRemove={() => onChange({ ...draft, endpoints: draft.endpoints.filter((_, place) => place !== index) })}
          />
        ))}
      </div>
      <Button
        variant="default"
        mt="sm"
        onClick={() =>
          onChange({ ...draft, endpoints: [...draft.endpoints, { endpoint: unused ?? newEndpoint, source: "" }] })
        }
      >
        Add an endpoint
      </Button>
    </Section>
  );
}

const newEndpoint: MappedEndpoint["endpoint"] = {
  id: "",
  label: "",
  unit: "",
  scale: "identity",
  benefit: "lower-is-better",
  sourceRange: { minimum: null, maximum: null },
};

interface EndpointRowProps {
  readonly upload: MappingFieldsProps["upload"];
  readonly parameterRows: boolean;
  readonly entry: MappedEndpoint;
  readonly onChange: (entry: MappedEndpoint) => void;
  readonly onRemove: () => void;
}

function EndpointRow({ upload, parameterRows, entry, onChange, onRemove }: EndpointRowProps) {
  const { endpoint } = entry;
  const set = (change: Partial<MappedEndpoint["endpoint"]>) =>
    onChange({ ...entry, endpoint: { ...endpoint, ...change } });
  const bound = (value: number | string) => (typeof value === "number" ? value : null);
  return (
    <div className={classes.row}>
      {parameterRows ? (
        <TextInput
          label="Parameter code"
          value={entry.source}
          onChange={(event) => onChange({ ...entry, source: event.currentTarget.value })}
        />
      ) : (
        <ColumnSelect
          upload={upload}
          label="Column"
          value={entry.source}
          onChange={(column) => onChange({ ...entry, source: column ?? "" })}
        />
      )}
      <TextInput label="Identifier" value={endpoint.id} onChange={(event) => set({ id: event.currentTarget.value })} />
      <TextInput label="Name" value={endpoint.label} onChange={(event) => set({ label: event.currentTarget.value })} />
      <TextInput label="Unit" value={endpoint.unit} onChange={(event) => set({ unit: event.currentTarget.value })} />
      <NativeSelect
        label="Analysis scale"
        value={endpoint.scale}
        onChange={(event) => set({ scale: event.currentTarget.value as typeof endpoint.scale })}
        data={[
          { value: "identity", label: "as measured" },
          { value: "log", label: "natural log" },
        ]}
      />
      <NativeSelect
        label="Benefit"
        value={endpoint.benefit}
        onChange={(event) => set({ benefit: event.currentTarget.value as typeof endpoint.benefit })}
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
      <Button variant="default" onClick={onRemove} aria-label={`Remove endpoint ${endpoint.label || endpoint.id}`}>
        Remove
      </Button>
    </div>
  );
}
