import { dataSetHash } from "../../data/data-set-hash.ts";
import type { LongDataSet } from "../../data/long-data-set.ts";
import type { SubjectTable } from "../../data/subject-table.ts";
import { createRng } from "../../numerics/philox.ts";
import { fitGaussianJoint } from "../gaussian-joint/fit-gaussian-joint.ts";
import { mixedEffectsMember } from "../mixed-effects/mixed-effects-member.ts";
import type { MixedEffectsParameters } from "../mixed-effects/mixed-effects-parameters.ts";
import { trainingSet } from "../training-set.ts";
import type { FederatedFit } from "./federated-fit.ts";
import { type FederationPlan, planFeatures } from "./federation-plan.ts";
import type { PooledDifference } from "./federation-record.ts";
import { averagingLoss } from "./networks-against-pooled.ts";
import { controlsInOrder, refuseDifferences } from "./site-data.ts";

/**
 * Fits the pooled patients by the ordinary functions of the engine and compares; where all data may be in one place, to check
 * a federation. METHODS.md, equation (FE14).
 *
 * @param plan - The plan.
 * @param fit - Of the federation.
 * @param pooled - All patients of all sites.
 */
export function pooledDifference(plan: FederationPlan, fit: FederatedFit, pooled: LongDataSet): PooledDifference {
  refuseDifferences(pooled, plan);
  const table = controlsInOrder(pooled, plan);
  const { parameters } = fitGaussianJoint(
    table,
    planFeatures(plan),
    plan.covariates,
    { kind: "fixed", priorWeight: plan.member.priorWeight },
    createRng(0),
  );
  return {
    dataHash: dataSetHash(pooled),
    patients: table.count,
    differences: [
      difference("means of the joint law", fit.law.mean, parameters.mean),
      difference("covariance of the joint law", fit.law.covariance, parameters.covariance),
      difference("log-likelihood of the joint law", [fit.law.logLikelihood], [parameters.logLikelihood]),
      ...mixedEffectsDifferences(plan, fit, table),
    ],
    loss:
      plan.member.kind === "neural-boltzmann" && fit.member.kind === "neural-boltzmann"
        ? averagingLoss(plan, plan.member, fit.member, table)
        : null,
  };
}

function mixedEffectsDifferences(plan: FederationPlan, fit: FederatedFit, table: SubjectTable) {
  const { member } = plan;
  const own = fit.member;
  if (member.kind !== "mixed-effects" || own.kind !== "mixed-effects") return [];
  const { training } = trainingSet(table, planFeatures(plan), plan.covariates);
  const pooled = mixedEffectsMember.train(training, member, createRng(0), () => {});
  const both = (what: string, of: (parameters: MixedEffectsParameters) => readonly number[]) =>
    difference(what, of(own), of(pooled));
  return [
    both("fixed effects", ({ courses }) => courses.flatMap(({ coefficients }) => coefficients)),
    both("covariance of random effects and residuals", ({ courses }) =>
      courses.flatMap(({ randomFactor, residual }) => [...randomFactor, residual.variance, residual.noiseShare]),
    ),
    both("log-likelihood", ({ courses }) => courses.map(({ minusTwoLogLikelihood }) => minusTwoLogLikelihood)),
    both("association of endpoints", ({ randomCorrelation, residualCorrelation }) => [
      ...randomCorrelation,
      ...residualCorrelation,
    ]),
  ];
}

function difference(what: string, federated: readonly number[], pooled: readonly number[]) {
  if (federated.length !== pooled.length) return { what, relative: null };
  const scale = pooled.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const largest = pooled.reduce((most, value, k) => Math.max(most, Math.abs(value - federated[k]!)), 0);
  return { what, relative: largest === 0 ? 0 : largest / scale };
}
