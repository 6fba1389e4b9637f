"use client";
import { Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { useForm } from "@mantine/form";
import type { Enrichment } from "../../../../lib/progression/enrichment.ts";
import type { TrainingSpec } from "../../../../lib/progression/model-document.ts";
import type { RouterOutputs } from "../../../_lib/trpc.ts";

type Covariates = RouterOutputs["dataset"]["get"]["mapping"]["covariates"];

interface RefinementFieldsProps {
  readonly form: ReturnType<typeof useForm<TrainingSpec>>;
  readonly covariates: Covariates;
}

/** Scales and curves of the Gaussian joint model, and a rare subgroup that counts for more in training. */
export function RefinementFields({ form, covariates }: RefinementFieldsProps) {
  const { enrichment } = form.values;
  const chosen = enrichment?.subgroup.covariateId ?? "";
  const change = (next: Enrichment) => form.setFieldValue("enrichment", next);
  return (
    <>
      <NativeSelect
        label="Scales and curves"
        description="Gaussian joint model: other scales of skewed or bounded endpoints, curved effects of covariates"
        value={form.values.curvature ?? "chosen"}
        onChange={(event) => form.setFieldValue("curvature", event.currentTarget.value === "none" ? "none" : "chosen")}
        data={[
          { value: "chosen", label: "where held-out patients ask for them" },
          { value: "none", label: "none: values as they are" },
        ]}
      />
      <NativeSelect
        label="Enriched subgroup"
        description="Its patients count for more in training, never in the evaluation"
        value={chosen}
        onChange={(event) => form.setFieldValue("enrichment", enrichmentOf(covariates, event.currentTarget.value))}
        data={[
          { value: "", label: "none" },
          ...covariates.map((covariate) => ({ value: covariate.id, label: covariate.label })),
        ]}
      />
      <TextInput
        label="Why partial correlations above 0.6 are no leak"
        description="Only where training stopped for one: all covariates known at time zero, because …"
        value={form.values.acknowledgedLeakage ?? ""}
        error={form.errors.acknowledgedLeakage}
        onChange={(event) => form.setFieldValue("acknowledgedLeakage", event.currentTarget.value || undefined)}
      />
      {enrichment !== undefined && (
        <Group gap="xs" grow align="flex-start">
          <SubgroupFields enrichment={enrichment} onChange={change} />
          <NumberInput
            label="Share of the training weight"
            min={0.01}
            max={0.99}
            step={0.05}
            value={enrichment.share}
            onChange={(value) => change({ ...enrichment, share: Number(value) })}
          />
        </Group>
      )}
    </>
  );
}

function SubgroupFields(props: { readonly enrichment: Enrichment; readonly onChange: (next: Enrichment) => void }) {
  const { enrichment, onChange } = props;
  const { subgroup } = enrichment;
  if (subgroup.kind === "level") {
    return (
      <TextInput
        label="Level"
        value={subgroup.level}
        onChange={(event) => onChange({ ...enrichment, subgroup: { ...subgroup, level: event.currentTarget.value } })}
      />
    );
  }
  const limit = (value: number | string) => (value === "" ? null : Number(value));
  return (
    <>
      <NumberInput
        label="From"
        value={subgroup.from ?? ""}
        onChange={(value) => onChange({ ...enrichment, subgroup: { ...subgroup, from: limit(value) } })}
      />
      <NumberInput
        label="To"
        value={subgroup.to ?? ""}
        onChange={(value) => onChange({ ...enrichment, subgroup: { ...subgroup, to: limit(value) } })}
      />
    </>
  );
}

const FIRST_SHARE = 0.3;

function enrichmentOf(covariates: Covariates, covariateId: string): Enrichment | undefined {
  const covariate = covariates.find(({ id }) => id === covariateId);
  if (covariate === undefined) return undefined;
  const subgroup: Enrichment["subgroup"] =
    covariate.type === "categorical"
      ? { kind: "level", covariateId, level: "" }
      : { kind: "range", covariateId, from: null, to: null };
  return { subgroup, share: FIRST_SHARE };
}
