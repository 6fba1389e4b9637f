"use client";
import { Button, Drawer, Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatSignificant } from "../../../../lib/reporting/format-number.ts";
import type { Scenario } from "../../../../lib/simulation/simulation-document.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { freshSlug } from "../../../_lib/fresh-id.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import {
  draftOfScenario,
  readScenario,
  type ScenarioDraft,
  type ScenarioField,
  startingScenario,
} from "./scenario-draft.ts";
import classes from "./simulations.module.css";

interface NumberField {
  readonly name: Exclude<ScenarioField, "name" | "generator">;
  readonly label: string;
  readonly help: string;
  readonly step: number;
}

const parametric: readonly NumberField[] = [
  { name: "standardDeviation", label: "SD of the outcome", help: "under control, at the primary visit", step: 0.1 },
  { name: "rSquaredBaseline", label: "R² of the baseline value", help: "what ANCOVA explains", step: 0.05 },
  { name: "rSquaredScore", label: "Further R² of the score", help: "what only the score knows", step: 0.05 },
];

const conduct: readonly NumberField[] = [
  { name: "accrualPerMonth", label: "Accrual", help: "patients randomised per month", step: 1 },
  { name: "dropoutProbability", label: "Dropout", help: "probability before the primary visit", step: 0.05 },
];

const drift: readonly NumberField[] = [
  { name: "meanShift", label: "Shift of all outcomes", help: "added in both arms", step: 0.1 },
  { name: "residualSdRatio", label: "Residual SD ratio", help: "multiplies the SD in both arms", step: 0.1 },
  {
    name: "scoreInformation",
    label: "Information in the score",
    help: "1 as trained, 0 the score is noise",
    step: 0.1,
  },
  {
    name: "scoreCurvature",
    label: "Curvature in the score",
    help: "share of residual variance; 0 = linear",
    step: 0.1,
  },
];

/** Editing of one scenario. */
export function ScenarioDrawer(props: { scenarios: readonly Scenario[]; wanted: string; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const saved = props.scenarios.find(({ id }) => id === props.wanted);
  const [draft, setDraft] = useState<ScenarioDraft>(() =>
    draftOfScenario(saved ?? startingScenario(study.specification)),
  );
  const [asked, setAsked] = useState(false);
  const reading = readScenario(draft, saved);
  const errors: Partial<Record<ScenarioField, string>> = reading.ok || !asked ? {} : reading.errors;
  const save = useMutation(
    trpc.scenario.save.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        props.onClose();
      },
    }),
  );

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (!reading.ok) return;
    const id = saved === undefined ? freshSlug(reading.scenario.name, props.scenarios) : saved.id;
    save.mutate({ studyId: study.id, scenario: { ...reading.scenario, id } });
  }

  const numbers = (list: readonly NumberField[]) => (
    <div className={classes.row}>
      {list.map((field) => (
        <NumberInput
          key={field.name}
          label={field.label}
          description={field.help}
          step={field.step}
          value={draft[field.name]}
          onChange={(value) => setDraft((now) => ({ ...now, [field.name]: value }))}
          error={errors[field.name] ?? null}
        />
      ))}
    </div>
  );

  return (
    <Drawer
      opened
      onClose={props.onClose}
      size="lg"
      title={saved === undefined ? "New scenario" : `Scenario: ${saved.name}`}
    >
      <form onSubmit={submit} noValidate className={classes.form}>
        {save.error !== null && <FailureNotice error={save.error} />}
        <TextInput
          label="Name"
          maxLength={80}
          value={draft.name}
          onChange={(event) => {
            const name = event.currentTarget.value;
            setDraft((now) => ({ ...now, name }));
          }}
          error={errors.name ?? null}
        />
        <NumberInput
          label="Effect"
          description={`experimental minus control at the primary visit; 0 is the null hypothesis, the study's target is ${formatSignificant(study.specification.targetEffect, 3)}`}
          value={draft.effect}
          step={0.1}
          onChange={(effect) => setDraft((now) => ({ ...now, effect }))}
          error={errors.effect ?? null}
        />
        <fieldset className={classes.group}>
          <legend>Patients</legend>
          <NativeSelect
            label="Drawn from"
            value={draft.generator}
            onChange={(event) => {
              const generator = event.currentTarget.value === "parametric" ? "parametric" : "fitted-model";
              setDraft((now) => ({ ...now, generator }));
            }}
            data={[
              { value: "fitted-model", label: "the frozen progression model" },
              { value: "parametric", label: "a parametric law" },
            ]}
          />
          {draft.generator === "parametric" && numbers(parametric)}
          {numbers(conduct)}
        </fieldset>
        <fieldset className={classes.group}>
          <legend>Drift away from the historical patients</legend>
          {numbers(drift)}
        </fieldset>
        <Group gap="xs">
          <PermittedButton needs="design.write" type="submit" size="sm" loading={save.isPending}>
            Save the scenario
          </PermittedButton>
          <Button variant="default" size="sm" onClick={props.onClose}>
            Discard changes
          </Button>
        </Group>
      </form>
    </Drawer>
  );
}
