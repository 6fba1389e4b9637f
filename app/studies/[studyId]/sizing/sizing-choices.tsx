"use client";
import { NativeSelect } from "@mantine/core";
import type { RunInOption, SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./sizing.module.css";
import { hypothesisWords, runInVisitsOf } from "./sizing-inputs.ts";

/** Superiority, or non-inferiority by a margin. */
export function HypothesisChoice({ spec }: { spec: SizingSpec }) {
  const { write } = useUrlState();
  return (
    <NativeSelect
      className={classes.choice}
      label="Hypothesis"
      value={spec.hypothesis ?? "superiority"}
      onChange={(event) =>
        write({ hypothesis: event.currentTarget.value === "non-inferiority" ? "non-inferiority" : null })
      }
      data={Object.entries(hypothesisWords).map(([value, label]) => ({ value, label }))}
    />
  );
}

/** Visits before randomisation, for which the model has figures. */
export function RunInChoice({ options }: { options: readonly RunInOption[] }) {
  const { params, write } = useUrlState();
  if (options.length === 0) return null;
  return (
    <NativeSelect
      className={classes.choice}
      label="Randomised"
      inputWrapperOrder={["label", "input", "description"]}
      description="After a run-in, SD and R² are those found with its visits known."
      value={String(runInVisitsOf(params))}
      onChange={(event) => write({ runIn: event.currentTarget.value === "0" ? null : event.currentTarget.value })}
      data={options.map((option) => ({ value: String(option.visits), label: runInWords(option) }))}
    />
  );
}

/** "after a run-in of 2 visits, to Week 24". */
export function runInWords({ visits, lastVisit }: Pick<RunInOption, "visits" | "lastVisit">): string {
  if (visits === 0) return "at baseline, no run-in";
  return `after a run-in of ${visits} ${visits === 1 ? "visit" : "visits"}, to ${lastVisit}`;
}
