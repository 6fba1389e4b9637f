"use client";
import { NativeSelect } from "@mantine/core";
import { formatUtc } from "../../../../lib/reporting/format-number.ts";
import { compareDesigns, leadingScenarios } from "../../../../lib/simulation/compare-designs.ts";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { DesignTable } from "./design-table.tsx";
import classes from "./designs.module.css";
import { useLastRun } from "./use-last-run.ts";

type Run = RouterOutputs["simulation"]["get"];

/** The table of designs with the operating characteristics of the last run in two scenarios. */
export function DesignOverview({ designs }: { designs: readonly TrialDesign[] }) {
  const study = useStudy();
  const last = useLastRun();
  const { params, write } = useUrlState();
  const scenarios = last.run?.spec.scenarios ?? [];
  const leading = leadingScenarios(scenarios, study.specification.targetEffect);
  const chosen = (key: string, fallback: string | null) =>
    scenarios.find(({ id }) => id === params.get(key))?.id ?? fallback;
  const nullScenarioId = chosen("null", leading.nullId);
  const effectScenarioId = chosen("effect", leading.effectId);
  const referenceId = params.get("reference");
  const lines = compareDesigns({
    designs,
    result: last.run?.result ?? null,
    nullScenarioId,
    effectScenarioId,
    referenceId,
  });
  const changed = lines.filter((line) => line.run === "changed");
  return (
    <>
      {last.error !== null && <FailureNotice error={last.error} />}
      {last.known && last.run === null && (
        <Notice tone="information">
          No simulation has finished yet: power, type I error, expected N and duration stand here after the first run.
        </Notice>
      )}
      {last.run !== null && changed.length > 0 && (
        <Notice tone="warning" title="Out of date">
          {changed.map(({ design }) => `"${design.name}"`).join(", ")} changed since the last run; its numbers are left
          out. Simulate again to bring them back.
        </Notice>
      )}
      {last.run !== null && (
        <div className={classes.scenarios}>
          <NativeSelect
            label="Type I error and expected N without effect, in"
            value={nullScenarioId ?? ""}
            onChange={(event) => write({ null: event.currentTarget.value })}
            data={scenarioChoices(last.run, (effect) => effect === 0)}
          />
          <NativeSelect
            label="Power, expected N and duration, in"
            value={effectScenarioId ?? ""}
            onChange={(event) => write({ effect: event.currentTarget.value })}
            data={scenarioChoices(last.run, (effect) => effect !== 0)}
          />
        </div>
      )}
      <DesignTable
        lines={lines}
        run={last.run}
        waiting={!last.known}
        scenarioIds={{ null: nullScenarioId, effect: effectScenarioId }}
      />
      <p className={classes.footnote}>{footnote(last.run, referenceId !== null)}</p>
    </>
  );
}

function scenarioChoices(run: Run, wanted: (effect: number) => boolean) {
  const choices = run.spec.scenarios.filter(({ effect }) => wanted(effect));
  return choices.length === 0
    ? [{ value: "", label: "no such scenario in the run" }]
    : choices.map(({ id, name }) => ({ value: id, label: name }));
}

function footnote(run: Run | null, pinned: boolean): string {
  if (run === null) return "Arms: experimental : control. α one-sided, with its two-sided equivalent.";
  const difference = pinned
    ? " Differences to the pinned design stand in the second line; their error is the paired one where the pinned design is the first of the run, else the two errors combined as if independent, which overstates it."
    : "";
  return `Arms: experimental : control. ± Monte Carlo standard error; run of ${formatUtc(run.createdAt)}, ${run.replicates.toLocaleString("en")} replicates per cell, seed ${run.seed}.${difference}`;
}
