"use client";
import { NativeSelect } from "@mantine/core";
import type { Upload } from "./import-draft.ts";

interface ColumnSelectProps {
  readonly upload: Upload;
  readonly label: string;
  readonly value: string | null;
  /** Text of the empty choice; without it a column must be chosen. */
  readonly none?: string;
  readonly description?: string;
  readonly onChange: (column: string | null) => void;
}

/** Chooses a column of the file by name, label and type. */
export function ColumnSelect(props: ColumnSelectProps) {
  const columns = props.upload.table?.columns ?? [];
  const value = props.value ?? "";
  const known = value === "" || columns.some((column) => column.name === value);
  return (
    <NativeSelect
      label={props.label}
      value={value}
      {...(props.description === undefined ? {} : { description: props.description })}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        props.onChange(chosen === "" ? (props.none === undefined ? "" : null) : chosen);
      }}
      data={[
        { value: "", label: props.none ?? "choose a column" },
        ...(known ? [] : [{ value, label: `${value} (not in this file)` }]),
        ...columns.map((column) => ({
          value: column.name,
          label:
            column.label === ""
              ? `${column.name} (${column.kind})`
              : `${column.name}: ${column.label} (${column.kind})`,
        })),
      ]}
    />
  );
}
