"use client";
import { Button, Drawer, Fieldset, Group, NumberInput, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { FailureNotice } from "../_components/feedback/failure-notice.tsx";
import { type RouterInputs, useTRPC } from "../_lib/trpc.ts";

interface NewStudyValues {
  title: string;
  indication: string;
  endpoint: string;
  unit: string;
  visits: { label: string; targetDay: number | string }[];
  benefit: "lower-is-better" | "higher-is-better";
  scale: "identity" | "log";
  experimental: string;
  control: string;
  targetEffect: number | string;
}

const required = (value: string) => (value.trim() === "" ? "Required" : null);
const sameName = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Why a target effect is none that the trial could show a benefit with; null without fault. */
function effectFault(value: number | string, benefit: NewStudyValues["benefit"]): string | null {
  if (typeof value !== "number") return null;
  if (value === 0) return "Must differ from 0";
  if (benefit === "lower-is-better" && value > 0) return "Lower is better: a benefit is below 0";
  if (benefit === "higher-is-better" && value < 0) return "Higher is better: a benefit is above 0";
  return null;
}

/** Five questions: name, indication, endpoint and visit, direction of benefit, arms. The rest has defaults. */
export function NewStudyDrawer(props: { opened: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const form = useForm<NewStudyValues>({
    initialValues: {
      title: "",
      indication: "",
      endpoint: "",
      unit: "",
      visits: [{ label: "", targetDay: "" }],
      benefit: "lower-is-better",
      scale: "identity",
      experimental: "",
      control: "Placebo",
      targetEffect: "",
    },
    validate: {
      title: required,
      indication: required,
      endpoint: required,
      experimental: required,
      control: (value, { experimental }) =>
        required(value) ?? (sameName(value, experimental) ? "Must differ from the experimental arm" : null),
      targetEffect: (value, { benefit }) => effectFault(value, benefit),
      visits: {
        label: required,
        targetDay: (value, { visits }, path) => {
          if (typeof value !== "number" || value <= 0) return "Days from time zero, above 0";
          const before = visits[Number(path.split(".")[1]) - 1]?.targetDay;
          return typeof before === "number" && before >= value ? "Must come after the visit before it" : null;
        },
      },
    },
  });
  const create = useMutation(
    trpc.study.create.mutationOptions({
      onSuccess: async ({ id }) => {
        await queryClient.invalidateQueries();
        router.push(`/studies/${id}`);
      },
    }),
  );
  return (
    <Drawer opened={props.opened} onClose={props.onClose} title="New study" size="md">
      <form onSubmit={form.onSubmit((values) => create.mutate(toInput(values)))} noValidate>
        <Stack gap="md">
          {create.error !== null && <FailureNotice error={create.error} />}
          <TextInput label="1. Name of the study" withAsterisk data-autofocus {...form.getInputProps("title")} />
          <TextInput label="2. Indication" withAsterisk {...form.getInputProps("indication")} />
          <Fieldset legend="3. Primary endpoint and visits">
            <Stack gap="xs">
              <Group gap="xs" grow align="flex-start">
                <TextInput
                  label="Endpoint"
                  placeholder="ADAS-Cog 11"
                  withAsterisk
                  {...form.getInputProps("endpoint")}
                />
                <TextInput label="Unit" placeholder="points" {...form.getInputProps("unit")} />
              </Group>
              <SegmentedControl
                aria-label="Analysis scale"
                data={[
                  { value: "identity", label: "analysed as measured" },
                  { value: "log", label: "analysed as natural log" },
                ]}
                {...form.getInputProps("scale")}
              />
              {form.values.visits.map((visit, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a visit is known by its place while it is being typed
                <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
                  <TextInput
                    label={`Visit ${index + 1}`}
                    placeholder="Week 24"
                    style={{ flex: 1 }}
                    {...form.getInputProps(`visits.${index}.label`)}
                  />
                  <NumberInput
                    label="Target day"
                    min={1}
                    w={110}
                    {...form.getInputProps(`visits.${index}.targetDay`)}
                    value={visit.targetDay}
                  />
                  <Button
                    variant="default"
                    disabled={form.values.visits.length === 1}
                    onClick={() => form.removeListItem("visits", index)}
                    aria-label={`Remove visit ${index + 1}`}
                  >
                    Remove
                  </Button>
                </Group>
              ))}
              <Button
                variant="default"
                style={{ alignSelf: "flex-start" }}
                onClick={() => form.insertListItem("visits", { label: "", targetDay: "" })}
              >
                Add a visit
              </Button>
              <span style={{ fontSize: "0.75rem", color: "var(--ink-soft)" }}>
                Target days count from time zero, in days. The last visit is the primary one.
              </span>
            </Stack>
          </Fieldset>
          <Fieldset legend="4. Direction of benefit">
            <SegmentedControl
              fullWidth
              aria-label="Direction of benefit"
              data={[
                { value: "lower-is-better", label: "Lower is better" },
                { value: "higher-is-better", label: "Higher is better" },
              ]}
              {...form.getInputProps("benefit")}
            />
            <NumberInput
              mt="xs"
              label="Target effect"
              description={`Experimental minus control on the analysis scale${form.values.unit.trim() === "" ? "" : `, in ${form.values.unit}`}: what the trial is to show. Left empty, ${form.values.benefit === "lower-is-better" ? "−1" : "1"} is entered and marked as a default.`}
              step={0.1}
              {...form.getInputProps("targetEffect")}
            />
          </Fieldset>
          <Fieldset legend="5. Arms">
            <Group gap="xs" grow align="flex-start">
              <TextInput label="Experimental" withAsterisk {...form.getInputProps("experimental")} />
              <TextInput label="Control" withAsterisk {...form.getInputProps("control")} />
            </Group>
          </Fieldset>
          <Button type="submit" size="sm" loading={create.isPending}>
            Create the study
          </Button>
        </Stack>
      </form>
    </Drawer>
  );
}

function toInput(values: NewStudyValues): RouterInputs["study"]["create"] {
  return {
    title: values.title,
    indication: values.indication,
    endpoint: { label: values.endpoint, unit: values.unit, scale: values.scale, benefit: values.benefit },
    visits: values.visits.map((visit) => ({ label: visit.label, targetDay: Number(visit.targetDay) })),
    arms: { experimental: values.experimental, control: values.control },
    ...(typeof values.targetEffect === "number" ? { targetEffect: values.targetEffect } : {}),
  };
}
