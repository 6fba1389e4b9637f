"use client";
import { NativeSelect, NumberInput } from "@mantine/core";
import type { SpendingFunction } from "../../../../lib/design/spending-function.ts";
import type { SpendingDraft } from "./design-draft.ts";
import { spendingWords } from "./design-words.ts";

interface SpendingFieldsProps {
  readonly label: string;
  readonly value: SpendingDraft;
  readonly errors: Readonly<Record<string, string>>;
  /** Prefix of the field names in `errors`. */
  readonly name: string;
  readonly onChange: (value: SpendingDraft) => void;
}

const parameters = {
  "lan-demets-obrien-fleming": null,
  "lan-demets-pocock": null,
  "hwang-shih-decani": {
    key: "gamma",
    label: "γ",
    help: "negative spends late; −4 is near O'Brien–Fleming, 1 near Pocock",
    step: 0.5,
  },
  "kim-demets": { key: "rho", label: "ρ", help: "larger spends later; 3 is near O'Brien–Fleming", step: 0.5 },
  exponential: { key: "nu", label: "ν", help: "larger spends later; 0.8 is near O'Brien–Fleming", step: 0.1 },
} as const;

const families = Object.keys(spendingWords) as SpendingFunction["family"][];

/** A spending family with its own parameter only. */
export function SpendingFields({ label, value, errors, name, onChange }: SpendingFieldsProps) {
  const parameter = parameters[value.family];
  return (
    <>
      <NativeSelect
        label={label}
        value={value.family}
        onChange={(event) => {
          const family = families.find((candidate) => candidate === event.currentTarget.value);
          if (family !== undefined) onChange({ ...value, family });
        }}
        data={families.map((family) => ({ value: family, label: spendingWords[family] }))}
      />
      {parameter !== null && (
        <NumberInput
          label={parameter.label}
          description={parameter.help}
          step={parameter.step}
          value={value[parameter.key]}
          onChange={(typed) => onChange({ ...value, [parameter.key]: typed })}
          error={errors[`${name}.${parameter.key}`] ?? null}
        />
      )}
    </>
  );
}
