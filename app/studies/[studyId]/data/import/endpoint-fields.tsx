"use client";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { levelsText } from "../../../../../lib/trial/outcome-type.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { ColumnSelect } from "./column-select.tsx";
import { DerivedFields } from "./derived-fields.tsx";
import { EndpointDetails } from "./endpoint-details.tsx";
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
      <DerivedFields draft={draft} onChange={onChange} />
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
  const study = useStudy();
  const { endpoint } = entry;
  const planned = study.specification.endpoints;
  const isPlanned = planned.some(({ id }) => id === endpoint.id);
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
      <NativeSelect
        label="Endpoint of the study"
        value={isPlanned ? endpoint.id : ""}
        onChange={(event) => {
          const chosen = planned.find(({ id }) => id === event.currentTarget.value);
          onChange({ ...entry, endpoint: chosen ?? newEndpoint });
        }}
        data={[...planned.map(({ id, label }) => ({ value: id, label })), { value: "", label: "another endpoint" }]}
      />
      {isPlanned ? (
        <p className={classes.stated}>{describeEndpoint(endpoint)}</p>
      ) : (
        <EndpointDetails endpoint={endpoint} onChange={(next) => onChange({ ...entry, endpoint: next })} />
      )}
      <Button variant="default" onClick={onRemove} aria-label={`Remove endpoint ${endpoint.label || endpoint.id}`}>
        Remove
      </Button>
    </div>
  );
}

/** What the study says of its endpoint, where nothing is to be typed. */
function describeEndpoint(endpoint: MappedEndpoint["endpoint"]): string {
  const { minimum, maximum } = endpoint.sourceRange;
  const scale = endpoint.scale === "log" ? "natural log of the value" : "as measured";
  const range =
    minimum === null && maximum === null
      ? "no range"
      : `admissible ${minimum ?? "−∞"} to ${maximum ?? "∞"} as measured`;
  if (endpoint.outcome !== undefined) {
    const { outcome } = endpoint;
    return outcome.type === "count" ? "count" : `${outcome.type}: ${levelsText(outcome)}`;
  }
  return [endpoint.unit, scale, range].filter((part) => part !== "").join(" · ");
}
