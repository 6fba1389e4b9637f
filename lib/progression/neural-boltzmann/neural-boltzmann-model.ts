import { invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose } from "../../numerics/cholesky.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { hiddenStates } from "./hidden-states.ts";
import { inputCount, inputWriter } from "./input-encoding.ts";
import { createNetworkValues, evaluateNetwork } from "./network.ts";
import { networkWeights } from "./network-document.ts";
import { networkLayout } from "./network-layout.ts";
import { networkMoments } from "./network-moments.ts";
import type { NeuralBoltzmannParameters } from "./neural-boltzmann-parameters.ts";
import { type ObservationPattern, patternReader } from "./observation-pattern.ts";
import { createHiddenPosterior, hiddenPosterior } from "./outcome-law.ts";

/** The mixture of networks, ready to predict; also says how likely a patient's outcomes are. */
export interface NeuralBoltzmannModel extends MemberModel {
  /** Exact log-density of the outcomes observed given baseline, on the scale of the outcomes; 0 when none is. */
  logDensity(history: PatientHistory): number;
}

/**
 * Moments, density and draws of the mixture of networks given any history, in double precision from the frozen weights.
 *
 * Without observed outcomes the mean is the average of the networks' μ, exactly: the law of each is symmetric about it. The
 * inflation widens the mixture about that mean; observed outcomes are brought back to the scale before inflation, so the
 * law given them is the conditional law of the widened one. METHODS.md, equations (N5) and (N11).
 *
 * @param parameters - From training.
 * @throws DomainError INVALID_INPUT when arrays have not the lengths that belong together.
 */
export function openNeuralBoltzmann(parameters: NeuralBoltzmannParameters): NeuralBoltzmannModel {
  assertShapes(parameters);
  const n = parameters.outcomeCentre.length;
  const layout = networkLayout({
    inputs: inputCount(parameters.encoding),
    outcomes: n,
    hidden: parameters.hiddenUnits,
    meanUnits: parameters.meanUnits,
  });
  const states = hiddenStates(parameters.hiddenUnits);
  const networks = parameters.networks.map((document) => {
    const correlation = Float64Array.from(document.correlation);
    return {
      weights: networkWeights(layout, document),
      correlation,
      patternOf: patternReader(correlation, n),
      values: createNetworkValues(layout),
      posterior: createHiddenPosterior(n, states),
      factors: new Map<ObservationPattern, PatternFactor>(),
      mean: new Float64Array(n),
      covariance: new Float64Array(n * n),
    };
  });
  const write = inputWriter(parameters.encoding);
  const inputs = new Float64Array(layout.shape.inputs);
  const centre = Float64Array.from(parameters.outcomeCentre);
  const unit = Float64Array.from(parameters.outcomeUnit);
  const inflation = Float64Array.from(parameters.predictionInflation);
  const prior = new Float64Array(n);
  const standardised = new Float64Array(n);
  const share = new Float64Array(networks.length);

  /** Networks at the patient's baseline; fills `prior` with the mean of the mixture. */
  const atBaseline = (history: PatientHistory) => {
    write(history.features, 0, inputs, 0);
    prior.fill(0);
    for (const { weights, values } of networks) {
      evaluateNetwork(layout, weights, inputs, 0, values);
      for (let j = 0; j < n; j++) prior[j]! += values.mean[j]! / networks.length;
    }
  };

  /** Weights of the networks and of their hidden units given what is observed; returns the log-density of the mixture. */
  const condition = (history: PatientHistory): number => {
    atBaseline(history);
    let jacobian = 0;
    for (let j = 0; j < n; j++) {
      const value = (history.observed[j]! - centre[j]!) / unit[j]!;
      standardised[j] = prior[j]! + (value - prior[j]!) / inflation[j]!;
      if (!Number.isNaN(value)) jacobian += Math.log(unit[j]! * inflation[j]!);
    }
    let largest = Number.NEGATIVE_INFINITY;
    networks.forEach(({ values, correlation, patternOf, posterior }, s) => {
      hiddenPosterior(values, correlation, patternOf(standardised, 0), states, standardised, 0, posterior);
      share[s] = posterior.logDensity;
      largest = Math.max(largest, posterior.logDensity);
    });
    let sum = 0;
    for (let s = 0; s < share.length; s++) sum += Math.exp(share[s]! - largest);
    const logSum = largest + Math.log(sum);
    for (let s = 0; s < share.length; s++) share[s] = Math.exp(share[s]! - logSum);
    return logSum - Math.log(networks.length) - jacobian;
  };

  /** Widened about the mean of the mixture and put on the scale of the outcomes. */
  const onScale = (value: number, j: number) =>
    centre[j]! + unit[j]! * (prior[j]! + inflation[j]! * (value - prior[j]!));

  const meanOf = (history: PatientHistory): Float64Array => {
    const mean = new Float64Array(n);
    networks.forEach((network, s) => {
      for (let j = 0; j < n; j++) mean[j]! += share[s]! * network.mean[j]!;
    });
    return mean.map((value, j) => (Number.isNaN(history.observed[j]!) ? onScale(value, j) : history.observed[j]!));
  };

  return {
    kind: "neural-boltzmann",
    featureCount: parameters.features.length,
    outcomeCount: n,
    logDensity: condition,
    predict(history) {
      condition(history);
      for (const { values, patternOf, posterior, mean, covariance } of networks) {
        networkMoments(values, patternOf(standardised, 0).remainder, posterior, mean, covariance);
      }
      return {
        mean: meanOf(history),
        covariance: mixtureCovariance(networks, share, history.observed, unit, inflation),
        numericalError: 0,
      };
    },
    predictMean(history) {
      if (history.observed.every(Number.isNaN)) {
        atBaseline(history);
        return prior.map((value, j) => centre[j]! + unit[j]! * value);
      }
      condition(history);
      for (const { values, patternOf, posterior, mean } of networks) {
        networkMoments(values, patternOf(standardised, 0).remainder, posterior, mean, null);
      }
      return meanOf(history);
    },
    drawTrajectories(history, count, rng: Rng, into) {
      condition(history);
      const drawers = networks.map(({ values, patternOf, posterior, factors }) => {
        const pattern = patternOf(standardised, 0);
        const factor = factors.get(pattern) ?? remainderFactor(pattern, n);
        factors.set(pattern, factor);
        // Draw of outcome j: level + scale × residual in SDs.
        const level = values.mean.map((mean, j) => onScale(mean, j));
        const scale = values.logPrecision.map((value, j) => unit[j]! * inflation[j]! * Math.exp(-0.5 * value));
        return { level, scale, posterior, factor, cumulative: cumulate(posterior.weight) };
      });
      const cumulativeShare = cumulate(share);
      const { units: H, signs } = states;
      const width = drawers[0]!.factor.missing.length;
      const normals = new Float64Array(count * width);
      rng.normals(normals, 0, count * width);
      for (let m = 0; m < count; m++) {
        const row = m * n;
        const own = m * width;
        const { level, scale, posterior, factor, cumulative } = drawers[position(cumulativeShare, rng.uniform())]!;
        const { missing, lower } = factor;
        const { completed, remaining, tilt } = posterior;
        for (let j = 0; j < n; j++) into[row + j] = history.observed[j]!;
        let state = 0;
        let direction = 0;
        if (H > 0) {
          state = position(cumulative, rng.uniform());
          direction = rng.uniform() * (1 + Math.exp(-2 * tilt[state]!)) < 1 ? 1 : -1;
        }
        for (let a = 0; a < missing.length; a++) {
          const j = missing[a]!;
          let shift = 0;
          for (let k = 0; k < H; k++) shift += remaining[j * H + k]! * signs[state * H + k]!;
          let noise = 0;
          for (let b = 0; b <= a; b++) noise += lower[a * width + b]! * normals[own + b]!;
          into[row + j] = level[j]! + scale[j]! * (completed[j]! + direction * shift + noise);
        }
      }
    },
  };
}

