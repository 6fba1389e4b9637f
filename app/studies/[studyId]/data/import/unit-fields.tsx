"use client";
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { UnitMapping } from "../../../../../lib/data/unit-mapping.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

/** Units of values that do not stand in the unit of their endpoint or characteristic. */
export function UnitFields({ upload, draft, onChange }: MappingFieldsProps) {
  const units = draft.units ?? [];
  const set = (next: UnitMapping[]) => {
    const { units: _, ...rest } = draft;
    onChange(next.length === 0 ? rest : { ...rest, units: next });
  };
  const variables = [
    ...draft.endpoints.map(({ endpoint }) => ({ id: endpoint.id, label: endpoint.label, unit: endpoint.unit })),
    ...draft.covariates.flatMap((each) => (each.type === "continuous" ? [each] : [])),
  ];
  return (
    <Section
      title="Units"
      note="Only where values do not stand in the unit given above everywhere: in some study, or as a column says. mg/dL to g/L and the like follow from the names; all else needs a factor."
    >
      <div className={classes.rows}>
        {units.map((mapping, index) => (
          <UnitRow
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are edited in place
            key={index}
            upload={upload}
            mapping={mapping}
            variables={variables}
            onChange={(next) => set(units.map((old, place) => (place === index ? next : old)))}
            onRemove={() => set(units.filter((_, place) => place !== index))}
          />
        ))}
      </div>
      <Button
        variant="default"
        mt="sm"
        disabled={variables.length === 0}
        onClick={() =>
          set([
            ...units,
            {
              id: variables[0]?.id ?? "",
              source: { kind: "by-study", units: [{ study: "", unit: "" }] },
              conversions: [],
            },
          ])
        }
      >
        Add a unit
      </Button>
    </Section>
  );
}

interface UnitRowProps {
  readonly upload: MappingFieldsProps["upload"];
  readonly mapping: UnitMapping;
  readonly variables: readonly { readonly id: string; readonly label: string; readonly unit: string }[];
  readonly onChange: (mapping: UnitMapping) => void;
  readonly onRemove: () => void;
}

function UnitRow({ upload, mapping, variables, onChange, onRemove }: UnitRowProps) {
  const target = variables.find(({ id }) => id === mapping.id)?.unit ?? "";
  const { source, conversions } = mapping;
  const setConversion = (place: number, next: Partial<UnitMapping["conversions"][number]>) =>
    onChange({ ...mapping, conversions: conversions.map((old, at) => (at === place ? { ...old, ...next } : old)) });
  return (
    <div className={classes.row}>
      <NativeSelect
        label="Values of"
        value={mapping.id}
        onChange={(event) => onChange({ ...mapping, id: event.currentTarget.value })}
        data={variables.map(({ id, label, unit }) => ({
          value: id,
          label: unit === "" ? label : `${label} (${unit})`,
        }))}
      />
      <NativeSelect
        label="Unit known from"
        value={source.kind}
        onChange={(event) =>
          onChange({
            ...mapping,
            source:
              event.currentTarget.value === "column"
                ? { kind: "column", column: "" }
                : { kind: "by-study", units: [{ study: "", unit: "" }] },
          })
        }
        data={[
          { value: "by-study", label: "the study" },
          { value: "column", label: "a column" },
        ]}
      />
      {source.kind === "column" ? (
        <ColumnSelect
          upload={upload}
          label="Column with the unit"
          value={source.column}
          onChange={(column) => onChange({ ...mapping, source: { kind: "column", column: column ?? "" } })}
        />
      ) : (
        <StudyUnits units={source.units} onChange={(units) => onChange({ ...mapping, source: { ...source, units } })} />
      )}
      {conversions.map((conversion, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conversions are edited in place
        <div className={classes.row} key={place}>
          <TextInput
            label="From unit"
            value={conversion.unit}
            onChange={(event) => setConversion(place, { unit: event.currentTarget.value })}
          />
          <NumberInput
            label={`Factor to ${target || "the unit"}`}
            value={conversion.factor}
            onChange={(value) => setConversion(place, { factor: Number(value) })}
          />
          <NumberInput
            label="plus"
            value={conversion.offset}
            onChange={(value) => setConversion(place, { offset: Number(value) })}
          />
          <Button
            variant="default"
            onClick={() => onChange({ ...mapping, conversions: conversions.filter((_, at) => at !== place) })}
            aria-label={`Remove the conversion from ${conversion.unit || "this unit"}`}
          >
            Remove
          </Button>
        </div>
      ))}
      <Button
        variant="default"
        onClick={() => onChange({ ...mapping, conversions: [...conversions, { unit: "", factor: 1, offset: 0 }] })}
      >
        Add a factor
      </Button>
      <Button variant="default" onClick={onRemove} aria-label={`Remove the units of ${mapping.id}`}>
        Remove
      </Button>
    </div>
  );
}

type StudyUnit = { study: string; unit: string };

function StudyUnits({ units, onChange }: { units: readonly StudyUnit[]; onChange: (units: StudyUnit[]) => void }) {
  const change = (place: number, next: Partial<StudyUnit>) =>
    onChange(units.map((old, at) => (at === place ? { ...old, ...next } : old)));
  return (
    <>
      {units.map(({ study, unit }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: studies are edited in place
        <div className={classes.row} key={place}>
          <TextInput
            label="Study"
            value={study}
            onChange={(event) => change(place, { study: event.currentTarget.value })}
          />
          <TextInput
            label="Unit in this study"
            value={unit}
            onChange={(event) => change(place, { unit: event.currentTarget.value })}
          />
        </div>
      ))}
      <Button variant="default" onClick={() => onChange([...units, { study: "", unit: "" }])}>
        Add a study
      </Button>
    </>
  );
}
