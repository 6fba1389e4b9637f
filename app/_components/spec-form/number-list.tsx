"use client";
import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SpecValue } from "./spec-node.ts";

interface TextualProps {
  readonly label: string;
  readonly description?: string;
  readonly error: string | null;
  readonly value: SpecValue | undefined;
  readonly onChange: (value: SpecValue | undefined) => void;
}

/** Numbers separated by commas or blanks; what cannot be read stays as typed and is refused by name. */
export function NumberList({ single, value, onChange, ...about }: TextualProps & { single: boolean }) {
  const [text, setText] = useState(() =>
    Array.isArray(value) ? value.join(", ") : value === undefined ? "" : String(value),
  );
  return (
    <TextInput
      {...about}
      value={text}
      placeholder={single ? "one value, or several: 0.8, 0.9" : "separated by commas"}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        const numbers = readNumbers(typed);
        if (numbers.length === 0) onChange(single ? undefined : []);
        else onChange(single && numbers.length === 1 ? numbers[0] : numbers);
      }}
    />
  );
}

/** Rows of numbers, one a line. */
export function MatrixText({ value, onChange, ...about }: TextualProps) {
  const rows = Array.isArray(value) ? (value as readonly SpecValue[]) : [];
  const [text, setText] = useState(() =>
    rows.map((row) => (Array.isArray(row) ? row.join(", ") : String(row))).join("\n"),
  );
  return (
    <Textarea
      {...about}
      autosize
      minRows={3}
      placeholder="one row a line, numbers separated by commas"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(
          event.currentTarget.value
            .split("\n")
            .filter((line) => line.trim() !== "")
            .map(readNumbers),
        );
      }}
    />
  );
}

/** Text that is no number is kept, so that the refusal can name it. */
function readNumbers(text: string): (number | string)[] {
  return text
    .split(/[\s,;]+/)
    .filter((part) => part !== "")
    .map((part) => (Number.isFinite(Number(part)) ? Number(part) : part));
}
