import type { DiscreteEndpoint } from "../progression/discrete-transition/discrete-transition-parameters.ts";
import { memberNames } from "../progression/member-names.ts";
import type { MemberParameters } from "../progression/member-parameters.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { NeuralBoltzmannParameters } from "../progression/neural-boltzmann/neural-boltzmann-parameters.ts";
import { weightedMembers } from "../progression/weighted-members.ts";
import { formatCount, formatFixed, formatInput } from "../reporting/format-number.ts";

/** Any member a frozen document may hold. */
type AnyMember = MemberParameters | NeuralBoltzmannParameters;

/** How one member was fitted, in words and in the numbers of its document. */
export interface MemberDescription {
  readonly kind: string;
  readonly name: string;
  readonly loss: string;
  readonly optimiser: string;
  readonly hyperParameters: string;
  readonly stopping: string;
  /** Free parameters that the data determine. */
  readonly parameters: number;
  /** What of the seed it uses. */
  readonly randomness: string;
  /** Whether another seed gives another fit of the same data, beyond the choice of inner folds. */
  readonly hasRandomStart: boolean;
}

/** "Gaussian joint model", or "stack of …" with the members that carry weight somewhere. */
export function predictorName(model: FrozenModel): string {
  const names = stackMembers(model).map(({ kind }) => memberName(kind));
  if (names.length === 0) return "Gaussian joint model";
  if (names.length === 1) return names[0]!;
  if (isByOutcome(model)) return `members by type of endpoint (${names.join("; ")})`;
  return `stack of ${formatCount(names.length)} members (${names.join("; ")})`;
}

/** Members that have weight at some endpoint; none for the Gaussian joint model alone. */
export function stackMembers(model: FrozenModel): MemberParameters[] {
  if (model.format === "understudy-model/1" || model.predictor.kind === "gaussian-joint") return [];
  return weightedMembers(model)
    .filter(({ weights }) => weights.some((weight) => weight > 0))
    .map(({ parameters }) => parameters);
}

/** Whether discrete and continuous endpoints have members of their own. */
export function isByOutcome(model: FrozenModel): boolean {
  return model.format !== "understudy-model/1" && model.predictor.kind === "by-outcome";
}

export function memberName(kind: string): string {
  return (memberNames as Readonly<Record<string, string>>)[kind] ?? kind;
}

/**
 * Fit of one member.
 *
 * @param member - Its parameter document.
 */
export function describeMember(member: AnyMember): MemberDescription {
  return { kind: member.kind, name: memberName(member.kind), hasRandomStart: hasRandomStart(member), ...fitOf(member) };
}

