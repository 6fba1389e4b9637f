"use client";
import { NativeSelect, TextInput } from "@mantine/core";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

/** Name, role and origin of the data set; who a row belongs to. */
export function IdentityFields({ upload, draft, onChange }: MappingFieldsProps) {
  return (
    <Section title="Data set and patients">
      <div className={classes.grid}>
        <TextInput
          label="Name of the data set"
          value={draft.name}
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        />
        <NativeSelect
          label="Role"
          value={draft.role}
          onChange={(event) => onChange({ ...draft, role: event.currentTarget.value as typeof draft.role })}
          data={[
            { value: "historical-control", label: "historical control (trains the model)" },
            { value: "enrolled", label: "enrolled trial (gets twins)" },
          ]}
        />
        <NativeSelect
          label="Origin"
          value={draft.origin}
          onChange={(event) => onChange({ ...draft, origin: event.currentTarget.value as typeof draft.origin })}
          data={["real", "public", "simulated"]}
        />
        <ColumnSelect
          upload={upload}
          label="Patient"
          value={draft.patient.column}
          onChange={(column) => onChange({ ...draft, patient: { column: column ?? "" } })}
        />
        <ColumnSelect
          upload={upload}
          label="Study"
          none="one study, named beside"
          value={draft.study.kind === "column" ? draft.study.column : null}
          onChange={(column) =>
            onChange({
              ...draft,
              study: column === null ? { kind: "constant", value: draft.name } : { kind: "column", column },
            })
          }
        />
        {draft.study.kind === "constant" && (
          <TextInput
            label="Name of the one study"
            value={draft.study.value}
            onChange={(event) => onChange({ ...draft, study: { kind: "constant", value: event.currentTarget.value } })}
          />
        )}
        <ColumnSelect
          upload={upload}
          label="Site"
          none="not recorded"
          value={draft.site?.column ?? null}
          onChange={(column) => onChange({ ...draft, site: column === null ? null : { column } })}
        />
      </div>
    </Section>
  );
}
