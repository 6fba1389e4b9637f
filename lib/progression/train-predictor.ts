import type { SubjectTable } from "../data/subject-table.ts";
import type { Rng } from "../numerics/rng.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import type { ByOutcomeParameters } from "./by-outcome/by-outcome-parameters.ts";
import { trainByOutcome } from "./by-outcome/train-by-outcome.ts";
import type { TrainingProblem } from "./cross-validation.ts";
import { enrichmentWeights } from "./enrichment.ts";
import { fitGaussianJoint, type OmittedFeature } from "./gaussian-joint/fit-gaussian-joint.ts";
import type { GaussianJointParameters } from "./gaussian-joint/gaussian-joint-parameters.ts";
import type { MemberTraining } from "./member.ts";
import type { MemberId } from "./member-parameters.ts";
import type { MemberSettings } from "./members.ts";
import type { StackParameters } from "./stack/stack-parameters.ts";
import { trainStack } from "./stack/train-stack.ts";
import { trainingSet } from "./training-set.ts";
import {
  byOutcomeTwinPredictor,
  gaussianTwinPredictor,
  stackTwinPredictor,
  type TwinPredictor,
} from "./twin-predictor.ts";

/** Everything learnt from one set of patients. */
export interface TrainedPredictor {
  readonly training: MemberTraining;
  readonly omitted: readonly OmittedFeature[];
  /** The joint law of baseline and outcomes: twins' support, patients of simulated trials; null in folds that do not need it. */
  readonly gaussian: GaussianJointParameters | null;
  /** Null when the Gaussian joint model makes the twins alone. */
  readonly stack: StackParameters | null;
  /** Null where every endpoint is continuous. */
  readonly byOutcome: ByOutcomeParameters | null;
  readonly predictor: TwinPredictor;
}

/** Whether members make a stack: anything but the Gaussian joint model alone does, with baseline ANCOVA in it. */
export function isStack(members: readonly MemberId[]): boolean {
  return members.some((member) => member !== "gaussian-joint");
}

export function memberSettings(problem: TrainingProblem): MemberSettings {
  const { shrinkage, curvature = "none", strata, neural } = problem;
  return { shrinkage, curvature, strata, neural };
}

/**
 * Trains what makes the twins on some patients.
 *
 * @param problem - Features, covariates, members.
 * @param table - Training patients.
 * @param rng - Source of all randomness of the training.
 * @param needsLaw - Whether the Gaussian joint law is wanted even where no member needs it.
 * @param onProgress - Fraction done; may throw to cancel.
 * @throws DomainError when the Gaussian joint model (alone, or as the law) or baseline ANCOVA cannot be trained.
 */
export function trainPredictor(
  problem: TrainingProblem,
  table: SubjectTable,
  rng: Rng,
  needsLaw: boolean,
  onProgress: (fraction: number) => void,
): TrainedPredictor {
  const { training: alike, omitted } = trainingSet(table, problem.features, problem.covariates);
  const training = { ...alike, weights: enrichmentWeights(table, problem.enrichment) };
  const fitLaw = () => fitBlock(problem, training, rng);
  if (table.endpoints.some((endpoint) => outcomeType(endpoint) !== "continuous")) {
    const byOutcome = trainByOutcome(
      training,
      problem.members,
      memberSettings(problem),
      (block) => fitBlock(problem, block, rng),
      rng,
      onProgress,
    );
    // Coded values as they are: support of twins, nearest patients.
    const gaussian = needsLaw ? fitBlock({ ...problem, curvature: "none" }, training, rng) : null;
    const predictor = byOutcomeTwinPredictor(byOutcome, training.features, table.endpoints, table.visits.length);
    return { training, omitted, gaussian, stack: null, byOutcome, predictor };
  }
  if (!isStack(problem.members)) {
    const gaussian = fitLaw();
    onProgress(1);
    return { training, omitted, gaussian, stack: null, byOutcome: null, predictor: gaussianTwinPredictor(gaussian) };
  }
  const stack = trainStack(training, problem.members, memberSettings(problem), rng, onProgress);
  const own = stack.members.find((member) => member.kind === "gaussian-joint");
  const gaussian = own ?? (needsLaw ? fitLaw() : null);
  const predictor = stackTwinPredictor(stack, table.visits.length);
  return { training, omitted, gaussian, stack, byOutcome: null, predictor };
}

/** The Gaussian joint model of the endpoints of a training set. */
function fitBlock(problem: TrainingProblem, block: MemberTraining, rng: Rng): GaussianJointParameters {
  return fitGaussianJoint(block.table, block.features, block.covariates, problem.shrinkage, rng, {
    weights: block.weights,
    curvature: problem.curvature ?? "none",
  }).parameters;
}
