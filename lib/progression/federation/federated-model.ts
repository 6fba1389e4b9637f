import { ENGINE_VERSION } from "../../engine-version.ts";
import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { canonicalJson } from "../../numerics/canonical-json.ts";
import { sha256Hex } from "../../numerics/sha256.ts";
import { featureLabel } from "../feature-encoding.ts";
import { freezeModel } from "../frozen-model.ts";
import type { Predictor, TrainedModel } from "../model-document.ts";
import type { FederatedFit } from "./federated-fit.ts";
import type { FederationPlan } from "./federation-plan.ts";
import type { FederationRecord } from "./federation-record.ts";
import { normalBands } from "./joint-law-from-cells.ts";

/**
 * The frozen model of a federation: opened by everything that opens a trained model.
 *
 * @param plan - The plan.
 * @param fit - From `fitFederated`.
 * @param record - Sites, rounds, what was left out.
 * @param acknowledgedLeakage - Why high partial correlations are no leak, where somebody said so.
 */
export function federatedModel(
  plan: FederationPlan,
  fit: FederatedFit,
  record: FederationRecord,
  acknowledgedLeakage: string | undefined,
): TrainedModel {
  return freezeModel({
    format: "understudy-model/3",
    engineVersion: ENGINE_VERSION,
    name: plan.name,
    dataHash: sha256Hex(canonicalJson(record.sites.map(({ dataHash }) => dataHash))),
    training: {
      format: "understudy-training/1",
      covariateIds: plan.covariates.map(({ id }) => id),
      strata: plan.strata,
      primary: plan.primary,
      folds: Math.min(50, plan.sites.length),
      repeats: 1,
      bootstrapReplicates: 200,
      shrinkage: { kind: "fixed", priorWeight: plan.member.priorWeight },
      members: [plan.member.kind],
      ...(plan.member.kind === "neural-boltzmann"
        ? { neuralBoltzmann: { hiddenUnits: plan.member.hiddenUnits, networks: plan.member.networks } }
        : {}),
      curvature: "none",
      ...(acknowledgedLeakage === undefined ? {} : { acknowledgedLeakage }),
      seed: plan.member.kind === "neural-boltzmann" ? plan.member.seed : 0,
    },
    endpoints: plan.endpoints,
    visits: plan.visits,
    covariates: plan.covariates,
    parameters: fit.law,
    predictor: predictorOf(plan, fit),
    evaluation: fit.evaluation,
    diagnostics: [...federationDiagnostics(plan, fit, record), ...fit.diagnostics],
    federation: record,
  });
}

function predictorOf(plan: FederationPlan, fit: FederatedFit): Predictor {
  if (fit.member.kind === "gaussian-joint") return { kind: "gaussian-joint" };
  return {
    kind: "stack",
    features: fit.law.features,
    members: [fit.member],
    weights: plan.endpoints.map(() => [1]),
    deviationScale: [...fit.inflation],
    bandMultipliers: fit.inflation.map(normalBands),
    innerFolds: plan.sites.length,
    leftOut: [],
  };
}

function averagingDiagnostics({ averaging }: FederationRecord): Diagnostic[] {
  if (averaging === undefined) return [];
  const { localEpochs, rounds, kept } = averaging;
  return [
    diagnostic(
      "information",
      "federated-averaging",
      `The networks are averages of weights that the sites trained for ${localEpochs} passes a round: ${stages(rounds)} rounds made, ${stages(kept)} kept. They are not those of a training on the pooled patients.`,
    ),
  ];
}

function stages({ gaussian, hidden }: { readonly gaussian: number; readonly hidden: number }): string {
  return hidden === 0 ? `${gaussian}` : `${gaussian} + ${hidden} (with hidden units)`;
}

function federationDiagnostics(plan: FederationPlan, fit: FederatedFit, record: FederationRecord): Diagnostic[] {
  const patients = record.sites.reduce((sum, site) => sum + site.patients, 0);
  const { values, patients: leftOut } = record.leftOut;
  const found: Diagnostic[] = [
    diagnostic(
      "information",
      "federated",
      `Learnt from sums over ${patients} control patients at ${record.sites.length} sites in ${record.rounds} of at most ${record.maximumRounds} rounds; no patient's record left a site, and no sum is over fewer than ${record.minimumCell} patients.`,
    ),
    ...averagingDiagnostics(record),
    diagnostic(
      "information",
      "support-from-law",
      "Smallest and largest values of baseline features never leave a site: the range of support is that of the fitted law (99.9 % of a normal law per feature, 97.5 % of the distance).",
    ),
  ];
  if (values > 0 || leftOut > 0) {
    found.push(
      diagnostic(
        "warning",
        "values-left-out",
        `At most ${values} values and ${leftOut} patients were left out at the sites, because too few patients missed the same items; the fit is therefore not exactly that of the pooled patients.`,
      ),
    );
  }
  if (record.noise !== null) {
    const { epsilon, delta, standardDeviation, releases } = record.noise;
    found.push(
      diagnostic(
        "warning",
        "noise-added",
        `Every site added normal noise to its sums (Gaussian mechanism, ε = ${epsilon}, δ = ${delta}, ${releases} ${releases === 1 ? "release" : "releases that spend them together"}, SD ${standardDeviation.toPrecision(3)} of the sums in units of half the planned ranges); the fit is not that of the pooled patients, and patients lacking a feature did not enter.`,
      ),
    );
  }
  for (const { feature, reason } of fit.omitted) {
    const label = featureLabel(feature, plan.endpoints, plan.covariates);
    const why = reason === "constant" ? "is the same in every control patient" : "is missing in every control patient";
    found.push(
      diagnostic("warning", "feature-left-out", `${label} ${why}; it cannot predict anything and was left out.`, label),
    );
  }
  if (!fit.law.converged) {
    found.push(
      diagnostic(
        "warning",
        "not-converged",
        `The fit stopped after ${fit.law.iterations} iterations before every parameter had settled; plan fewer covariates or visits.`,
      ),
    );
  }
  return found;
}
