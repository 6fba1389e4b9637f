"use client";
import { NumberInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { SourceMark } from "../../../_components/provenance/source-mark.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./sizing.module.css";
import type { FieldText, SizingField } from "./sizing-inputs.ts";

interface SizingNumberProps {
  readonly field: SizingField;
  readonly text: FieldText;
  readonly unit: string;
  readonly current: SizingSpec[SizingField];
  readonly fallback: SizingSpec[SizingField];
  readonly error: string | null;
}

/** One input with its unit, its source, and the way back to the value the program proposes. */
export function SizingNumber(props: SizingNumberProps) {
  const { field, text, current } = props;
  const { write } = useUrlState();
  const [typed, setTyped] = useState<number | string>(rounded(current.value));
  const settle = useDebouncedCallback((value: number | string) => {
    if (typeof value === "number") write({ [field]: String(value) });
  }, 250);

  useEffect(() => setTyped(rounded(current.value)), [current.value]);

  return (
    <NumberInput
      label={
        <span className={classes.label}>
          {text.label}
          {props.unit !== "" && <span style={{ fontWeight: 400, color: "var(--ink-soft)" }}>{props.unit}</span>}
        </span>
      }
      labelProps={{ style: { width: "100%" } }}
      description={
        <span className={classes.label}>
          <SourceMark source={current.source} note={`${text.help} ${current.note}`.trim()} />
          {current.source === "user" && props.fallback.source !== "user" && (
            <button type="button" className={classes.reset} onClick={() => write({ [field]: null })}>
              back to {props.fallback.source}
            </button>
          )}
        </span>
      }
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={typed}
      onChange={(value) => {
        setTyped(value);
        settle(value);
      }}
      step={text.step}
      {...(text.minimum === undefined ? {} : { min: text.minimum })}
      {...(text.maximum === undefined ? {} : { max: text.maximum })}
      clampBehavior="none"
      error={props.error}
    />
  );
}

/** Six significant digits in the box; the unrounded derived value is what is sized with. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
