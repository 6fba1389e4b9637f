"use client";
import { endpointUnit } from "../../../../lib/reporting/figures/figure-labels.ts";
import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import classes from "./sizing.module.css";
import { HypothesisChoice, RunInChoice } from "./sizing-choices.tsx";
import { type SizingField, textOf } from "./sizing-inputs.ts";
import { SizingNumber } from "./sizing-number.tsx";

interface Group {
  readonly title: string;
  readonly choice?: "hypothesis" | "run-in";
  readonly fields: readonly SizingField[];
}

const groups: readonly Group[] = [
  { title: "What is to be shown", choice: "hypothesis", fields: ["effect", "margin", "power", "oneSidedAlpha"] },
  { title: "The trial", choice: "run-in", fields: ["standardDeviation", "randomizationRatio", "dropout"] },
  { title: "Adjustment", fields: ["rSquaredAncova", "rSquaredWithScore", "covariatesInAncova"] },
  { title: "Discounts", fields: ["correlationDeflation", "controlSdInflation"] },
];

const inUnits: ReadonlySet<SizingField> = new Set(["effect", "margin", "standardDeviation"]);

/** Inputs of the sizing, each marked user, derived or default; what is typed stands in the address. */
export function SizingForm(props: {
  defaults: SizingSpec;
  spec: SizingSpec;
  errors: Readonly<Record<string, string>>;
}) {
  const study = useStudy();
  const unit = endpointUnit(study.specification, props.spec.endpointId);
  return (
    <form className={classes.form} aria-label="Inputs of the sizing" onSubmit={(event) => event.preventDefault()}>
      {groups.map((group) => (
        <fieldset key={group.title} className={classes.group}>
          <legend>{group.title}</legend>
          {group.choice === "hypothesis" && <HypothesisChoice spec={props.spec} />}
          {group.choice === "run-in" && <RunInChoice options={props.defaults.runInOptions ?? []} />}
          {group.fields.map((field) => (
            <SizingNumber
              key={field}
              field={field}
              text={textOf(field, props.spec.hypothesis)}
              unit={inUnits.has(field) ? unit : ""}
              current={props.spec[field]}
              fallback={props.defaults[field]}
              error={props.errors[field] ?? props.errors[`${field}.value`] ?? null}
            />
          ))}
        </fieldset>
      ))}
    </form>
  );
}
