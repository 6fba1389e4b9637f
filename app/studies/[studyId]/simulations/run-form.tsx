"use client";
import { Button, Checkbox, NumberInput, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatCount, formatQuantity } from "../../../../lib/reporting/format-number.ts";
import { trialsOf } from "../../../../lib/simulation/run-duration.ts";
import type { Scenario, SimulationSpec, TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { ReplicateGuide } from "./replicate-guide.tsx";
import { TimeEstimate } from "./time-estimate.tsx";

interface RunFormProps {
  readonly designs: readonly TrialDesign[];
  readonly scenarios: readonly Scenario[];
  readonly runs: readonly RouterOutputs["simulation"]["list"][number][];
}

const usualReplicates = 10_000;
const firstSeed = 20_260;

export function RunForm({ designs, scenarios, runs }: RunFormProps) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { write } = useUrlState();
  const [designIds, setDesignIds] = useState(designs.map(({ id }) => id));
  const [scenarioIds, setScenarioIds] = useState(scenarios.map(({ id }) => id));
  const [replicates, setReplicates] = useState<number | string>(usualReplicates);
  const [seed, setSeed] = useState<number | string>(runs[0]?.seed ?? firstSeed);
  const [asked, setAsked] = useState(false);
  const submit = useMutation(
    trpc.simulation.submit.mutationOptions({
      onSuccess: async ({ runId }) => {
        await queryClient.invalidateQueries();
        write({ new: null, run: runId, design: null, scenario: null }, "push");
      },
    }),
  );
  const { specification } = study;
  const endpoint = specification.endpoints.find(({ id }) => id === specification.primary.endpointId);
  const day = specification.visits.find(({ id }) => id === specification.primary.visitId)?.targetDay;
  const size = { designs: designIds.length, scenarios: scenarioIds.length, replicates: Number(replicates) };
  const errors = {
    designs:
      designIds.length === 0 ? "Choose at least one design" : designIds.length > 20 ? "At most 20 designs" : null,
    scenarios:
      scenarioIds.length === 0
        ? "Choose at least one scenario"
        : scenarioIds.length > 40
          ? "At most 40 scenarios"
          : null,
    replicates: wholeBetween(replicates, 10, 1_000_000) ? null : "A whole number from 10 to 1,000,000",
    seed: wholeBetween(seed, 0, Number.MAX_SAFE_INTEGER) ? null : "A whole number of 0 or more",
  };

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (Object.values(errors).some((error) => error !== null) || endpoint === undefined) return;
    const spec: SimulationSpec = {
      format: "understudy-simulation/1",
      designs: designs.filter(({ id }) => designIds.includes(id)),
      scenarios: scenarios.filter(({ id }) => scenarioIds.includes(id)),
      replicates: Number(replicates),
      seed: Number(seed),
      primary: { ...specification.primary, ...(day === undefined || day <= 0 ? {} : { day }) },
      benefit: endpoint.benefit,
    };
    submit.mutate({ studyId: study.id, spec });
  }

  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="md">
        <Diagnostics items={study.simulationCaveats} label="What the simulation leaves out of the plan" />
        {submit.error !== null && <FailureNotice error={submit.error} />}
        <Chosen
          label="Designs"
          description="The first chosen is the reference of the paired differences"
          items={designs}
          value={designIds}
          onChange={setDesignIds}
          error={asked ? errors.designs : null}
        />
        <Chosen
          label="Scenarios"
          items={scenarios}
          value={scenarioIds}
          onChange={setScenarioIds}
          error={asked ? errors.scenarios : null}
        />
        <NumberInput
          label="Replicates per cell"
          thousandSeparator=","
          allowDecimal={false}
          step={1_000}
          value={replicates}
          onChange={setReplicates}
          error={asked ? errors.replicates : null}
        />
        <ReplicateGuide
          alpha={designs[0]?.oneSidedAlpha ?? 0.025}
          chosen={Number(replicates)}
          onChoose={(wanted) => setReplicates(wanted)}
        />
        <NumberInput
          label="Seed"
          description="the same seed gives the same numbers to the last digit, on any number of workers"
          allowDecimal={false}
          value={seed}
          onChange={setSeed}
          error={asked ? errors.seed : null}
        />
        <TimeEstimate runs={runs} planned={size} />
        <PermittedButton needs="simulation.run" type="submit" size="sm" loading={submit.isPending}>
          Simulate {formatQuantity(size.designs * size.scenarios, "cell")} × {formatCount(size.replicates)} ={" "}
          {formatQuantity(trialsOf(size), "trial")}
        </PermittedButton>
      </Stack>
    </form>
  );
}

function Chosen(props: {
  label: string;
  description?: string;
  items: readonly { readonly id: string; readonly name: string }[];
  value: string[];
  onChange: (value: string[]) => void;
  error: string | null;
}) {
  const all = props.value.length === props.items.length;
  return (
    <div>
      <Checkbox.Group
        label={props.label}
        {...(props.description === undefined ? {} : { description: props.description })}
        value={props.value}
        onChange={props.onChange}
        error={props.error}
      >
        <Stack gap={6} mt={6}>
          {props.items.map((item) => (
            <Checkbox key={item.id} value={item.id} label={item.name} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Button
        variant="subtle"
        size="compact-xs"
        mt={6}
        onClick={() => props.onChange(all ? [] : props.items.map(({ id }) => id))}
      >
        {all ? "Choose none" : "Choose all"}
      </Button>
    </div>
  );
}

function wholeBetween(value: number | string, least: number, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
