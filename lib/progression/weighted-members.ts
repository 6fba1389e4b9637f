import { endpointBlocks } from "./by-outcome/endpoint-block.ts";
import type { MemberParameters } from "./member-parameters.ts";
import type { FrozenModel } from "./model-document.ts";

/** A member that makes twins, and its weight for every endpoint. */
export interface WeightedMember {
  readonly parameters: MemberParameters;
  /** [E], in the order of the model's endpoints. */
  readonly weights: readonly number[];
}

/**
 * Who makes the twins of which endpoint. Weights of an endpoint sum to 1.
 *
 * @param model - Frozen model.
 */
export function weightedMembers(model: FrozenModel): WeightedMember[] {
  const E = model.endpoints.length;
  if (model.format === "understudy-model/1" || model.predictor.kind === "gaussian-joint") {
    return [{ parameters: model.parameters, weights: new Array<number>(E).fill(1) }];
  }
  const { predictor } = model;
  if (predictor.kind === "stack") {
    return predictor.members.map((parameters, m) => ({ parameters, weights: predictor.weights.map((row) => row[m]!) }));
  }
  const blocks = endpointBlocks(model.endpoints);
  const spread = (positions: readonly number[], own: readonly number[]) => {
    const weights = new Array<number>(E).fill(0);
    positions.forEach((e, k) => {
      weights[e] = own[k]!;
    });
    return weights;
  };
  const all = (positions: readonly number[]) => positions.map(() => 1);
  const { continuous, discrete } = predictor;
  const ofContinuous =
    continuous === null
      ? []
      : continuous.kind === "gaussian-joint"
        ? [{ parameters: continuous, weights: spread(blocks.continuous, all(blocks.continuous)) }]
        : continuous.members.map((parameters, m) => ({
            parameters,
            weights: spread(
              blocks.continuous,
              continuous.weights.map((row) => row[m]!),
            ),
          }));
  return [...ofContinuous, { parameters: discrete, weights: spread(blocks.discrete, all(blocks.discrete)) }];
}

/** Members that were asked for and take no part, each with the sentence that says why. */
export function leftOutMembers(model: FrozenModel): readonly { readonly member: string; readonly reason: string }[] {
  if (model.format === "understudy-model/1" || model.predictor.kind === "gaussian-joint") return [];
  return model.predictor.leftOut;
}
