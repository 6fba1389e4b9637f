import { z } from "zod";
import { createRng } from "../../numerics/philox.ts";
import type { Rng } from "../../numerics/rng.ts";
import { float64Backend } from "../neural-boltzmann/float64-backend.ts";
import { inputWriter } from "../neural-boltzmann/input-encoding.ts";
import type { LikelihoodProblem } from "../neural-boltzmann/likelihood-backend.ts";
import { networkDocument, networkWeights } from "../neural-boltzmann/network-document.ts";
import type { NetworkLayout } from "../neural-boltzmann/network-layout.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../neural-boltzmann/neural-boltzmann-options.ts";
import { neuralNetworkSchema } from "../neural-boltzmann/neural-boltzmann-parameters.ts";
import { principalSteps } from "../neural-boltzmann/principal-steps.ts";
import { correlationOf, updatedCorrelation } from "../neural-boltzmann/residual-correlation.ts";
import { anchorOf } from "../neural-boltzmann/train-stages.ts";
import { type LearntNetwork, trainTogether } from "../neural-boltzmann/train-together.ts";
import { type AveragingSetting, averagingSettingSchema, networkAnchor, stageLayout } from "./averaging-setting.ts";
import { type FederatedNetworks, type FederationPlan, siteIdSchema } from "./federation-plan.ts";
import { noisyTraining } from "./noisy-training.ts";
import type { SiteData } from "./site-data.ts";

/** Question for one round of federated averaging. METHODS.md, equations (FE18), (FE19). */
export const localTrainingQuerySchema = z.object({
  kind: z.literal("local-training"),
  /** The site that these networks are not trained on: it only scores them. Null: all sites train. */
  except: siteIdSchema.nullable(),
  /** Without hidden units, R following the residuals; then with them, R fixed. */
  stage: z.enum(["gaussian", "hidden"]),
  /** Averaging round of the stage, from 1. */
  round: z.number().int().positive(),
  /** Passes over the site's own patients; 0: nobody trains, the site left out scores the last average. */
  epochs: z.number().int().nonnegative(),
  setting: averagingSettingSchema,
  /** [networks][n] log-precision at which the stage with hidden units began. */
  levels: z.array(z.array(z.number())).nullable(),
  /** Current averages. */
  networks: z.array(neuralNetworkSchema).min(1),
});
export type LocalTrainingQuery = z.infer<typeof localTrainingQuerySchema>;

/** Weights after the site's own passes. */
export const localTrainingAnswerSchema = z.object({
  /** Null where the site did not train. */
  networks: z.array(neuralNetworkSchema).nullable(),
  /** Patients with an outcome: the site's weight in the average. */
  patients: z.number().int(),
  /** Sum over these patients of the mean log-density (standardised outcomes) under the networks; null where not asked for. */
  logDensity: z.object({ before: z.number(), after: z.number().nullable() }).nullable(),
});
export type LocalTrainingAnswer = z.infer<typeof localTrainingAnswerSchema>;

/**
 * Trains the networks on one site's patients from the current averages, or scores them at the site they have not seen.
 *
 * @param plan - The plan.
 * @param member - Its member.
 * @param site - Which site this is; its patients' order is from the plan's seed and this name.
 * @param own - The site's data.
 * @param noise - Secret randomness where the plan adds noise.
 */
export function siteLocalTraining(
  plan: FederationPlan,
  member: FederatedNetworks,
  site: string,
  own: SiteData,
  query: LocalTrainingQuery,
  noise: Rng | null,
): LocalTrainingAnswer {
  const { stage, setting, epochs, except } = query;
  const layout = stageLayout(member, setting, stage);
  const networks = query.networks.map((document) => ({
    weights: networkWeights(layout, document),
    correlation: Float64Array.from(document.correlation),
  }));
  const { likelihood: problem, rows } = siteProblem(own, setting, layout, networks[0]!.correlation);
  const score = (all: readonly LearntNetwork[]) =>
    all.reduce((sum, { weights, correlation }) => {
      return sum + float64Backend.open({ ...problem, correlation }).evaluate(weights, rows, null) / all.length;
    }, 0);
  if (except === site || epochs === 0) {
    const logDensity = except === site ? { before: score(networks), after: null } : null;
    return { networks: null, patients: rows.length, logDensity };
  }
  const rng = createRng(member.seed).fork("site").fork(site).fork(stage).fork(query.round);
  const trained = networks.map((network, s) => {
    const anchor = stageAnchor(member, query, layout, s);
    return noise === null
      ? passes(member, query, layout, problem, network, anchor, rows, rng.fork(s))
      : noisyTraining(
          plan,
          member,
          problem,
          layout,
          network,
          anchor,
          rows,
          epochs,
          noise.fork(stage).fork(query.round).fork(s),
        );
  });
  const { minimum } = plan.smallCells;
  return {
    networks: trained.map(({ weights, correlation }) => networkDocument(layout, weights, correlation)),
    // Where noise protects it, only the multiple that is known to all.
    patients: noise === null ? rows.length : Math.floor(rows.length / minimum) * minimum,
    logDensity: noise === null && except === null ? { before: score(networks), after: score(trained) } : null,
  };
}

