import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { choleskyInPlace } from "../../numerics/cholesky.ts";
import { type ConditionalLaw, conditionalLaw, conditionalMean } from "../gaussian-joint/conditional.ts";
import { patternKey } from "../gaussian-joint/missing-patterns.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { drawNormal } from "../normal-draws.ts";
import { covariateRow } from "./covariate-columns.ts";
import { designColumns } from "./design-columns.ts";
import { chainCovariance, chainMean, type LinearChain, linearChain } from "./linear-chain.ts";
import type { LinearTransition } from "./transition-parameters.ts";

/** A chain with the laws of its nodes given any that are known. */
interface OpenChain {
  readonly chain: LinearChain;
  readonly covariance: Float64Array;
  readonly laws: Map<string, OpenLaw>;
}

interface OpenLaw {
  readonly law: ConditionalLaw;
  /** [targets × targets] factor of the inflated conditional covariance; made when first drawn from. */
  factor: Float64Array | null;
}

/**
 * Gaussian model from the linear law: all values of a patient are jointly normal given covariates, so mean and covariance given
 * any history are exact. METHODS.md, equations (TM4), (TM7), (TM8).
 *
 * @throws DomainError INVALID_INPUT when shapes disagree.
 */
export function createRidgeTransitionModel(kind: string, model: LinearTransition): MemberModel {
  assertShapes(model);
  const E = model.endpoints.length;
  const V = model.plannedDays.length;
  const Q = model.features.length;
  const N = E * (V + 1);
  const planned = openChain(model, new Float64Array(E * V).fill(Number.NaN));
  const covariates = new Float64Array(model.covariates.length);
  const values = new Float64Array(N);

  const chainOf = (history: PatientHistory): OpenChain =>
    asPlanned(history, planned.chain.days) ? planned : openChain(model, history.days);

  /** Conditional mean of the nodes not known, their law, and the known values (in `values`). */
  const condition = (history: PatientHistory) => {
    assertHistory(history, Q, E * V);
    const open = chainOf(history);
    covariateRow(model.covariates, history.features, 0, covariates);
    const mean = chainMean(open.chain, covariates);
    nodeValues(model, history, values);
    const law = lawOf(open, values);
    const target = new Float64Array(law.law.target.length);
    conditionalMean(law.law, mean, values, target);
    return { law, target };
  };

  return {
    kind,
    featureCount: Q,
    outcomeCount: E * V,
    predict(history) {
      const { law, target } = condition(history);
      const mean = Float64Array.from(history.observed);
      const covariance = new Float64Array(E * V * E * V);
      const { target: nodes, covariance: conditional } = law.law;
      for (let a = 0; a < nodes.length; a++) {
        const i = outcomeOf(nodes[a]!, E, V);
        if (i < 0) continue;
        mean[i] = target[a]!;
        for (let b = 0; b < nodes.length; b++) {
          const j = outcomeOf(nodes[b]!, E, V);
          if (j < 0) continue;
          covariance[i * E * V + j] = conditional[a * nodes.length + b]! * (model.inflation[i]! * model.inflation[j]!);
        }
      }
      return { mean, covariance, numericalError: 0 };
    },
    predictMean(history) {
      const { law, target } = condition(history);
      const mean = Float64Array.from(history.observed);
      law.law.target.forEach((node, a) => {
        const i = outcomeOf(node, E, V);
        if (i >= 0) mean[i] = target[a]!;
      });
      return mean;
    },
    drawTrajectories(history, count, rng, into) {
      const { law, target } = condition(history);
      const nodes = law.law.target;
      law.factor ??= factorOf(law.law, model, E, V);
      const cells = Int32Array.from(nodes, (node) => outcomeOf(node, E, V));
      const centre = history.observed.slice();
      cells.forEach((cell, a) => {
        if (cell >= 0) centre[cell] = target[a]!;
      });
      drawNormal(centre, cells, law.factor, count, rng, into);
    },
  };
}

function openChain(model: LinearTransition, days: Float64Array): OpenChain {
  const chain = linearChain(model, days);
  return { chain, covariance: chainCovariance(model, chain), laws: new Map() };
}

