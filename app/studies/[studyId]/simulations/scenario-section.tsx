"use client";
import { IconCopy, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { formatFixed, formatPercent } from "../../../../lib/reporting/format-number.ts";
import type { Scenario } from "../../../../lib/simulation/simulation-document.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { PermittedButton, PermittedIcon } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { freshName, freshSlug } from "../../../_lib/fresh-id.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { RemoveModal } from "../designs/remove-modal.tsx";
import { driftText, effectText, generatorText } from "./scenario-words.ts";
import classes from "./simulations.module.css";

interface ScenarioQuery {
  readonly data: readonly Scenario[] | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** What nature does: the list of scenarios. */
export function ScenarioSection({ query }: { query: ScenarioQuery }) {
  const study = useStudy();
  const { write } = useUrlState();
  const unit =
    study.specification.endpoints.find(({ id }) => id === study.specification.primary.endpointId)?.unit ?? "";
  return (
    <Section
      title="Scenarios"
      id="scenarios"
      note="What nature does: effect, where the patients come from, accrual, dropout, and drift away from the historical patients."
      side={
        <PermittedButton needs="design.write" variant="default" onClick={() => write({ edit: "new" }, "push")}>
          New scenario
        </PermittedButton>
      }
    >
      <QueryGate query={query}>
        {(scenarios) => (
          <DataTable
            caption="Scenarios"
            captionHidden
            rows={scenarios}
            rowKey={(scenario) => scenario.id}
            maxHeight="28rem"
            empty="No scenarios yet: the first twelve follow from the sizing when a model has been trained. A scenario can also be written by hand."
            columns={[
              {
                key: "name",
                title: "Scenario",
                render: (scenario) => (
                  <button
                    type="button"
                    className={classes.open}
                    onClick={() => write({ edit: scenario.id }, "push")}
                    aria-label={`Edit ${scenario.name}`}
                  >
                    {scenario.name}
                  </button>
                ),
              },
              { key: "effect", title: "Effect", unit, align: "right", render: effectText },
              { key: "drift", title: "Drift", render: driftText },
              {
                key: "dropout",
                title: "Dropout",
                unit: "by the primary visit",
                align: "right",
                render: (scenario) => formatPercent(scenario.dropoutProbability),
              },
              {
                key: "accrual",
                title: "Accrual",
                unit: "per month",
                align: "right",
                render: (scenario) => formatFixed(scenario.accrualPerMonth, 1),
              },
              { key: "generator", title: "Patients from", render: generatorText },
              {
                key: "actions",
                title: "Actions",
                render: (scenario) => <ScenarioActions scenario={scenario} scenarios={scenarios} />,
              },
            ]}
          />
        )}
      </QueryGate>
    </Section>
  );
}

function ScenarioActions({ scenario, scenarios }: { scenario: Scenario; scenarios: readonly Scenario[] }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { params, write } = useUrlState();
  const settled = { onSuccess: () => queryClient.invalidateQueries() };
  const save = useMutation(trpc.scenario.save.mutationOptions(settled));
  const remove = useMutation(trpc.scenario.remove.mutationOptions(settled));

  function duplicate() {
    const copy = { ...scenario, name: freshName(scenario.name, scenarios), id: freshSlug(scenario.name, scenarios) };
    save.mutate({ studyId: study.id, scenario: copy }, { onSuccess: () => write({ edit: copy.id }, "push") });
  }

  return (
    <div style={{ display: "flex", gap: "0.3rem" }}>
      <PermittedIcon
        needs="design.write"
        hint="Edit"
        label={`Edit the scenario ${scenario.name}`}
        onClick={() => write({ edit: scenario.id }, "push")}
      >
        <IconPencil size={15} aria-hidden />
      </PermittedIcon>
      <PermittedIcon
        needs="design.write"
        hint="Duplicate"
        label={`Duplicate the scenario ${scenario.name}`}
        loading={save.isPending}
        onClick={duplicate}
      >
        <IconCopy size={15} aria-hidden />
      </PermittedIcon>
      <PermittedIcon
        needs="design.write"
        hint="Remove"
        label={`Remove the scenario ${scenario.name}`}
        onClick={() => write({ remove: scenario.id }, "push")}
      >
        <IconTrash size={15} aria-hidden />
      </PermittedIcon>
      <RemoveModal
        opened={params.get("remove") === scenario.id}
        what={`the scenario "${scenario.name}"`}
        pending={remove.isPending}
        error={remove.error ?? save.error}
        onClose={() => write({ remove: null })}
        onConfirm={() =>
          remove.mutate({ studyId: study.id, scenarioId: scenario.id }, { onSuccess: () => write({ remove: null }) })
        }
      />
    </div>
  );
}
