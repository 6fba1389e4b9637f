"use client";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { placeLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { gainFigure } from "../../../../lib/reporting/figures/gain-figure.ts";
import { unbrokenUnits } from "../../../../lib/reporting/unbroken-units.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { Verdict, type VerdictTone } from "../../../_components/feedback/verdict.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";
import { EventsSection } from "./events.tsx";
import { FederationSection } from "./federation.tsx";
import { GainTable } from "./gain-table.tsx";
import { KnownTruthSection } from "./known-truth.tsx";
import { LeaveOneStudyOut } from "./leave-one-study-out.tsx";
import { MembersSection } from "./members.tsx";
import { ModelCard } from "./model-card.tsx";
import { RunInSection } from "./run-in.tsx";
import { Trustworthiness } from "./trustworthiness.tsx";

type Decision = FrozenModel["evaluation"]["verdicts"][number]["decision"];

const tones: Readonly<Record<Decision, VerdictTone>> = {
  use: "good",
  "use-with-care": "warning",
  "do-not-use": "failure",
};
const words: Readonly<Record<Decision, string>> = {
  use: "Use",
  "use-with-care": "Use with care",
  "do-not-use": "Do not use",
};

/** A frozen model: the verdict, then the gain, then whether its bands can be trusted, then its card. */
export function ModelView(props: { model: FrozenModel; row: RouterOutputs["model"]["get"] }) {
  const { model } = props;
  const gain = useMemo(() => gainFigure(model), [model]);
  const { primary } = model.training;
  const isPrimary = (verdict: { endpointId: string; visitId: string }) =>
    verdict.endpointId === primary.endpointId && verdict.visitId === primary.visitId;
  const first = model.evaluation.verdicts.find(isPrimary);
  const others = model.evaluation.verdicts.filter((verdict) => !isPrimary(verdict));
  return (
    <>
      {first !== undefined && (
        <Verdict tone={tones[first.decision]} word={words[first.decision]} reasons={first.reasons}>
          {first.sentence}
        </Verdict>
      )}
      {others.length > 0 && (
        <details style={{ marginBottom: "1rem", fontSize: "0.875rem" }}>
          <summary style={{ cursor: "pointer" }}>Verdicts for the other endpoints and visits ({others.length})</summary>
          <ul style={{ margin: "0.5rem 0 0", paddingLeft: "1.1rem", lineHeight: 1.6 }}>
            {others.map((verdict) => (
              <li key={`${verdict.endpointId}:${verdict.visitId}`}>
                <strong style={{ fontWeight: 500 }}>
                  {placeLabel(model, verdict)}: {words[verdict.decision].toLowerCase()}.
                </strong>{" "}
                {unbrokenUnits(verdict.sentence)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Diagnostics items={model.diagnostics} label="Caveats about the model" />
      <Section title="What the twin adds to ordinary adjustment" id="gain">
        <Chart specification={gain} />
        <GainTable model={model} heldOut={props.row.hasHeldOut ? `/api/models/${props.row.id}/out-of-fold` : null} />
      </Section>
      <FederationSection model={model} />
      {model.format !== "understudy-model/1" && model.evaluation.candidates.length > 0 && (
        <MembersSection model={model} />
      )}
      <Trustworthiness model={model} />
      {model.format !== "understudy-model/1" && <RunInSection model={model} />}
      <EventsSection model={model} />
      <LeaveOneStudyOut model={model} />
      <KnownTruthSection model={model} />
      <Section title="Model card" id="card">
        <ModelCard model={model} row={props.row} />
      </Section>
    </>
  );
}
