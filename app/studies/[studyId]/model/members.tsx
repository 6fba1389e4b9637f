"use client";
import { useMemo } from "react";
import type { CandidateEvaluation } from "../../../../lib/progression/evaluation/candidate-document.ts";
import { memberNames } from "../../../../lib/progression/member-names.ts";
import type { EvaluatedModel } from "../../../../lib/progression/model-document.ts";
import { weightedMembers } from "../../../../lib/progression/weighted-members.ts";
import { candidatesFigure } from "../../../../lib/reporting/figures/candidates-figure.ts";
import { endpointLabel, visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import {
  formatFixed,
  formatInterval,
  formatPercent,
  formatPercentInterval,
  formatSignificant,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { useUrlValue } from "../../../_lib/url-state.ts";

/** Every member, the stack and the nulls on one axis, and why the one that makes the twins does. */
export function MembersSection({ model }: { model: EvaluatedModel }) {
  const [endpointId, setEndpointId] = useUrlValue("memberEndpoint", model.training.primary.endpointId);
  const [visitId, setVisitId] = useUrlValue("memberVisit", model.training.primary.visitId);
  const { candidates, collinearity } = model.evaluation;
  const figure = useMemo(() => candidatesFigure(candidates, endpointId, visitId), [candidates, endpointId, visitId]);
  const linear = collinearity.find((row) => row.endpointId === endpointId && row.visitId === visitId);
  return (
    <Section
      title="Which member predicts best"
      id="members"
      note={[choiceSentence(model, endpointId), seedSentence(model)].filter((text) => text !== "").join(" ")}
      side={
        <>
          <ChoiceBar
            label="Endpoint"
            value={endpointId}
            onChange={setEndpointId}
            choices={model.endpoints.map(({ id }) => ({ value: id, label: endpointLabel(model, id) }))}
          />
          <ChoiceBar
            label="Visit"
            value={visitId}
            onChange={setVisitId}
            choices={model.visits.map(({ id }) => ({ value: id, label: visitLabel(model, id) }))}
          />
        </>
      }
    >
      <Chart specification={figure} />
      {linear !== undefined && <p style={{ fontSize: "0.875rem", lineHeight: 1.6 }}>{linear.sentence}</p>}
      <DataTable
        caption="Out-of-fold figures of every method, the same patients and folds"
        rows={candidates}
        rowKey={({ id }) => id}
        columns={columns(endpointId, visitId)}
      />
    </Section>
  );
}

function columns(endpointId: string, visitId: string) {
  const at = (candidate: CandidateEvaluation) =>
    candidate.visits.find((row) => row.endpointId === endpointId && row.visitId === visitId);
  const course = (candidate: CandidateEvaluation) =>
    candidate.trajectories.find((row) => row.endpointId === endpointId);
  const right = "right" as const;
  return [
    {
      key: "name",
      title: "Method",
      render: (row: CandidateEvaluation) => <span className="one-line">{row.name}</span>,
    },
    {
      key: "gain",
      title: "Gain",
      unit: "(95 %)",
      align: right,
      render: (row: CandidateEvaluation) => {
        const gain = at(row)?.gain;
        return gain === undefined ? MISSING : formatPercentInterval(gain);
      },
    },
    {
      key: "r",
      title: "Partial correlation",
      unit: "(95 %)",
      align: right,
      render: (row: CandidateEvaluation) => {
        const law = at(row)?.law;
        return law === null || law === undefined ? MISSING : formatInterval(law.partialCorrelation, 3);
      },
    },
    {
      key: "crps",
      title: "CRPS",
      align: right,
      render: (row: CandidateEvaluation) => {
        const law = at(row)?.law;
        return law === null || law === undefined ? MISSING : formatSignificant(law.crps, 3);
      },
    },
    {
      key: "coverage",
      title: "Coverage",
      unit: "50 / 80 / 95 %",
      align: right,
      render: (row: CandidateEvaluation) => {
        const law = at(row)?.law;
        if (law === null || law === undefined) return MISSING;
        return law.coverage.map(({ coverage }) => formatPercent(coverage.value, 0)).join(" / ");
      },
    },
    {
      key: "energy",
      title: "Energy score",
      unit: "SD",
      align: right,
      render: (row: CandidateEvaluation) => {
        const found = course(row);
        return found === undefined ? MISSING : formatFixed(found.energyScore.value, 3);
      },
    },
    {
      key: "told",
      title: "Told apart from real",
      unit: "AUC (p)",
      align: right,
      render: (row: CandidateEvaluation) => {
        const test = course(row)?.twoSampleTest;
        return test === null || test === undefined
          ? MISSING
          : `${formatFixed(test.auc, 2)} (${formatFixed(test.pValue, 2)})`;
      },
    },
    {
      key: "discrepancy",
      title: "MMD² × 1000",
      unit: "drawn (95 % of real)",
      align: right,
      render: (row: CandidateEvaluation) => {
        const found = course(row)?.meanDiscrepancy;
        return found === null || found === undefined
          ? MISSING
          : `${formatFixed(1000 * found.value, 2)} (${formatFixed(1000 * found.floorUpper, 2)})`;
      },
    },
    {
      key: "correlations",
      title: "Correlation error",
      align: right,
      render: (row: CandidateEvaluation) => {
        const error = course(row)?.correlationError;
        return error === null || error === undefined ? MISSING : formatFixed(error.rootMeanSquare, 3);
      },
    },
  ];
}

/** How much another seed of the training changes the gain; empty where no member draws at random. */
function seedSentence({ evaluation }: EvaluatedModel): string {
  const rows = evaluation.seedSpread ?? [];
  const [first] = rows;
  if (first === undefined) return "";
  const spreads = rows.map(({ name, gainStandardDeviation }) => `${name} ${formatPercent(gainStandardDeviation, 2)}`);
  return `SD of the gain over ${first.gains.length} training seeds, one fold, ${first.patients} patients: ${spreads.join("; ")}.`;
}

/** Why this predictor makes the twins: what was asked for, and what the weights say. */
function choiceSentence(model: EvaluatedModel, endpointId: string): string {
  const { predictor } = model;
  if (predictor.kind === "gaussian-joint") {
    return "The twins come from the Gaussian joint model alone. Train again with more members to weigh them against one another.";
  }
  const e = model.endpoints.findIndex(({ id }) => id === endpointId);
  const members = weightedMembers(model).map(({ parameters: { kind }, weights: own }) => ({
    name: memberNames[kind],
    weight: own[e] ?? 0,
  }));
  const weights = members
    .filter(({ weight }) => weight >= 0.005)
    .sort((a, b) => b.weight - a.weight)
    .map(({ name, weight }) => `${name} ${formatPercent(weight, 0)}`);
  const left = predictor.leftOut.map(({ member }) => member);
  if (predictor.kind === "by-outcome") {
    const others = predictor.leftOut.map(({ member, reason }) => ` ${member} was left out: ${reason}`).join("");
    return `Endpoints of different types have members of their own. The twins of ${endpointLabel(model, endpointId)} come from: ${weights.join(", ")}.${others}`;
  }
  return `The twins come from a stack. Its weights for ${endpointLabel(model, endpointId)} have the smallest squared error on patients the members had not seen: ${weights.join(", ")}.${left.length === 0 ? "" : ` Left out: ${left.join(", ")}.`}`;
}
