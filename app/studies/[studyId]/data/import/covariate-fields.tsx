"use client";
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import { mappableColumns } from "./import-draft.ts";
import type { MappingFieldsProps } from "./mapping-step.tsx";

type MappedCovariate = MappingSpec["covariates"][number];

/** Baseline characteristics the model may use. */
export function CovariateFields({ upload, draft, onChange }: MappingFieldsProps) {
  const set = (covariates: MappedCovariate[]) => onChange({ ...draft, covariates });
  return (
    <Section
      title="Baseline characteristics"
      note="Measured before or at time zero. The model may use them; strata must be among them."
    >
      <div className={classes.rows}>
        {draft.covariates.map((covariate, index) => (
          <CovariateRow
            // biome-ignore lint/suspicious/noArrayIndexKey: ids are edited in place
            key={index}
            upload={upload}
            covariate={covariate}
            onChange={(next) => set(draft.covariates.map((old, place) => (place === index ? next : old)))}
            onRemove={() => set(draft.covariates.filter((_, place) => place !== index))}
          />
        ))}
      </div>
      <Button
        variant="default"
        mt="sm"
        onClick={() => set([...draft.covariates, { type: "categorical", id: "", label: "", column: "" }])}
      >
        Add a characteristic
      </Button>
    </Section>
  );
}

interface CovariateRowProps {
  readonly upload: MappingFieldsProps["upload"];
  readonly covariate: MappedCovariate;
  readonly onChange: (covariate: MappedCovariate) => void;
  readonly onRemove: () => void;
}

function ofType(covariate: MappedCovariate, type: string): MappedCovariate {
  const { id, label, column } = covariate;
  if (type === "categorical") return { type: "categorical", id, label, column };
  return {
    type: "continuous",
    id,
    label,
    column,
    unit: "",
    sourceRange: { minimum: null, maximum: null },
    scale: "identity",
  };
}

/** A column's name as an identifier: letters, digits, point and underscore. */
function identifierFrom(column: string): string {
  return column
    .replace(/[^A-Za-z0-9_.]/g, "_")
    .replace(/^[^A-Za-z]+/, "")
    .slice(0, 40);
}

function CovariateRow({ upload, covariate, onChange, onRemove }: CovariateRowProps) {
  function chooseColumn(column: string | null) {
    const found = mappableColumns(upload).find((candidate) => candidate.name === column);
    const typed =
      found === undefined ? covariate : ofType(covariate, found.kind === "number" ? "continuous" : "categorical");
    const name = column ?? "";
    onChange({
      ...typed,
      column: name,
      id: covariate.id === "" ? identifierFrom(name) : covariate.id,
      label:
        covariate.label === "" ? (found?.label === "" || found === undefined ? name : found.label) : covariate.label,
    });
  }
  const bound = (value: number | string) => (typeof value === "number" ? value : null);
  return (
    <div className={classes.row}>
      <ColumnSelect upload={upload} label="Column" value={covariate.column} onChange={chooseColumn} />
      <NativeSelect
        label="Type"
        value={covariate.type}
        onChange={(event) => onChange(ofType(covariate, event.currentTarget.value))}
        data={["continuous", "categorical"]}
      />
      <TextInput
        label="Identifier"
        value={covariate.id}
        onChange={(event) => onChange({ ...covariate, id: event.currentTarget.value })}
      />
      <TextInput
        label="Name"
        value={covariate.label}
        onChange={(event) => onChange({ ...covariate, label: event.currentTarget.value })}
      />
      {covariate.type === "continuous" && (
        <>
          <TextInput
            label="Unit"
            value={covariate.unit}
            onChange={(event) => onChange({ ...covariate, unit: event.currentTarget.value })}
          />
          <NativeSelect
            label="Scale"
            value={covariate.scale}
            onChange={(event) => onChange({ ...covariate, scale: event.currentTarget.value as "identity" | "log" })}
            data={[
              { value: "identity", label: "as measured" },
              { value: "log", label: "natural log" },
            ]}
          />
          <NumberInput
            label="Lowest possible"
            placeholder="no bound"
            value={covariate.sourceRange.minimum ?? ""}
            onChange={(value) =>
              onChange({ ...covariate, sourceRange: { ...covariate.sourceRange, minimum: bound(value) } })
            }
          />
          <NumberInput
            label="Highest possible"
            placeholder="no bound"
            value={covariate.sourceRange.maximum ?? ""}
            onChange={(value) =>
              onChange({ ...covariate, sourceRange: { ...covariate.sourceRange, maximum: bound(value) } })
            }
          />
        </>
      )}
      <Button
        variant="default"
        onClick={onRemove}
        aria-label={`Remove characteristic ${covariate.label || covariate.id}`}
      >
        Remove
      </Button>
    </div>
  );
}