/** Position e·V + v of a node's outcome; −1 for a baseline value. */
export function outcomeOf(node: number, E: number, V: number): number {
  return node < E ? -1 : (node % E) * V + Math.floor(node / E) - 1;
}

/** [N] what is known of the nodes: baseline values from the features, outcomes from the history. */
export function nodeValues(model: LinearTransition, history: PatientHistory, into: Float64Array): void {
  const E = model.endpoints.length;
  const V = model.plannedDays.length;
  for (let e = 0; e < E; e++) {
    const feature = model.baselineFeatures[e]!;
    into[e] = feature === null ? model.endpoints[e]!.baseline.mean : history.features[feature]!;
    for (let v = 0; v < V; v++) into[(v + 1) * E + e] = history.observed[e * V + v]!;
  }
}

/** Whether the days of a history are the planned ones, so that the chain made beforehand can be used. */
export function asPlanned(history: PatientHistory, planned: Float64Array): boolean {
  for (let i = 0; i < planned.length; i++) {
    if (!Number.isNaN(history.days[i]!) && history.days[i] !== planned[i]) return false;
  }
  return true;
}

function lawOf(open: OpenChain, values: Float64Array): OpenLaw {
  const key = patternKey(values, 0, values.length);
  const known = open.laws.get(key);
  if (known !== undefined) return known;
  const given: number[] = [];
  const target: number[] = [];
  for (let j = 0; j < values.length; j++) (Number.isNaN(values[j]!) ? target : given).push(j);
  const law = conditionalLaw(open.covariance, values.length, Int32Array.from(given), Int32Array.from(target));
  const made: OpenLaw = { law, factor: null };
  open.laws.set(key, made);
  return made;
}

function factorOf(law: ConditionalLaw, model: LinearTransition, E: number, V: number): Float64Array {
  const n = law.target.length;
  const scale = Float64Array.from(law.target, (node) => {
    const outcome = outcomeOf(node, E, V);
    return outcome < 0 ? 1 : model.inflation[outcome]!;
  });
  const factor = law.covariance.map((value, k) => value * scale[Math.floor(k / n)]! * scale[k % n]!);
  for (let a = 0; a < n; a++) for (let b = a + 1; b < n; b++) factor[a * n + b] = 0;
  if (choleskyInPlace(factor, n) === -1) return factor;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "parameters.residual",
    received: `${n} × ${n} covariance`,
    requirement: "must be positive definite given the history",
    hint: "Check that no value is recorded twice under two endpoints.",
  });
}

export function assertHistory(history: PatientHistory, features: number, outcomes: number): void {
  const { features: x, observed, days } = history;
  if (x.length === features && observed.length === outcomes && days.length === outcomes) return;
  throw invalidInput(
    "history",
    [x.length, observed.length, days.length],
    `must have ${features} features, and ${outcomes} outcomes and days`,
    "Encode the patient with the feature list of the model.",
  );
}

export function assertShapes(model: LinearTransition): void {
  const E = model.endpoints.length;
  const V = model.plannedDays.length;
  const P = model.covariates.length;
  const agree =
    V > 0 &&
    model.baselineFeatures.length === E &&
    model.inflation.length === E * V &&
    model.residual.endpoints.length === E &&
    model.residual.correlation.length === E * E &&
    model.residual.baselineCovariance.length === E * E &&
    model.residual.endpoints.every((law) => law.visitFactors.length === V) &&
    model.covariates.every((column) => column.feature < model.features.length) &&
    model.baselineFeatures.every((feature) => feature === null || feature < model.features.length) &&
    model.endpoints.every(
      (law, e) =>
        law.intervalChanges.length === V &&
        law.coefficients.length === designColumns(e, E, P).length &&
        law.baseline.coefficients.length === P,
    );
  if (agree) return;
  throw invalidInput(
    "parameters",
    [E, V, P],
    "must have coefficients, variances and inflation for every endpoint, visit and covariate column",
    "Use the model file as it was written; check its hash.",
  );
}
