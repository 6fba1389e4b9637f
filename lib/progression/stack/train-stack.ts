import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import { bandMultipliers } from "../gaussian-joint/band-calibration.ts";
import type { MemberTraining } from "../member.ts";
import type { MemberId, MemberParameters } from "../member-parameters.ts";
import { type MemberSettings, type RegisteredMember, sortedMembers } from "../members.ts";
import { assignFolds } from "../patient-folds.ts";
import { convexWeights } from "./convex-weights.ts";
import { type InnerPredictions, innerPredictions } from "./inner-predictions.ts";
import type { StackParameters } from "./stack-parameters.ts";

/** Inner folds of a stack. */
export const INNER_FOLDS = 5;

const NULL_MEMBER: MemberId = "baseline-ancova";

interface TrainedMember {
  readonly member: RegisteredMember;
  readonly parameters: MemberParameters;
  readonly inner: InnerPredictions;
}

/**
 * Trains every member, weighs them by their out-of-fold predictions inside the training set, and calibrates the mixture on
 * the same predictions. METHODS.md, equations (ST1)–(ST4).
 *
 * @param training - Training set; every feature says something about some of its patients.
 * @param wanted - Members asked for; baseline ANCOVA is always among them.
 * @param settings - Of the members.
 * @param rng - The Gaussian joint model gets it as it is, so that it is the same model alone and in the stack; the others
 *   get forks by name.
 * @param onProgress - Fraction done; may throw to cancel.
 * @returns Parameters; members that cannot be trained on these patients are named in `leftOut`.
 * @throws DomainError when baseline ANCOVA itself cannot be trained.
 */
export function trainStack(
  training: MemberTraining,
  wanted: readonly MemberId[],
  settings: MemberSettings,
  rng: Rng,
  onProgress: (fraction: number) => void,
): StackParameters {
  const members = sortedMembers([NULL_MEMBER, ...wanted]);
  const folds = Math.min(INNER_FOLDS, training.table.count);
  const fold = assignFolds(training.table.count, folds, rng.fork("stack folds"));
  const trained: TrainedMember[] = [];
  const leftOut: StackParameters["leftOut"] = [];
  const steps = members.length * (folds + 1);
  members.forEach((member, m) => {
    const done = (step: number) => onProgress((m * (folds + 1) + step) / steps);
    const source = member.kind === "gaussian-joint" ? rng : rng.fork(member.kind);
    try {
      const parameters = member.train(training, settings, source, done);
      let step = 1;
      const inner = innerPredictions(member, parameters, training, fold, folds, settings, source.fork("inner"), () => {
        step++;
        done(step);
      });
      refuseMissingPredictions(inner, member.name);
      trained.push({ member, parameters, inner });
    } catch (error) {
      if (!cannotBeTrained(error) || member.kind === NULL_MEMBER) throw error;
      leftOut.push({ member: member.name, reason: error.message });
    }
  });
  const weights = endpointWeights(training, trained);
  return {
    kind: "stack",
    features: [...training.features],
    members: trained.map(({ parameters }) => parameters),
    weights,
    ...calibration(training, trained, weights),
    innerFolds: folds,
    leftOut,
  };
}

function cannotBeTrained(error: unknown): error is DomainError {
  return error instanceof DomainError && error.code !== "INVALID_INPUT";
}

function refuseMissingPredictions(inner: InnerPredictions, member: string): void {
  if (inner.mean.every(Number.isFinite) && inner.variance.every((value) => value > 0 && value < Infinity)) return;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "data",
    received: "predictions that are not numbers",
    requirement: `must let the ${member} predict every outcome of every patient`,
    hint: "Leave out endpoints or visits with few values.",
  });
}

/** [E][members]: weights of an endpoint, shared by its visits, each visit's squared errors in units of the null's. */
function endpointWeights(training: MemberTraining, trained: readonly TrainedMember[]): number[][] {
  const { table } = training;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const M = trained.length;
  const errors = new Float64Array(M);
  return table.endpoints.map((_, e) => {
    const products = new Float64Array(M * M);
    for (let cell = e * V; cell < (e + 1) * V; cell++) {
      const own = new Float64Array(M * M);
      for (let i = 0; i < table.count; i++) {
        const at = i * cells + cell;
        const outcome = table.outcomes[at]!;
        if (Number.isNaN(outcome)) continue;
        for (let m = 0; m < M; m++) errors[m] = outcome - trained[m]!.inner.mean[at]!;
        for (let a = 0; a < M; a++) for (let b = 0; b < M; b++) own[a * M + b]! += errors[a]! * errors[b]!;
      }
      // The null member comes first in the registry.
      if (own[0]! > 0) for (let k = 0; k < own.length; k++) products[k]! += own[k]! / own[0]!;
    }
    return Array.from(convexWeights(products, M));
  });
}

/** Residuals of the inner folds in SDs of the mixture: scale and conformal half widths. METHODS.md, (ST3) and (ST4). */
function calibration(
  training: MemberTraining,
  trained: readonly TrainedMember[],
  weights: readonly (readonly number[])[],
): Pick<StackParameters, "deviationScale" | "bandMultipliers"> {
  const { table } = training;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const deviationScale: number[] = [];
  const multipliers: number[][] = [];
  for (let cell = 0; cell < cells; cell++) {
    const own = weights[Math.floor(cell / V)]!;
    const residuals: number[] = [];
    for (let i = 0; i < table.count; i++) {
      const at = i * cells + cell;
      if (Number.isNaN(table.outcomes[at]!)) continue;
      const mean = own.reduce((sum, weight, m) => sum + weight * trained[m]!.inner.mean[at]!, 0);
      const variance = own.reduce((sum, weight, m) => {
        const { inner } = trained[m]!;
        return sum + weight * (inner.variance[at]! + (inner.mean[at]! - mean) ** 2);
      }, 0);
      residuals.push((table.outcomes[at]! - mean) / Math.sqrt(variance));
    }
    const square = residuals.reduce((sum, residual) => sum + residual * residual, 0) / residuals.length;
    const scale = square > 0 ? Math.sqrt(square) : 1;
    deviationScale.push(scale);
    multipliers.push(bandMultipliers(Float64Array.from(residuals)));
  }
  return { deviationScale, bandMultipliers: multipliers };
}
