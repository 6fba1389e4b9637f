"use client";
import { Button } from "@mantine/core";
import { curvatureSentences } from "../../../../lib/progression/curvature-text.ts";
import { subgroupText } from "../../../../lib/progression/enrichment.ts";
import { federationOf } from "../../../../lib/progression/federation/federation-of.ts";
import { memberNames } from "../../../../lib/progression/member-names.ts";
import type { BaselineFeature, FrozenModel } from "../../../../lib/progression/model-document.ts";
import { weightedMembers } from "../../../../lib/progression/weighted-members.ts";
import { endpointLabel, placeLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import {
  formatCount,
  formatFixed,
  formatQuantity,
  formatUtc,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { downloadText } from "../../../_components/chart/download.ts";
import { Facts } from "../../../_components/table/facts.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";

/** What a frozen model is, so that it can be named, checked and trained again. */
export function ModelCard(props: { model: FrozenModel; row: RouterOutputs["model"]["get"] }) {
  const { model, row } = props;
  const { training, parameters } = model;
  const federated = federationOf(model) !== undefined;
  return (
    <>
      <Facts
        items={[
          ["Name", `${model.name}, version ${row.version}`],
          ["Kind", kindText(model)],
          [
            "SHA-256 of the model",
            <span key="m" className="hash">
              {model.hash}
            </span>,
          ],
          [
            "SHA-256 of its data",
            <span key="d" className="hash">
              {model.dataHash}
            </span>,
          ],
          ["Frozen", row.frozenAt === null ? MISSING : `${formatUtc(row.frozenAt)}, trained by ${row.createdBy}`],
          ["Primary", placeLabel(model, training.primary)],
          ["Patients", formatCount(parameters.patients)],
          ["Baseline features", parameters.features.map((feature) => featureText(model, feature)).join(" · ")],
          ["Strata of the comparator", training.strata.length === 0 ? "none" : training.strata.join(" · ")],
          [
            "Cross-validation",
            federated
              ? "each site predicted by models of the other sites"
              : `${formatQuantity(training.folds, "fold")} by patient, ${formatQuantity(training.repeats, "repetition")}`,
          ],
          [
            "Bootstrap",
            federated
              ? "none: intervals by linearisation, from sums"
              : `${formatCount(training.bootstrapReplicates)} replicates by patient`,
          ],
          [
            "Shrinkage",
            `prior weight ${formatFixed(parameters.priorWeight, 1)} (${training.shrinkage.kind === "chosen" ? "chosen by cross-validated likelihood" : "fixed by the user"})`,
          ],
          ["Scales and curves", curvatureText(model)],
          ...(training.acknowledgedLeakage === undefined
            ? []
            : [["Correlations above 0.6 acknowledged", training.acknowledgedLeakage] as [string, string]]),
          ...(training.enrichment === undefined
            ? []
            : [
                [
                  "Enrichment",
                  `${subgroupText(training.enrichment, model.covariates)}: ${formatFixed(100 * training.enrichment.share, 0)} % of the training weight`,
                ] as [string, string],
              ]),
          [
            "EM",
            `${formatCount(parameters.iterations)} iterations, log-likelihood ${formatFixed(parameters.logLikelihood, 3)}`,
          ],
          ...neuralFacts(model),
          ["Seed", String(training.seed)],
          ["Engine", model.engineVersion],
        ]}
      />
      <Button
        variant="default"
        mt="sm"
        onClick={() => downloadText("model.json", "application/json", `${JSON.stringify(model, null, 2)}\n`)}
      >
        Download the frozen model (JSON)
      </Button>
    </>
  );
}

function curvatureText(model: FrozenModel): string {
  const sentences = curvatureSentences(model.parameters, model);
  return sentences.length === 0 ? "values as they are" : sentences.join(" ");
}

function kindText(model: FrozenModel): string {
  if (model.format === "understudy-model/1" || model.predictor.kind === "gaussian-joint") {
    return "Gaussian joint model of baseline and all visits (mean and covariance by EM, shrinkage)";
  }
  const names = weightedMembers(model).map(({ parameters }) => memberNames[parameters.kind]);
  if (model.predictor.kind === "by-outcome") {
    return `By type of endpoint: ${names.join(", ")}; support of twins from a Gaussian joint model of the coded values`;
  }
  return `Stack of ${names.join(", ")}; support of twins and simulated patients from the Gaussian joint model`;
}

function neuralFacts(model: FrozenModel): [string, string][] {
  return weightedMembers(model).flatMap(({ parameters: member }): [string, string][] =>
    member.kind === "neural-boltzmann"
      ? [
          [
            memberNames[member.kind],
            `${formatQuantity(member.networks.length, "network")}, ${formatQuantity(member.hiddenUnits, "hidden unit")} in use of ${formatCount(member.hiddenUnitsTried)} tried, trained by ${member.backend}`,
          ],
        ]
      : [],
  );
}

function featureText(model: FrozenModel, feature: BaselineFeature): string {
  switch (feature.kind) {
    case "baseline-endpoint":
      return `baseline ${endpointLabel(model, feature.endpointId)}`;
    case "continuous-covariate":
      return covariateLabel(model, feature.covariateId);
    case "covariate-level":
      return `${covariateLabel(model, feature.covariateId)} = ${feature.level}`;
  }
}

function covariateLabel(model: FrozenModel, covariateId: string): string {
  return model.covariates.find(({ id }) => id === covariateId)?.label ?? covariateId;
}
