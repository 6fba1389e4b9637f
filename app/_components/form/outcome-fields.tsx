"use client";
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import {
  type DiscreteOutcome,
  levelsText,
  type OutcomeType,
  outcomeFromText,
  outcomeTypes,
  startingOutcome,
} from "../../../lib/trial/outcome-type.ts";

interface OutcomeFieldsProps {
  /** Absent: continuous. */
  readonly outcome: DiscreteOutcome | undefined;
  readonly onChange: (outcome: DiscreteOutcome | undefined) => void;
}

/** Type of an endpoint, and the levels of a binary or ordinal one. */
export function OutcomeFields({ outcome, onChange }: OutcomeFieldsProps) {
  return (
    <>
      <NativeSelect
        label="Type"
        value={outcome?.type ?? "continuous"}
        onChange={(event) => onChange(startingOutcome(event.currentTarget.value as OutcomeType))}
        data={outcomeTypes.map((type) => ({ value: type, label: type }))}
      />
      {outcome !== undefined && outcome.type !== "count" && (
        <LevelsField key={outcome.type} outcome={outcome} onChange={onChange} />
      )}
    </>
  );
}

function LevelsField(props: {
  outcome: Exclude<DiscreteOutcome, { type: "count" }>;
  onChange: OutcomeFieldsProps["onChange"];
}) {
  const { outcome, onChange } = props;
  const [text, setText] = useState(levelsText(outcome));
  const [fault, setFault] = useState<string | null>(null);
  return (
    <TextInput
      label="Levels in order"
      description="value in the file = name; coded 0, 1, 2, …"
      value={text}
      error={fault}
      onChange={(event) => {
        setText(event.currentTarget.value);
        const read = outcomeFromText(outcome.type, event.currentTarget.value);
        setFault(typeof read === "string" ? read : null);
        if (typeof read !== "string") onChange(read);
      }}
    />
  );
}
