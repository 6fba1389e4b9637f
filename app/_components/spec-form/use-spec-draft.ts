"use client";
import { useMemo, useState } from "react";
import type { z } from "zod";
import { initialRecord } from "./initial-value.ts";
import { type SpecField, type SpecRecord, specNodeOf, specRecordSchema } from "./spec-node.ts";
import type { SpecVocabulary } from "./spec-vocabulary.ts";

/** A method that a person can choose, with the schema of what it takes. */
export interface MethodChoice {
  readonly method: string;
  readonly title: string;
  readonly family: string;
  readonly schema: z.ZodType;
  /** What a new specification starts from; its defaults when left out. */
  readonly example?: unknown;
}

/** The fields of a method, without the field that names it. */
export function methodFields(choice: MethodChoice): readonly SpecField[] {
  const node = specNodeOf(choice.schema);
  return node.kind === "record" ? node.fields : [];
}

/** A specification while it is edited: its method, its fields, and what is wrong with them. */
export function useSpecDraft(
  choices: readonly MethodChoice[],
  vocabulary: SpecVocabulary | null,
  start: SpecRecord | null,
) {
  const fresh = (choice: MethodChoice): SpecRecord =>
    choice.example === undefined
      ? initialRecord(methodFields(choice), vocabulary)
      : specRecordSchema.parse(choice.example);
  const [value, setValue] = useState<SpecRecord>(() => start ?? (choices[0] === undefined ? {} : fresh(choices[0])));
  const choice = choices.find(({ method }) => method === value.method) ?? choices[0];
  const fields = useMemo(() => (choice === undefined ? [] : methodFields(choice)), [choice]);
  const checked = useMemo(() => choice?.schema.safeParse(value), [choice, value]);
  const errors = useMemo(() => {
    const found: Record<string, string> = {};
    for (const { path, message } of checked?.error?.issues ?? []) found[path.join(".")] ??= message;
    return found;
  }, [checked]);
  return {
    choice,
    fields,
    value,
    errors,
    valid: checked?.success === true,
    setValue,
    choose(method: string) {
      const next = choices.find((candidate) => candidate.method === method);
      if (next !== undefined) setValue(fresh(next));
    },
  };
}
