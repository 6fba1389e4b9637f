import type { Rng } from "../../numerics/rng.ts";
import { outcomeType } from "../../trial/outcome-type.ts";
import { discreteTransitionMember } from "../discrete-transition/discrete-transition-member.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import type { MemberTraining } from "../member.ts";
import type { MemberId } from "../member-parameters.ts";
import { type MemberSettings, sortedMembers } from "../members.ts";
import { trainStack } from "../stack/train-stack.ts";
import type { ByOutcomeParameters } from "./by-outcome-parameters.ts";
import { endpointBlocks, trainingBlock } from "./endpoint-block.ts";

const DISCRETE: MemberId = "discrete-transition";

/** Share of the work that the discrete endpoints are. */
const DISCRETE_SHARE = 0.3;

/**
 * Trains the members asked for on the endpoints they can model: continuous members on the continuous endpoints, as they would be
 * without the others; the transition model of discrete outcomes on the rest. METHODS.md, equation (BO1).
 *
 * @param training - At least one discrete endpoint.
 * @param wanted - Members asked for.
 * @param settings - Of the members.
 * @param fitGaussian - Trains the Gaussian joint model alone.
 * @param rng - As for {@link trainStack}.
 * @param onProgress - Fraction done; may throw to cancel.
 * @throws DomainError when an endpoint cannot be modelled.
 */
export function trainByOutcome(
  training: MemberTraining,
  wanted: readonly MemberId[],
  settings: MemberSettings,
  fitGaussian: (block: MemberTraining) => GaussianJointParameters,
  rng: Rng,
  onProgress: (fraction: number) => void,
): ByOutcomeParameters {
  const blocks = endpointBlocks(training.table.endpoints);
  const discrete = discreteTransitionMember.train(
    trainingBlock(training, blocks.discrete),
    { strata: settings.strata },
    rng.fork(DISCRETE),
    (done) => onProgress(DISCRETE_SHARE * done),
  );
  const leftOut = unsupported(training, wanted);
  if (blocks.continuous.length === 0) return { kind: "by-outcome", continuous: null, discrete, leftOut };
  const block = trainingBlock(training, blocks.continuous);
  const members = wanted.filter((kind) => kind !== DISCRETE);
  const report = (done: number) => onProgress(DISCRETE_SHARE + (1 - DISCRETE_SHARE) * done);
  const alone = members.every((kind) => kind === "gaussian-joint");
  if (alone) {
    const continuous = fitGaussian(block);
    report(1);
    return { kind: "by-outcome", continuous, discrete, leftOut };
  }
  const continuous = trainStack(block, members, settings, rng, report);
  return { kind: "by-outcome", continuous, discrete, leftOut: [...leftOut, ...continuous.leftOut] };
}

/** Members that model none of the endpoints. */
function unsupported({ table }: MemberTraining, wanted: readonly MemberId[]): ByOutcomeParameters["leftOut"] {
  const present = [...new Set(table.endpoints.map(outcomeType))];
  return sortedMembers(wanted).flatMap(({ name, supports }) => {
    if (present.some((type) => supports.includes(type))) return [];
    return [
      {
        member: name,
        reason: `it models ${supports.join(", ")} endpoints, and those of this model are ${present.join(" and ")}.`,
      },
    ];
  });
}
