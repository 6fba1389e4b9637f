"use client";
import { Button, NativeSelect, Text, Textarea, TextInput } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { ColumnSelect } from "./column-select.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

type ByColumn = Extract<MappingSpec["arm"], { kind: "column" }>;

/** Which patients are controls: by the values of a column, or all of them with the reason. */
export function ArmFields({ upload, draft, onChange }: MappingFieldsProps) {
  const study = useStudy();
  const control = study.specification.arms.find((arm) => arm.role === "control") ?? study.specification.arms[0]!;
  const { arm } = draft;
  return (
    <Section
      title="Arms"
      note="The control level is named explicitly; patients with other values are left out and counted."
    >
      <div className={classes.grid}>
        <NativeSelect
          label="Arms are known"
          value={arm.kind}
          onChange={(event) =>
            onChange({
              ...draft,
              arm:
                event.currentTarget.value === "column"
                  ? { kind: "column", column: "", arms: [{ value: "", arm: control }] }
                  : { kind: "pooled-control", reason: "", arm: control },
            })
          }
          data={[
            { value: "column", label: "by a column" },
            { value: "pooled-control", label: "every patient counts as control" },
          ]}
        />
        {arm.kind === "column" ? (
          <ColumnSelect
            upload={upload}
            label="Column with the arm"
            value={arm.column}
            onChange={(column) => onChange({ ...draft, arm: { ...arm, column: column ?? "" } })}
          />
        ) : (
          <Textarea
            label="Why every patient counts as control"
            description="Printed in the source log"
            autosize
            value={arm.reason}
            onChange={(event) => onChange({ ...draft, arm: { ...arm, reason: event.currentTarget.value } })}
          />
        )}
      </div>
      {arm.kind === "column" && <ArmValues upload={upload} draft={draft} arm={arm} onChange={onChange} />}
    </Section>
  );
}

function ArmValues(props: MappingFieldsProps & { arm: ByColumn }) {
  const { upload, draft, arm, onChange } = props;
  const study = useStudy();
  const set = (arms: ByColumn["arms"]) => onChange({ ...draft, arm: { ...arm, arms } });
  const change = (index: number, part: Partial<ByColumn["arms"][number]>) =>
    set(arm.arms.map((old, place) => (place === index ? { ...old, ...part } : old)));
  const choices = [...study.specification.arms];
  for (const entry of arm.arms) if (!choices.some(({ id }) => id === entry.arm.id)) choices.push(entry.arm);
  return (
    <>
      <div className={classes.rows} style={{ marginTop: "0.75rem" }}>
        {arm.arms.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: values are edited in place
          <div className={classes.row} key={index}>
            <TextInput
              label={`Value of ${arm.column || "the column"}`}
              value={entry.value}
              onChange={(event) => change(index, { value: event.currentTarget.value })}
            />
            <NativeSelect
              label="Arm of the study"
              value={entry.arm.id}
              onChange={(event) => {
                const chosen = choices.find(({ id }) => id === event.currentTarget.value);
                if (chosen !== undefined) change(index, { arm: chosen });
              }}
              data={choices.map(({ id, label, role }) => ({ value: id, label: `${label} (${role})` }))}
            />
            <NativeSelect
              label="Role"
              value={entry.arm.role}
              onChange={(event) =>
                change(index, { arm: { ...entry.arm, role: event.currentTarget.value as "control" | "experimental" } })
              }
              data={["control", "experimental"]}
            />
            <Button
              variant="default"
              onClick={() => set(arm.arms.filter((_, place) => place !== index))}
              aria-label={`Remove value ${entry.value}`}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
      <LeftOutValues upload={upload} arm={arm} />
      <Button variant="default" mt="sm" onClick={() => set([...arm.arms, { value: "", arm: choices[0]! }])}>
        Add a value
      </Button>
    </>
  );
}

/** Values of the arm column that no row of the form names. */
function LeftOutValues({ upload, arm }: { upload: MappingFieldsProps["upload"]; arm: ByColumn }) {
  const recognised = upload.suggestion?.mapping.arm;
  if (recognised?.kind !== "column" || recognised.column !== arm.column) return null;
  const named = new Set(arm.arms.map(({ value }) => value));
  const left = recognised.arms.filter(({ value }) => !named.has(value)).map(({ value }) => `"${value}"`);
  if (left.length === 0) return null;
  return (
    <Text size="sm" mt="sm">
      Patients with {left.join(", ")} are left out: no value above names their arm.
    </Text>
  );
}
