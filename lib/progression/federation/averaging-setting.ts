import { z } from "zod";
import { createRng } from "../../numerics/philox.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import { type InputEncoding, inputCount, inputEncodingSchema } from "../neural-boltzmann/input-encoding.ts";
import { linearStart } from "../neural-boltzmann/linear-start.ts";
import { type NetworkLayout, networkLayout } from "../neural-boltzmann/network-layout.ts";
import { standardisation } from "../neural-boltzmann/training-preparation.ts";
import { type FederatedNetworks, type FederationPlan, planFeatures } from "./federation-plan.ts";
import type { PatternCell } from "./pattern-statistics.ts";

/** Patients that must miss a feature for its missingness to be learnt from, as in the pooled training. */
const FEWEST_MISSING = 5;

/** What all sites' networks have in common: made by the coordinator from the first round, sent with every request. */
export const averagingSettingSchema = z.object({
  /** [K] positions of the features among the plan's columns. */
  featureColumns: z.array(z.number().int().nonnegative()),
  /** Positions in it are those of `featureColumns`. */
  encoding: inputEncodingSchema,
  /** [n] outcomes enter as (y − centre)/unit. */
  outcomeCentre: z.array(z.number()),
  outcomeUnit: z.array(z.number().positive()),
  /** Linear law that the networks begin at and are pulled towards; scale of the outcomes. */
  start: z.object({ intercept: z.array(z.number()), slope: z.array(z.number()), covariance: z.array(z.number()) }),
  priorWeight: z.number().nonnegative(),
  /** Of all sites together. */
  patients: z.number().int().positive(),
});
export type AveragingSetting = z.infer<typeof averagingSettingSchema>;

/**
 * Inputs, outcomes and start of the networks from pattern statistics. METHODS.md, equation (FE18).
 *
 * @param plan - Features.
 * @param cells - Patients learnt from.
 * @param joint - Their joint law.
 */
export function averagingSetting(
  plan: FederationPlan,
  cells: readonly PatternCell[],
  joint: GaussianJointParameters,
): AveragingSetting {
  const all = planFeatures(plan).map((feature) => JSON.stringify(feature));
  const featureColumns = joint.features.map((feature) => all.indexOf(JSON.stringify(feature)));
  const { featureCentre, featureCovariance, centre, unit, law } = standardisation(joint);
  const patients = cells.reduce((sum, cell) => sum + cell.patients, 0);
  const missing = featureColumns.map((j) =>
    cells.reduce((sum, cell) => sum + (cell.observed.includes(j) ? 0 : cell.patients), 0),
  );
  const indicators = plan.noise === null ? missing.flatMap((absent, k) => (absent >= FEWEST_MISSING ? [k] : [])) : [];
  const encoding: InputEncoding = {
    kept: [...featureColumns.keys()],
    mean: Array.from(featureCentre),
    covariance: Array.from(featureCovariance),
    indicators,
    missingShare: indicators.map((k) => missing[k]! / patients),
  };
  return {
    featureColumns,
    encoding,
    outcomeCentre: Array.from(centre),
    outcomeUnit: Array.from(unit),
    start: {
      intercept: Array.from(law.intercept),
      slope: Array.from(law.slope),
      covariance: Array.from(law.covariance),
    },
    priorWeight: joint.priorWeight,
    patients: Math.max(1, Math.round(patients)),
  };
}

/** Layout of the networks of a stage: without hidden units, or with those of the plan. */
export function stageLayout(
  member: FederatedNetworks,
  setting: AveragingSetting,
  stage: "gaussian" | "hidden",
): NetworkLayout {
  return networkLayout({
    inputs: inputCount(setting.encoding),
    outcomes: setting.outcomeCentre.length,
    hidden: stage === "hidden" ? member.hiddenUnits : 0,
    meanUnits: member.meanUnits,
  });
}

/**
 * Weights at which network s begins and towards which it is pulled: the same at every party, from the seed of the plan.
 * METHODS.md of the neural Boltzmann machine, equation (N9).
 *
 * @param layout - Without hidden units it is the beginning of the vector with them.
 */
export function networkAnchor(
  member: FederatedNetworks,
  setting: AveragingSetting,
  layout: NetworkLayout,
  network: number,
): Float64Array {
  const { intercept, slope, covariance } = setting.start;
  return linearStart(
    layout,
    {
      intercept: Float64Array.from(intercept),
      slope: Float64Array.from(slope),
      covariance: Float64Array.from(covariance),
    },
    Float64Array.from(setting.outcomeCentre),
    Float64Array.from(setting.outcomeUnit),
    createRng(member.seed).fork("network").fork(network),
  );
}