/** Outcomes not observed and the Cholesky factor of what remains unknown of them. */
interface PatternFactor {
  readonly missing: Int32Array;
  /** [m × m]. */
  readonly lower: Float64Array;
}

function remainderFactor(pattern: ObservationPattern, n: number): PatternFactor {
  const missing = Int32Array.from(Array.from({ length: n }, (_, j) => j).filter((j) => pattern.observed[j] === 0));
  const m = missing.length;
  const block = new Float64Array(m * m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b < m; b++) block[a * m + b] = pattern.remainder[missing[a]! * n + missing[b]!]!;
  const factored = choleskyDecompose(block, m);
  if (!factored.ok) {
    throw invalidInput(
      "parameters.networks.correlation",
      `pivot ${factored.pivot} of ${m}`,
      "must be positive definite",
      "Use the model file as it was written; check its hash.",
    );
  }
  return { missing, lower: factored.factor };
}

/** Covariance of the mixture, widened and on the scale of the outcomes. */
function mixtureCovariance(
  networks: readonly { readonly mean: Float64Array; readonly covariance: Float64Array }[],
  share: Float64Array,
  observed: Float64Array,
  unit: Float64Array,
  inflation: Float64Array,
): Float64Array {
  const n = unit.length;
  const centre = new Float64Array(n);
  networks.forEach(({ mean }, s) => {
    for (let j = 0; j < n; j++) centre[j]! += share[s]! * mean[j]!;
  });
  const into = new Float64Array(n * n);
  networks.forEach(({ mean, covariance }, s) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const between = (mean[i]! - centre[i]!) * (mean[j]! - centre[j]!);
        into[i * n + j]! += share[s]! * (covariance[i * n + j]! + between);
      }
    }
  });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const known = !Number.isNaN(observed[i]!) || !Number.isNaN(observed[j]!);
      into[i * n + j] = known ? 0 : into[i * n + j]! * unit[i]! * inflation[i]! * (unit[j]! * inflation[j]!);
    }
  }
  return into;
}

function cumulate(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}

/** First position whose cumulative weight exceeds u. */
function position(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

function assertShapes(parameters: NeuralBoltzmannParameters): void {
  const { encoding, outcomeCentre, outcomeUnit, predictionInflation, networks } = parameters;
  const n = outcomeCentre.length;
  const K = encoding.kept.length;
  const agree =
    n > 0 &&
    outcomeUnit.length === n &&
    predictionInflation.length === n &&
    predictionInflation.every((factor) => factor >= 1) &&
    encoding.mean.length === K &&
    encoding.covariance.length === K * K &&
    encoding.missingShare.length === encoding.indicators.length &&
    encoding.indicators.every((k) => k >= 0 && k < K) &&
    encoding.kept.every((q) => q >= 0 && q < parameters.features.length) &&
    networks.every(({ correlation }) => correlation.length === n * n);
  if (agree) return;
  throw invalidInput(
    "parameters",
    `${n} outcomes, ${K} features in use`,
    "must have one centre, unit and inflation (at least 1) an outcome, and square correlation and covariance",
    "Use the model file as it was written; check its hash.",
  );
}
