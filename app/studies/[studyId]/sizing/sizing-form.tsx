"use client";
import { endpointUnit } from "../../../../lib/reporting/figures/figure-labels.ts";
import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import classes from "./sizing.module.css";
import type { SizingField } from "./sizing-inputs.ts";
import { SizingNumber } from "./sizing-number.tsx";

const groups: readonly { readonly title: string; readonly fields: readonly SizingField[] }[] = [
  { title: "What is to be shown", fields: ["effect", "margin", "power", "oneSidedAlpha"] },
  { title: "The trial", fields: ["standardDeviation", "randomizationRatio", "dropout"] },
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
          {group.fields.map((field) => (
            <SizingNumber
              key={field}
              field={field}
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
