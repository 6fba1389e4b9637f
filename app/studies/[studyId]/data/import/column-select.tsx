"use client";
import { NativeSelect } from "@mantine/core";
import { mappableColumns, type Upload, type UploadedColumn } from "./import-draft.ts";

interface ColumnSelectProps {
  readonly upload: Upload;
  readonly label: string;
  readonly value: string | null;
  /** Text of the empty choice; without it a column must be chosen. */
  readonly none?: string;
  readonly description?: string;
  readonly onChange: (column: string | null) => void;
}

/** Chooses a column of the files by name, label and type. */
export function ColumnSelect(props: ColumnSelectProps) {
  const columns = mappableColumns(props.upload);
  const own = props.upload.table?.columns ?? [];
  const from = (column: UploadedColumn) => (own.includes(column) ? "" : `, ${props.upload.subjects?.fileName ?? ""}`);
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
        ...(known ? [] : [{ value, label: `${value} (not in the files)` }]),
        ...columns.map((column) => ({
          value: column.name,
          label:
            column.label === ""
              ? `${column.name} (${column.kind}${from(column)})`
              : `${column.name}: ${column.label} (${column.kind}${from(column)})`,
        })),
      ]}
    />
  );
}