function fitOf(member: AnyMember): Omit<MemberDescription, "kind" | "name" | "hasRandomStart"> {
  switch (member.kind) {
    case "baseline-ancova":
      return {
        loss: "squared error, one regression per endpoint and visit (P17, P18)",
        optimiser: "least squares, closed form; residual correlation by EM",
        hyperParameters: "10 uncorrelated pseudo-patients for the residual correlation",
        stopping: "closed form",
        parameters: sum(member.equations.map(({ slopes }) => slopes.length + 1)) + triangle(member.equations.length),
        randomness: "none",
      };
    case "gaussian-joint": {
      const D = member.mean.length;
      return {
        loss: "penalised observed-data log-likelihood (P4)",
        optimiser: "EM with squared extrapolation (P2, P6)",
        hyperParameters: `prior weight ν = ${formatInput(member.priorWeight)} (P7)`,
        stopping: `objective 1e-8 and parameters 1e-7; ${formatCount(member.iterations)} steps, ${settled(member.converged)}`,
        parameters: D + triangle(D),
        randomness: "inner folds of the prior weight",
      };
    }
    case "mixed-effects":
      return {
        loss: "restricted log-likelihood with normal priors on effects of features (ME6)",
        optimiser: "BFGS on the variances, coefficients integrated out (ME6)",
        hyperParameters: member.courses
          .map(
            (course) =>
              `${course.endpointId}: ${formatCount(Math.max(0, course.knots.length - 1))} functions of time, ${formatCount(course.randomEffects)} random effects, residual decay ${formatInput(course.residual.rate, 3)}, noise share ${formatFixed(course.residual.noiseShare, 2)}`,
          )
          .join("; "),
        stopping: `gain of a step below 1e-9 of the deviance; ${settled(member.courses.every((course) => course.converged))}`,
        parameters: sum(
          member.courses.map((course) => course.coefficients.length + triangle(course.randomEffects) + 3),
        ),
        randomness: "none",
      };
    case "ridge-transition":
      return {
        loss: "penalised squared error of the change to the next visit (TM3)",
        optimiser: "ridge regression, closed form",
        hyperParameters:
          "penalties of history, covariates and interactions by five folds within the training patients (TM3)",
        stopping: "grid of twelve penalties, two rounds of refinement",
        parameters: transitionParameters(member),
        randomness: "inner folds",
      };
    case "boosted-transition": {
      const trees = sum(member.trees.map((ensemble) => ensemble.roots.length));
      const leaves = sum(member.trees.map((ensemble) => ensemble.feature.filter((feature) => feature < 0).length));
      return {
        loss: "squared error of the change to the next visit (TM3, TM9)",
        optimiser: "ridge regression, then gradient boosting of its residuals (TM9)",
        hyperParameters: `${formatCount(trees)} trees of depth 3 at most with ${formatCount(leaves)} leaves, rate 0.1, leaves of 10 pairs or more, half of the patients per tree`,
        stopping:
          "20 trees without a smaller left-out error, 300 at most; none unless the error falls by a standard error",
        parameters: transitionParameters(member) + leaves,
        randomness: "inner folds, halves of patients",
      };
    }
    case "disease-course":
      return {
        loss: "likelihood of individual logistic courses, linearised (DC5)",
        optimiser: "Laplace EM (Lindstrom and Bates) (DC5)",
        hyperParameters: `${member.courses.map(({ endpointId, curve }) => `${endpointId} ${curve.kind}`).join(", ")}; prior variances of effects by empirical Bayes`,
        stopping: `no parameter changes by more than 1e-4; ${formatCount(member.iterations)} iterations, ${settled(member.converged)}`,
        parameters:
          member.coefficients.length +
          2 * member.courses.length +
          triangle(Math.sqrt(member.individualCovariance.length)),
        randomness: "none",
      };
    case "discrete-transition":
      return {
        loss: "penalised log-likelihood of each step, missing visits summed over (DT3, DT7)",
        optimiser: "Newton’s method; EM over missing visits (DT7)",
        hyperParameters: member.endpoints
          .map(
            ({ endpointId, penalties, structure }) =>
              `${endpointId}: precision ${formatInput(penalties.first)} at the first visit${structure === "single-visit" ? "" : `, ${formatInput(penalties.later)} between visits, coefficients ${structure === "common" ? "shared by visits" : "by visit"}`}`,
          )
          .join("; "),
        stopping: `no parameter changes by more than 1e-6; ${settled(member.endpoints.every(({ converged }) => converged))}`,
        parameters: sum(member.endpoints.map(discreteParameters)),
        randomness: "inner folds of the penalties",
      };
    case "neural-boltzmann":
      return {
        loss: "negative exact log-likelihood (N3, N4)",
        optimiser: `AdamW, rate ${formatInput(member.schedule.learningRate)}, decay towards the linear start (N8, N9)`,
        hyperParameters: `${formatCount(member.networks.length)} networks, ${formatCount(member.hiddenUnits)} hidden units in use of ${formatCount(member.hiddenUnitsTried)} tried, ${formatCount(member.meanUnits)} rectified units; computed by ${member.backend}`,
        stopping: `held-out likelihood; ${formatCount(member.epochs.gaussian)} + ${formatCount(member.epochs.hidden)} passes kept of ${formatCount(member.epochs.gaussianRun)} + ${formatCount(member.epochs.hiddenRun)}`,
        parameters: networkParameters(member),
        randomness: "starts, batches and held-out fifths of the networks",
      };
  }
}

function hasRandomStart(member: AnyMember): boolean {
  if (member.kind === "neural-boltzmann") return true;
  return member.kind === "boosted-transition" && member.trees.some((ensemble) => ensemble.roots.length > 0);
}

function networkParameters({ networks }: NeuralBoltzmannParameters): number {
  return sum(networks.map((network) => sum(Object.values(network).map((values) => values.length))));
}

function transitionParameters(member: Extract<MemberParameters, { kind: "ridge-transition" | "boosted-transition" }>) {
  return sum(
    member.endpoints.map(
      ({ intervalChanges, coefficients, baseline }) =>
        intervalChanges.length + coefficients.length + baseline.coefficients.length + 1,
    ),
  );
}

/** Shared coefficients count once. */
function discreteParameters(endpoint: DiscreteEndpoint): number {
  const [first, ...later] = endpoint.visits;
  if (first === undefined) return 0;
  const shared = endpoint.structure === "common" ? 1 : later.length;
  const effects = endpoint.columns.length;
  return endpoint.law === "levels"
    ? effects + (endpoint.levels - 1) * (1 + later.length) + shared * (effects + endpoint.levels - 1)
    : effects + 2 + later.length + shared * (effects + 2);
}

function settled(converged: boolean): string {
  return converged ? "converged" : "NOT converged";
}

function triangle(n: number): number {
  return (n * (n + 1)) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
