"use client";
import { Drawer } from "@mantine/core";
import type { Scenario, TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";
import { RunForm } from "./run-form.tsx";

interface RunDrawerProps {
  readonly opened: boolean;
  readonly designs: readonly TrialDesign[];
  readonly scenarios: readonly Scenario[];
  readonly runs: readonly RouterOutputs["simulation"]["list"][number][];
  readonly onClose: () => void;
}

/** Which designs in which scenarios, how often, with what seed. */
export function RunDrawer(props: RunDrawerProps) {
  const ready = props.designs.length > 0 && props.scenarios.length > 0;
  return (
    <Drawer opened={props.opened} onClose={props.onClose} size="lg" title="Run a simulation">
      {ready ? (
        <RunForm {...props} />
      ) : (
        <EmptyState title={props.designs.length === 0 ? "No designs yet" : "No scenarios yet"}>
          A simulation needs at least one design and one scenario. Both begin with the first trained model, or are
          written by hand.
        </EmptyState>
      )}
    </Drawer>
  );
}
