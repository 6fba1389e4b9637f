"use client";
import { NumberInput } from "@mantine/core";
import type { SpecificationPartProps } from "./specification-form.ts";

/** A number that may be unknown: an empty box is null. */
export function NullableNumber(props: SpecificationPartProps & { label: string; path: string; placeholder?: string }) {
  const input = props.form.getInputProps(props.path);
  return (
    <NumberInput
      label={props.label}
      placeholder={props.placeholder ?? "no bound"}
      value={input.value ?? ""}
      onChange={(value) => props.form.setFieldValue(props.path, (typeof value === "number" ? value : null) as never)}
      error={input.error}
    />
  );
}
