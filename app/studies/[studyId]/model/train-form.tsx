"use client";
import { Accordion, Checkbox, Group, NativeSelect, NumberInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { mappedEndpoints } from "../../../../lib/data/mapping-spec.ts";
import { defaultMembers } from "../../../../lib/progression/default-members.ts";
import { memberNames } from "../../../../lib/progression/member-names.ts";
import type { MemberId } from "../../../../lib/progression/member-parameters.ts";
import type { TrainingSpec } from "../../../../lib/progression/model-document.ts";
import { DEFAULT_NEURAL_SIZES } from "../../../../lib/progression/neural-boltzmann/neural-sizes.ts";
import { formatQuantity } from "../../../../lib/reporting/format-number.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { RefinementFields } from "./refinement-fields.tsx";

/** Baseline ANCOVA is in every stack and is not chosen. */
const CHOICES: readonly MemberId[] = [
  "gaussian-joint",
  "mixed-effects",
  "ridge-transition",
  "boosted-transition",
  "disease-course",
  "neural-boltzmann",
  "discrete-transition",
];

interface TrainFormProps {
  readonly training: TrainingSpec;
  readonly dataset: RouterOutputs["dataset"]["get"];
  readonly onDone: () => void;
}

export function TrainForm({ training, dataset, onDone }: TrainFormProps) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm<TrainingSpec>({
    initialValues: {
      ...training,
      members: training.members ?? [...defaultMembers(mappedEndpoints(dataset.mapping))],
    },
  });
  const train = useMutation(
    trpc.model.train.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onDone();
      },
    }),
  );
  const { mapping } = dataset;
  const values = form.values;
  const controls = dataset.quality.arms.reduce((sum, arm) => sum + (arm.role === "control" ? arm.patients : 0), 0);
  return (
    <form onSubmit={form.onSubmit((spec) => train.mutate({ studyId: study.id, training: spec }))}>
      <Stack gap="md">
        {train.error !== null && <FailureNotice error={train.error} />}
        <Group gap="xs" grow align="flex-start">
          <NativeSelect
            label="Primary endpoint"
            {...form.getInputProps("primary.endpointId")}
            data={mappedEndpoints(mapping).map((endpoint) => ({ value: endpoint.id, label: endpoint.label }))}
          />
          <NativeSelect
            label="Primary visit"
            {...form.getInputProps("primary.visitId")}
            data={mapping.visits.map((visit) => ({ value: visit.id, label: visit.label }))}
          />
        </Group>
        <Checkbox.Group
          label="Characteristics the twin may use"
          description="Baseline values of every endpoint are always in"
          {...form.getInputProps("covariateIds")}
        >
          <Stack gap={6} mt={6}>
            {mapping.covariates.map((covariate) => (
              <Checkbox key={covariate.id} value={covariate.id} label={covariate.label} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Checkbox.Group
          label="Strata of the comparator ANCOVA"
          description="Factors the randomisation is stratified by"
          {...form.getInputProps("strata")}
        >
          <Stack gap={6} mt={6}>
            {mapping.covariates.map((covariate) => (
              <Checkbox key={covariate.id} value={covariate.id} label={covariate.label} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Checkbox.Group
          label="Members"
          description="The Gaussian joint model alone, or several: then baseline ANCOVA joins them, and weights learnt on patients not seen decide. Binary, ordinal and count endpoints are always those of the transition model of discrete outcomes"
          {...form.getInputProps("members")}
        >
          <Stack gap={6} mt={6}>
            {CHOICES.map((id) => (
              <Checkbox
                key={id}
                value={id}
                label={memberNames[id]}
                description={id === "disease-course" ? "for bounded, monotone scales; left out for others" : undefined}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Checkbox
          label="Events and dropout"
          description="Learn when courses end and by what, where the data record events"
          checked={values.events !== "ignore"}
          onChange={(event) =>
            form.setFieldValue("events", event.currentTarget.checked ? eventsWished(training) : "ignore")
          }
        />
        <Accordion variant="contained" chevronPosition="left">
          <Accordion.Item value="advanced">
            <Accordion.Control>Advanced</Accordion.Control>
            <Accordion.Panel>
              <Stack gap="xs">
                <Group gap="xs" grow align="flex-start">
                  <NumberInput label="Folds" min={2} max={50} {...form.getInputProps("folds")} />
                  <NumberInput label="Repetitions" min={1} max={20} {...form.getInputProps("repeats")} />
                </Group>
                <NumberInput
                  label="Bootstrap replicates"
                  min={200}
                  max={20_000}
                  step={500}
                  {...form.getInputProps("bootstrapReplicates")}
                />
                <NativeSelect
                  label="Shrinkage of the covariance"
                  value={values.shrinkage.kind}
                  onChange={(event) =>
                    form.setFieldValue(
                      "shrinkage",
                      event.currentTarget.value === "chosen" ? { kind: "chosen" } : { kind: "fixed", priorWeight: 10 },
                    )
                  }
                  data={[
                    { value: "chosen", label: "chosen by cross-validated likelihood" },
                    { value: "fixed", label: "fixed" },
                  ]}
                />
                {values.shrinkage.kind === "fixed" && (
                  <NumberInput
                    label="Prior weight ν"
                    min={0}
                    value={values.shrinkage.priorWeight}
                    onChange={(value) => form.setFieldValue("shrinkage", { kind: "fixed", priorWeight: Number(value) })}
                  />
                )}
                <RefinementFields form={form} covariates={mapping.covariates} />
                {values.members?.includes("neural-boltzmann") && <NeuralSizes form={form} />}
                <NumberInput label="Seed" min={0} allowDecimal={false} {...form.getInputProps("seed")} />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        <PermittedButton
          needs="model.train"
          type="submit"
          size="sm"
          loading={train.isPending}
          disabled={values.members?.length === 0}
        >
          Train on {formatQuantity(controls, "patient")}
        </PermittedButton>
      </Stack>
    </form>
  );
}

/** A wish that the training came with is kept; else the engine decides by whether the data record events. */
function eventsWished(training: TrainingSpec): TrainingSpec["events"] {
  return training.events === "learn" ? "learn" : undefined;
}

/** Sizes of the neural Boltzmann machine; left alone they are the engine's defaults. */
function NeuralSizes({ form }: { readonly form: ReturnType<typeof useForm<TrainingSpec>> }) {
  const sizes = form.values.neuralBoltzmann ?? DEFAULT_NEURAL_SIZES;
  const set = (change: Partial<typeof sizes>) => form.setFieldValue("neuralBoltzmann", { ...sizes, ...change });
  return (
    <Group gap="xs" grow align="flex-start">
      <NumberInput
        label="Hidden units"
        description="Neural Boltzmann machine, summed out exactly"
        min={0}
        max={10}
        allowDecimal={false}
        value={sizes.hiddenUnits}
        onChange={(value) => set({ hiddenUnits: Number(value) })}
      />
      <NumberInput
        label="Networks"
        description="Random starts that make the mixture"
        min={1}
        max={20}
        allowDecimal={false}
        value={sizes.networks}
        onChange={(value) => set({ networks: Number(value) })}
      />
    </Group>
  );
}
