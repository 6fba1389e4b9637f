"use client";
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { type BoundaryDraft, boundaryFamilies } from "./design-draft.ts";

interface BoundaryFieldsProps {
  readonly value: BoundaryDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (value: BoundaryDraft) => void;
}

const words: Readonly<Record<BoundaryDraft["family"], string>> = {
  "obrien-fleming": "O'Brien–Fleming",
  pocock: "Pocock",
  "wang-tsiatis": "Wang–Tsiatis",
  "haybittle-peto": "Haybittle–Peto",
  "user-defined": "spending by hand",
};

/** Bounds of a classical shape, or the error spent by hand, with the family's own parameter only. */
export function BoundaryFields({ value, errors, onChange }: BoundaryFieldsProps) {
  return (
    <>
      <NativeSelect
        label="Boundary"
        value={value.family}
        onChange={(event) => {
          const family = boundaryFamilies.find((candidate) => candidate === event.currentTarget.value);
          if (family !== undefined) onChange({ ...value, family });
        }}
        data={boundaryFamilies.map((family) => ({ value: family, label: words[family] }))}
      />
      {value.family === "wang-tsiatis" && (
        <NumberInput
          label="Δ"
          description="bounds fall as t to the power Δ − ½; 0 is O'Brien–Fleming, ½ Pocock"
          step={0.05}
          value={value.shape}
          onChange={(shape) => onChange({ ...value, shape })}
          error={errors["efficacyBoundary.shape"] ?? null}
        />
      )}
      {value.family === "haybittle-peto" && (
        <NumberInput
          label="Interim bound"
          description="the same z at every interim look; the rest of the error at the end"
          step={0.1}
          value={value.interimBound}
          onChange={(interimBound) => onChange({ ...value, interimBound })}
          error={errors["efficacyBoundary.interimBound"] ?? null}
        />
      )}
      {value.family === "user-defined" && (
        <TextInput
          label="Error spent"
          description='pairs "information fraction: share of the error", ending with 1: 1; linear in between'
          value={value.points}
          onChange={(event) => onChange({ ...value, points: event.currentTarget.value })}
          error={errors["efficacyBoundary.points"] ?? null}
        />
      )}
    </>
  );
}
