"use client";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { mappingSpecSchema } from "../../../../../lib/data/mapping-spec.ts";
import { formatQuantity } from "../../../../../lib/reporting/format-number.ts";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ArmFields } from "./arm-fields.tsx";
import { BaselineAndEventFields } from "./baseline-event-fields.tsx";
import { CovariateFields } from "./covariate-fields.tsx";
import { EndpointFields } from "./endpoint-fields.tsx";
import { fieldWords, neededWords } from "./field-words.ts";
import { FilePreview } from "./file-preview.tsx";
import { FilterFields } from "./filter-fields.tsx";
import { IdentityFields } from "./identity-fields.tsx";
import classes from "./import.module.css";
import type { Upload } from "./import-draft.ts";
import { MappingJson } from "./mapping-json.tsx";
import { TimeFields } from "./time-fields.tsx";
import { UnitFields } from "./unit-fields.tsx";
import { VisitFields } from "./visit-fields.tsx";

export interface MappingFieldsProps {
  readonly upload: Upload;
  readonly draft: MappingSpec;
  readonly onChange: (draft: MappingSpec) => void;
}

/** How the file becomes a data set: what was recognised, what is missing, every field in the person's hands. */
export function MappingStep(props: MappingFieldsProps & { onNext: () => void; subjectsFile: ReactNode }) {
  const checked = mappingSpecSchema.safeParse(props.draft);
  const suggestion = props.upload.suggestion;
  // Endpoints and visits were put in the study's terms; what the file suggested for them is no longer in question.
  const guesses = suggestion?.toConfirm.filter(({ field }) => !/^(endpoints|visits)\b/.test(field)) ?? [];
  return (
    <>
      <FilePreview file={props.upload} table={props.upload.table} title="First rows" />
      {props.subjectsFile}
      {suggestion !== null && suggestion.reasons.length > 0 && (
        <Section title="What was recognised, and why">
          <ul className={classes.recognised}>
            {suggestion.reasons.map((reason) => (
              <li key={`${reason.field}:${reason.why}`}>
                <strong>{fieldWords(reason.field)}</strong> {reason.why}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {suggestion !== null && suggestion.missing.length > 0 && (
        <Notice tone="warning" title="Not recognised; please fill in">
          {suggestion.missing.join(" · ")}
        </Notice>
      )}
      {guesses.length > 0 && (
        <Notice tone="information" title="Recognised, please look again">
          <ul style={{ margin: "0.25rem 0 0", paddingLeft: "1.1rem" }}>
            {guesses.map((guess) => (
              <li key={`${guess.field}:${guess.question}`}>{guess.question}</li>
            ))}
          </ul>
        </Notice>
      )}
      <IdentityFields {...props} />
      <EndpointFields {...props} />
      <VisitFields {...props} />
      <TimeFields {...props} />
      <ArmFields {...props} />
      <BaselineAndEventFields {...props} />
      <CovariateFields {...props} />
      <UnitFields {...props} />
      <FilterFields {...props} />
      <MappingJson {...props} />
      {!checked.success && (
        <div style={{ marginTop: "1rem" }}>
          <Notice tone="warning" title="Still needed">
            <ul style={{ margin: "0.25rem 0 0", paddingLeft: "1.1rem" }}>
              {checked.error.issues.slice(0, 12).map((issue) => (
                <li key={`${issue.path.join(".")}:${issue.message}`}>{neededWords(issue)}</li>
              ))}
            </ul>
          </Notice>
        </div>
      )}
      <div className={classes.bar}>
        <Button size="sm" disabled={!checked.success} onClick={props.onNext}>
          Check {formatQuantity(props.upload.table?.rowCount ?? 0, "row")} with this mapping
        </Button>
        {!checked.success && (
          <span className={classes.chosen}>{formatQuantity(checked.error.issues.length, "field")} still needed</span>
        )}
      </div>
    </>
  );
}
