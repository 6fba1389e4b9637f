import type { LongDataSet } from "../../data/long-data-set.ts";
import { normalCdf } from "../../numerics/normal.ts";
import type { Rng } from "../../numerics/rng.ts";
import { encodeFeatures } from "../feature-encoding.ts";
import { type FederatedNetworks, type FederationPlan, planFeatures } from "./federation-plan.ts";
import type { PatternCell } from "./pattern-statistics.ts";
import { controlsInOrder, refuseDifferences, refuseSmallSite } from "./site-data.ts";

/** Bisections of the noise level; each halves the interval. */
const STEPS = 200;

/**
 * Largest change of everything that one site releases when one patient is added or taken away, in units of half the ranges:
 * the patient is in one pattern, with a count of 1, D values and D(D + 1)/2 products of absolute value at most 1.
 * METHODS.md, equation (FE11).
 *
 * @param columns - D.
 */
export function releaseSensitivity(columns: number): number {
  return Math.sqrt(1 + columns + (columns * (columns + 1)) / 2);
}

/**
 * Smallest SD of normal noise that makes a release of L2 sensitivity Δ (ε, δ)-differentially private: the root of
 * Φ(Δ/2σ − εσ/Δ) − e^ε Φ(−Δ/2σ − εσ/Δ) = δ. METHODS.md, equation (FE12).
 *
 * Source: Balle & Wang (2018), Proc. ICML 35, theorem 8.
 */
export function analyticNoise(epsilon: number, delta: number, sensitivity: number): number {
  const excess = (sigma: number) => {
    const half = sensitivity / (2 * sigma);
    const shift = (epsilon * sigma) / sensitivity;
    return normalCdf(half - shift) - Math.exp(epsilon) * normalCdf(-half - shift) - delta;
  };
  let lower = 1e-6 * sensitivity;
  let upper = sensitivity;
  while (excess(upper) > 0) upper *= 2;
  for (let k = 0; k < STEPS; k++) {
    const middle = 0.5 * (lower + upper);
    if (excess(middle) > 0) lower = middle;
    else upper = middle;
  }
  return upper;
}

/** Share of the budget μ² that is spent on the first sums where steps of networks follow. */
const SHARE_OF_SUMS = 0.5;

/** SD of the noise on the first sums, in units of half the ranges. METHODS.md, equations (FE12), (FE21). */
export function noiseDeviation(plan: FederationPlan): number {
  const { epsilon, delta } = plan.noise!;
  const { centres } = columnRanges(plan);
  const alone = analyticNoise(epsilon, delta, releaseSensitivity(centres.length));
  return plan.member.kind === "neural-boltzmann" ? alone / Math.sqrt(SHARE_OF_SUMS) : alone;
}

/** Noisy steps that a site takes in all averaging rounds: one a pass and network. */
export function noisySteps({ rounds, localEpochs, networks }: FederatedNetworks): number {
  return rounds * localEpochs * networks;
}

/**
 * SD of the noise on the sum of clipped gradients of one step: T steps of sensitivity C together spend what the first sums
 * leave of μ², because the loss of Gaussian mechanisms one after the other is that of one with μ² = Σ μ_t².
 * METHODS.md, equation (FE21).
 *
 * Source: Dong, Roth & Su (2022), J. R. Statist. Soc. B 84:3–54, corollary 2.
 */
export function stepNoise(plan: FederationPlan, member: FederatedNetworks): number {
  const { epsilon, delta } = plan.noise!;
  const sensitivity = member.gradientClip * Math.sqrt(noisySteps(member));
  return analyticNoise(epsilon, delta, sensitivity) / Math.sqrt(1 - SHARE_OF_SUMS);
}

/**
 * Pattern statistics of a site with noise. The patterns are fixed beforehand and do not depend on the data: all features with
 * the outcomes up to a visit. A patient is in the largest one that is observed; the rest of the patient's values is left out,
 * as are patients that lack a feature. Counts, sums and products get noise; what follows is only a function of them.
 * METHODS.md, equations (FE10)–(FE12).
 *
 * @param data - Checked here against the plan.
 * @param rng - The site's secret.
 */
