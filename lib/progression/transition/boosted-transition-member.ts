import type { MemberKind } from "../member.ts";
import { createBoostedTransitionModel } from "./boosted-transition-model.ts";
import { type BoostedTrees, boostTrees, growEnsemble } from "./boosted-trees/boost-trees.ts";
import { binFeatures } from "./boosted-trees/feature-bins.ts";
import { heldOutResiduals } from "./fit-linear-endpoint.ts";
import {
  fitLinearTransition,
  type LinearTransitionFit,
  modelWithoutFold,
  refitLinearTransition,
} from "./fit-linear-transition.ts";
import { forecastInflation } from "./forecast-inflation.ts";
import { fitResidualLaw } from "./residual-law.ts";
import type { BoostedTransitionParameters } from "./transition-parameters.ts";
import { pairFeatures, treeFeatureCount } from "./tree-features.ts";

/** Depth, shrinkage and subsampling are fixed; the number of trees comes from patients left out inside the training data. */
export type BoostedTransitionOptions = Record<never, never>;

/**
 * Transition model with gradient-boosted trees on what the linear law leaves: curvature, thresholds and interactions of the history
 * and the covariates. Without a clear gain there are no trees, and it is the ridge member. METHODS.md, equations (TM1)–(TM10).
 */
export const boostedTransitionMember: MemberKind<BoostedTransitionParameters, BoostedTransitionOptions> = {
  kind: "boosted-transition",
  name: "Transition model (boosted trees)",
  supports: ["continuous"],
  train(training, _options, rng, onProgress) {
    const { table, features, featureValues, weights } = training;
    const E = table.endpoints.length;
    const Q = features.length;
    const fit: LinearTransitionFit = fitLinearTransition(training, rng);
    onProgress(0.3);
    const boosted = fit.pairs.map((pairs, e): BoostedTrees => {
      const values = pairFeatures(pairs, E, featureValues, Q);
      const trees = boostTrees(
        {
          data: binFeatures(values, treeFeatureCount(E, Q), pairs.count),
          residuals: fit.endpoints[e]!.residuals,
          foldResiduals: fit.endpoints[e]!.foldResiduals,
          weights: Float64Array.from(pairs.patient, (i) => weights[i]!),
          patient: pairs.patient,
          patients: table.count,
          fold: fit.setting.fold,
        },
        rng.fork("trees").fork(e),
      );
      onProgress(0.3 + (0.4 * (e + 1)) / E);
      return trees;
    });
    const residual = fitResidualLaw(
      {
        pairs: fit.pairs,
        residuals: boosted.map((trees, e) => heldOutResiduals(fit.pairs[e]!, fit.setting.fold, trees.foldResiduals)),
        baseline: fit.baselineResiduals,
        weights,
        visits: table.visits.length,
        scaling: fit.setting.scaling,
      },
      true,
    );
    const inflation = forecastInflation(
      training,
      fit.setting.fold,
      (k) =>
        createBoostedTransitionModel(
          modelWithoutFold(fit, residual, k),
          boosted.map((trees) => trees.withoutFold[k]!),
        ),
      (share) => onProgress(0.7 + 0.3 * share),
    );
    return {
      kind: "boosted-transition",
      ...fit.model,
      residual,
      inflation,
      trees: boosted.map((trees) => trees.ensemble),
    };
  },
  retrain(training, _options, like, rng) {
    const { table, features, featureValues, weights } = training;
    const E = table.endpoints.length;
    const Q = features.length;
    const { model, pairs, residuals } = refitLinearTransition(training, like, rng);
    return {
      kind: "boosted-transition",
      ...model,
      trees: pairs.map((set, e) => {
        const values = pairFeatures(set, E, featureValues, Q);
        const rows = {
          data: binFeatures(values, treeFeatureCount(E, Q), set.count),
          weights: Float64Array.from(set.patient, (i) => weights[i]!),
          patient: set.patient,
          patients: table.count,
        };
        return growEnsemble(rows, residuals[e]!, like.trees[e]!.roots.length, rng.fork("trees").fork(e));
      }),
    };
  },
  open: (parameters) => createBoostedTransitionModel(parameters, parameters.trees),
};
