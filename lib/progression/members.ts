import { DomainError } from "../errors/domain-error.ts";
import type { Rng } from "../numerics/rng.ts";
import type { Covariate } from "../trial/covariate.ts";
import type { OutcomeType } from "../trial/outcome-type.ts";
import { baselineAncovaMember } from "./baseline-ancova/baseline-ancova-member.ts";
import { discreteTransitionMember } from "./discrete-transition/discrete-transition-member.ts";
import { diseaseCourseMember } from "./disease-course/disease-course-member.ts";
import { DISEASE_COURSE_DEFAULTS } from "./disease-course/disease-course-parameters.ts";
import { gaussianJointMember } from "./gaussian-joint/gaussian-joint-member.ts";
import type { MemberKind, MemberModel, MemberTraining } from "./member.ts";
import type { MemberId, MemberParameters } from "./member-parameters.ts";
import { mixedEffectsMember } from "./mixed-effects/mixed-effects-member.ts";
import { MIXED_EFFECTS_DEFAULTS } from "./mixed-effects/mixed-effects-parameters.ts";
import type { TrainingSpec } from "./model-document.ts";
import { neuralBoltzmannMember } from "./neural-boltzmann/neural-boltzmann-member.ts";
import type { NeuralBoltzmannOptions } from "./neural-boltzmann/neural-boltzmann-options.ts";
import { boostedTransitionMember } from "./transition/boosted-transition-member.ts";
import { ridgeTransitionMember } from "./transition/ridge-transition-member.ts";

/** What a training specification says to its members. */
export interface MemberSettings {
  readonly shrinkage: TrainingSpec["shrinkage"];
  /** Whether the Gaussian joint model may choose scales and curves; `none` when absent. */
  readonly curvature?: "chosen" | "none";
  readonly strata: readonly Covariate[];
  /** Sizes of the neural Boltzmann machine and where it is trained; its shrinkage is the common one. */
  readonly neural: NeuralBoltzmannOptions;
}

/** A member behind one type for all, whatever its parameters and options are. */
export interface RegisteredMember {
  readonly kind: MemberId;
  readonly name: string;
  /** Types of endpoint it can model. */
  readonly supports: readonly OutcomeType[];
  train(
    training: MemberTraining,
    settings: MemberSettings,
    rng: Rng,
    onProgress: (fraction: number) => void,
  ): MemberParameters;
  /** As `train`, on part of the patients that `like` was trained on. */
  retrain(training: MemberTraining, settings: MemberSettings, like: MemberParameters, rng: Rng): MemberParameters;
  open(parameters: MemberParameters): MemberModel;
}

/** Every member of the engine, in the order of reports and weights; another one is one line here and its schema in `member-parameters.ts`. */
const registered: readonly RegisteredMember[] = [
  register(baselineAncovaMember, ({ strata }) => ({ strata })),
  register(gaussianJointMember, ({ shrinkage, curvature = "none" }) => ({ shrinkage, curvature })),
  register(mixedEffectsMember, () => MIXED_EFFECTS_DEFAULTS),
  register(ridgeTransitionMember, () => ({})),
  register(boostedTransitionMember, () => ({})),
  register(diseaseCourseMember, () => DISEASE_COURSE_DEFAULTS),
  register(neuralBoltzmannMember, ({ shrinkage, neural }) => ({ ...neural, shrinkage })),
  register(discreteTransitionMember, ({ strata }) => ({ strata })),
];

/**
 * Member of a kind.
 *
 * @throws DomainError INVALID_INPUT when this version of the program has no such member.
 */
export function memberOf(kind: MemberId): RegisteredMember {
  const found = registered.find((member) => member.kind === kind);
  if (found !== undefined) return found;
  throw new DomainError("INVALID_INPUT", {
    argument: "members",
    received: kind,
    requirement: `must be one of ${registered.map((member) => member.kind).join(", ")}`,
    hint: "Use a version of the program that has this member.",
  });
}

/** Kinds in the order of the registry. */
export function sortedMembers(kinds: Iterable<MemberId>): RegisteredMember[] {
  const wanted = new Set(Array.from(kinds, (kind) => memberOf(kind).kind));
  return registered.filter((member) => wanted.has(member.kind));
}

function register<P extends MemberParameters, O>(
  member: MemberKind<P, O>,
  optionsFrom: (settings: MemberSettings) => O,
): RegisteredMember {
  const own = (parameters: MemberParameters): P => {
    if (isOf(parameters, member.kind)) return parameters as P;
    throw new Error(`parameters of ${parameters.kind} given to ${member.kind}`);
  };
  return {
    kind: member.kind,
    name: member.name,
    supports: member.supports,
    train: (training, settings, rng, onProgress) => member.train(training, optionsFrom(settings), rng, onProgress),
    retrain: (training, settings, like, rng) =>
      member.retrain === undefined
        ? member.train(training, optionsFrom(settings), rng, () => {})
        : member.retrain(training, optionsFrom(settings), own(like), rng),
    open: (parameters) => member.open(own(parameters)),
  };
}

function isOf(parameters: MemberParameters, kind: string): boolean {
  return parameters.kind === kind;
}