export function noisyPatterns(
  data: LongDataSet,
  plan: FederationPlan,
  rng: Rng,
): { readonly cells: PatternCell[]; readonly patients: number } {
  refuseDifferences(data, plan);
  const table = controlsInOrder(data, plan);
  refuseSmallSite(table.count, plan);
  const features = planFeatures(plan);
  const encoded = encodeFeatures(table, features, plan.covariates);
  const Q = features.length;
  const E = plan.endpoints.length;
  const V = plan.visits.length;
  const { centres, halves } = columnRanges(plan);
  const sigma = noiseDeviation(plan);
  const patterns = Array.from({ length: V + 1 }, (_, through) => [
    ...Array.from({ length: Q }, (_, q) => q),
    ...Array.from({ length: E * V }, (_, cell) => cell).flatMap((cell) => (cell % V < through ? [Q + cell] : [])),
  ]);
  const sums = patterns.map((observed) => ({
    count: 0,
    first: new Float64Array(observed.length),
    second: new Float64Array((observed.length * (observed.length + 1)) / 2),
  }));
  for (let i = 0; i < table.count; i++) {
    const value = (j: number) => (j < Q ? encoded[i * Q + j]! : table.outcomes[i * E * V + j - Q]!);
    let through = V;
    while (through >= 0 && patterns[through]!.some((j) => Number.isNaN(value(j)))) through--;
    const into = sums[through];
    if (into === undefined) continue;
    const scaled = patterns[through]!.map((j) => Math.max(-1, Math.min(1, (value(j) - centres[j]!) / halves[j]!)));
    into.count++;
    let place = 0;
    scaled.forEach((x, a) => {
      into.first[a]! += x;
      for (let b = 0; b <= a; b++) into.second[place++]! += x * scaled[b]!;
    });
  }
  const cells = patterns.map((observed, k) => released(observed, sums[k]!, sigma, rng.fork(k), centres, halves));
  const { minimum } = plan.smallCells;
  return { cells, patients: Math.floor(table.count / minimum) * minimum };
}

function released(
  observed: readonly number[],
  { count, first, second }: { count: number; first: Float64Array; second: Float64Array },
  sigma: number,
  rng: Rng,
  centres: readonly number[],
  halves: readonly number[],
): PatternCell {
  const patients = Math.max(0, count + sigma * rng.normal());
  const sum = first.map((value) => value + sigma * rng.normal());
  const products = second.map((value) => value + sigma * rng.normal());
  const mean = Array.from(sum, (value) => (patients > 0 ? value / patients : 0));
  let place = 0;
  const scatter: number[] = [];
  observed.forEach((i, a) => {
    for (let b = 0; b <= a; b++) {
      const about = products[place++]! - patients * mean[a]! * mean[b]!;
      scatter.push(about * halves[i]! * halves[observed[b]!]!);
    }
  });
  return {
    observed: [...observed],
    patients,
    mean: observed.map((j, a) => centres[j]! + halves[j]! * mean[a]!),
    scatter,
  };
}

/** Middle and half width of the planned range of every column; indicators lie in [0, 1]. */
function columnRanges(plan: FederationPlan): { centres: number[]; halves: number[] } {
  const noise = plan.noise!;
  const ofEndpoint = (id: string) => noise.endpointRanges.find(({ endpointId }) => endpointId === id)!.range;
  const ranges = [
    ...planFeatures(plan).map((feature) => {
      if (feature.kind === "baseline-endpoint") return ofEndpoint(feature.endpointId);
      if (feature.kind === "covariate-level") return { minimum: 0, maximum: 1 };
      return noise.covariateRanges.find(({ covariateId }) => covariateId === feature.covariateId)!.range;
    }),
    ...plan.endpoints.flatMap(({ id }) => plan.visits.map(() => ofEndpoint(id))),
  ];
  return {
    centres: ranges.map(({ minimum, maximum }) => (minimum + maximum) / 2),
    halves: ranges.map(({ minimum, maximum }) => (maximum - minimum) / 2),
  };
}
