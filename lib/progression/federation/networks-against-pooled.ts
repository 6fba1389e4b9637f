import type { SubjectTable } from "../../data/subject-table.ts";
import { createRng } from "../../numerics/philox.ts";
import { fitNeuralBoltzmann } from "../neural-boltzmann/fit-neural-boltzmann.ts";
import { type NeuralBoltzmannModel, openNeuralBoltzmann } from "../neural-boltzmann/neural-boltzmann-model.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../neural-boltzmann/neural-boltzmann-options.ts";
import type { NeuralBoltzmannParameters } from "../neural-boltzmann/neural-boltzmann-parameters.ts";
import { histories, trainingSet } from "../training-set.ts";
import type { FederatedNetworks, FederationPlan } from "./federation-plan.ts";
import { planFeatures } from "./federation-plan.ts";
import type { AveragingLoss } from "./federation-record.ts";

/**
 * Trains networks of the same sizes on the pooled patients and compares. Both are scored on the patients they were trained on;
 * the inflation of neither enters. METHODS.md, equation (FE22).
 *
 * @param plan - The plan.
 * @param member - Its member.
 * @param own - Averaged networks.
 * @param table - All control patients.
 * @returns Mean log-densities of a patient's outcomes on the scale of the outcomes, and the root mean square difference of the
 *   twins' means in predictive SDs of the pooled training.
 */
export function averagingLoss(
  plan: FederationPlan,
  member: FederatedNetworks,
  own: NeuralBoltzmannParameters,
  table: SubjectTable,
): AveragingLoss {
  const { training } = trainingSet(table, planFeatures(plan), plan.covariates);
  const options = {
    ...DEFAULT_NEURAL_OPTIONS,
    hiddenUnits: member.hiddenUnits,
    networks: member.networks,
    meanUnits: member.meanUnits,
    schedule: { ...DEFAULT_NEURAL_OPTIONS.schedule, learningRate: member.learningRate },
    shrinkage: { kind: "fixed", priorWeight: member.priorWeight } as const,
  };
  const fitted = fitNeuralBoltzmann(training, options, createRng(member.seed), () => {});
  const plain = (parameters: NeuralBoltzmannParameters) =>
    openNeuralBoltzmann({ ...parameters, predictionInflation: parameters.predictionInflation.map(() => 1) });
  const scored = (model: NeuralBoltzmannModel, features: NeuralBoltzmannParameters["features"]) => {
    const known = histories(table, features, plan.covariates, plan.visits.length);
    const atBaseline = histories(table, features, plan.covariates);
    let logDensity = 0;
    const moments = Array.from({ length: table.count }, (_, i) => {
      logDensity += model.logDensity(known(i));
      const { mean, covariance } = model.predict(atBaseline(i));
      const n = mean.length;
      return { mean: mean.slice(), variance: Float64Array.from(mean, (_, k) => covariance[k * n + k]!) };
    });
    return { logDensity: logDensity / table.count, moments };
  };
  const averaged = scored(plain(own), own.features);
  const pooled = scored(plain(fitted), fitted.features);
  let square = 0;
  let count = 0;
  averaged.moments.forEach(({ mean }, i) => {
    const by = pooled.moments[i]!;
    mean.forEach((value, k) => {
      square += (value - by.mean[k]!) ** 2 / by.variance[k]!;
      count++;
    });
  });
  return { federated: averaged.logDensity, pooled: pooled.logDensity, meanDifference: Math.sqrt(square / count) };
}
