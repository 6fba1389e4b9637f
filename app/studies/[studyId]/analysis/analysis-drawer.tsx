"use client";
import { Button, Drawer, Group, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { analysisMethods } from "../../../../lib/trial-analysis/analysis-methods.ts";
import type { PlannedAnalysis } from "../../../../lib/trial-analysis/analysis-plan.ts";
import { analysisSpecSchema } from "../../../../lib/trial-analysis/analysis-spec.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { MethodSelect } from "../../../_components/spec-form/method-select.tsx";
import { SpecForm } from "../../../_components/spec-form/spec-form.tsx";
import type { SpecRecord } from "../../../_components/spec-form/spec-node.ts";
import type { SpecVocabulary } from "../../../_components/spec-form/spec-vocabulary.ts";
import { useSpecDraft } from "../../../_components/spec-form/use-spec-draft.ts";
import { readFailure } from "../../../_lib/field-errors.ts";
import { freshSlug } from "../../../_lib/fresh-id.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import type { Analyses } from "./client.tsx";

const roles = [
  { value: "primary", label: "Primary" },
  { value: "sensitivity", label: "Sensitivity" },
  { value: "supplementary", label: "Supplementary" },
] as const;

/** Planning or changing one analysis; its fields come from the method's schema. */
export function AnalysisDrawer(props: {
  analyses: Analyses;
  vocabulary: NonNullable<Analyses["vocabulary"]>;
  wanted: string;
  onClose: () => void;
}) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const saved = props.analyses.planned.find(({ id }) => id === props.wanted);
  const vocabulary = useMemo(() => vocabularyOf(props.vocabulary), [props.vocabulary]);
  const draft = useSpecDraft(analysisMethods, vocabulary, (saved?.spec as SpecRecord | undefined) ?? null);
  const [name, setName] = useState(saved?.name ?? "");
  const [role, setRole] = useState<PlannedAnalysis["role"]>(
    saved?.role ?? (props.analyses.planned.some((planned) => planned.role === "primary") ? "sensitivity" : "primary"),
  );
  const [asked, setAsked] = useState(false);
  const save = useMutation(
    trpc.analysis.save.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        props.onClose();
      },
    }),
  );
  const refused = save.error === null ? {} : specFields(readFailure(save.error).fields);
  const errors = asked ? { ...draft.errors, ...refused } : refused;

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    const spec = analysisSpecSchema.safeParse(draft.value);
    if (name.trim() === "" || !spec.success) return;
    const id = saved?.id ?? freshSlug(name, props.analyses.planned);
    save.mutate({ studyId: study.id, planned: { id, name: name.trim(), role, spec: spec.data } });
  }

  return (
    <Drawer
      opened
      onClose={props.onClose}
      size="lg"
      title={saved === undefined ? "Plan an analysis" : `Analysis: ${saved.name}`}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput
            label="Name"
            withAsterisk
            data-autofocus
            maxLength={120}
            placeholder="Primary: ANCOVA at year 2"
            value={name}
            error={asked && name.trim() === "" ? "Name the analysis" : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Role in the protocol"
            allowDeselect={false}
            data={[...roles]}
            value={role}
            onChange={(value) => setRole(roles.find((each) => each.value === value)?.value ?? role)}
          />
          <MethodSelect
            choices={analysisMethods}
            value={draft.choice?.method ?? ""}
            onChange={(method) => draft.choose(method)}
          />
          <SpecForm
            key={draft.choice?.method}
            fields={draft.fields}
            value={draft.value}
            path=""
            vocabulary={vocabulary}
            errors={errors}
            onChange={draft.setValue}
          />
          {save.error !== null && <FailureNotice error={save.error} />}
          {asked && !draft.valid && (
            <p role="alert" style={{ margin: 0, fontSize: "0.8125rem", color: "var(--failure-ink)" }}>
              {Object.entries(draft.errors)
                .map(([path, message]) => `${path}: ${message}`)
                .join("; ")}
            </p>
          )}
          <Group gap="xs">
            <PermittedButton needs="analysis.write" type="submit" size="sm" loading={save.isPending}>
              Save the analysis
            </PermittedButton>
            <Button variant="default" size="sm" onClick={props.onClose}>
              Discard changes
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

function vocabularyOf(found: NonNullable<Analyses["vocabulary"]>): SpecVocabulary {
  const options = (items: readonly { id: string; label: string }[]) =>
    items.map(({ id, label }) => ({ value: id, label }));
  return {
    endpoints: options(found.endpoints),
    visits: options(found.visits),
    covariates: options(found.covariates),
    arms: found.arms.map(({ name }) => ({ value: name, label: name })),
    eventKinds: found.eventKinds.map((kind) => ({ value: kind, label: kind })),
    primary: { endpoint: found.primary.endpointId, visit: found.primary.visitId },
  };
}

/** Refusals of the server name the field below `planned.spec`. */
function specFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([path, message]) => [path.replace(/^planned\.spec\./, ""), message]),
  );
}