/** Passes of the pooled training (N8), (N10), over one site's patients, with a fresh optimiser. */
function passes(
  member: FederatedNetworks,
  query: LocalTrainingQuery,
  layout: NetworkLayout,
  problem: LikelihoodProblem,
  from: LearntNetwork,
  anchor: Float64Array,
  training: Int32Array,
  rng: Rng,
): LearntNetwork {
  const { stage, setting, epochs } = query;
  const likelihood = float64Backend.open({ ...problem, correlation: from.correlation });
  const target = correlationOf(Float64Array.from(setting.start.covariance), setting.outcomeCentre.length);
  // A site has its share of the pseudo-patients, so that all sites together have what the pooled training has.
  const weight = Math.max(1, (setting.priorWeight * training.length) / setting.patients);
  let correlation = from.correlation;
  const learner = {
    likelihood,
    start: from.weights,
    anchor,
    basis: principalSteps(layout, from.correlation),
    training,
    heldOut: new Int32Array(0),
    rng,
    correlation,
    afterEpoch(weights: Float64Array) {
      if (stage === "hidden") return correlation;
      correlation = updatedCorrelation({ ...problem, correlation }, weights, training, { target, weight });
      likelihood.setCorrelation(correlation);
      return correlation;
    },
  };
  const schedule = { ...DEFAULT_NEURAL_OPTIONS.schedule, learningRate: member.learningRate, maximumEpochs: epochs };
  return trainTogether([learner], problem.patientWeights, schedule, null, () => {}).networks[0]!;
}

interface SiteProblem {
  readonly likelihood: LikelihoodProblem;
  /** Patients with an outcome. */
  readonly rows: Int32Array;
}

/** Inputs and standardised outcomes of the patients of a site's view. */
function siteProblem(
  own: SiteData,
  setting: AveragingSetting,
  layout: NetworkLayout,
  correlation: Float64Array,
): SiteProblem {
  const { view, columns: D, featureCount: Q } = own;
  const I = layout.shape.inputs;
  const n = layout.shape.outcomes;
  const patients = view.cells
    .flatMap(({ rows }) => rows)
    .sort((a, b) => a - b)
    .filter((i) => view.values.subarray(i * D + Q, (i + 1) * D).some((value) => !Number.isNaN(value)));
  const N = patients.length;
  const inputs = new Float64Array(N * I);
  const outcomes = new Float64Array(N * n);
  const write = inputWriter(setting.encoding);
  const features = new Float64Array(setting.featureColumns.length);
  patients.forEach((i, r) => {
    setting.featureColumns.forEach((j, k) => {
      features[k] = view.values[i * D + j]!;
    });
    write(features, 0, inputs, r * I);
    for (let j = 0; j < n; j++) {
      outcomes[r * n + j] = (view.values[i * D + Q + j]! - setting.outcomeCentre[j]!) / setting.outcomeUnit[j]!;
    }
  });
  const patientWeights = new Float64Array(N).fill(1);
  return {
    likelihood: { shape: layout.shape, inputs, outcomes, correlation, patientWeights },
    rows: Int32Array.from({ length: N }, (_, r) => r),
  };
}

function stageAnchor(
  member: FederatedNetworks,
  { stage, setting, levels }: LocalTrainingQuery,
  layout: NetworkLayout,
  network: number,
): Float64Array {
  const anchor = networkAnchor(member, setting, layout, network);
  if (stage === "gaussian" || levels === null) return anchor;
  const start = Float64Array.from(anchor);
  start.set(levels[network] ?? [], layout.blocks.logPrecisionIntercept.offset);
  return anchorOf(layout, anchor, start);
}
