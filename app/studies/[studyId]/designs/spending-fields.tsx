"use client";
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { SpendingFunction } from "../../../../lib/design/spending-function.ts";
import type { SpendingDraft } from "./design-draft.ts";
import { spendingWords } from "./design-words.ts";

interface SpendingFieldsProps {
  readonly label: string;
  readonly value: SpendingDraft;
  readonly errors: Readonly<Record<string, string>>;
  /** Prefix of the field names in `errors`. */
  readonly name: string;
  /** Whether the error may also be spent by hand. */
  readonly byHand?: boolean;
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
  "user-defined": null,
} as const;

const families = Object.keys(spendingWords) as SpendingFunction["family"][];
const BY_HAND = { value: "user-defined", label: "spending by hand" } as const;

/** A spending family with its own parameter only. */
export function SpendingFields({ label, value, errors, name, byHand = false, onChange }: SpendingFieldsProps) {
  const parameter = parameters[value.family];
  return (
    <>
      <NativeSelect
        label={label}
        value={value.family}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          const family = chosen === BY_HAND.value ? BY_HAND.value : families.find((candidate) => candidate === chosen);
          if (family !== undefined) onChange({ ...value, family });
        }}
        data={[
          ...families.map((family) => ({ value: family, label: spendingWords[family] })),
          ...(byHand ? [BY_HAND] : []),
        ]}
      />
      {value.family === "user-defined" && (
        <TextInput
          label="Error spent"
          description='pairs "information fraction: share of the error", ending with 1: 1; linear in between'
          value={value.points}
          onChange={(event) => onChange({ ...value, points: event.currentTarget.value })}
          error={errors[`${name}.points`] ?? null}
        />
      )}
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
