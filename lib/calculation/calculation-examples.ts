import type { CalculationSpec, CalculationSpecInput } from "./calculation-spec.ts";

const THREE_LOOKS = [0.5, 0.75, 1];

/** A specification of every method with an answer; a person starts from it. */
export const CALCULATION_EXAMPLES: {
  readonly [M in CalculationSpec["method"]]: Extract<CalculationSpecInput, { method: M }>;
} = {
  "two-means": { method: "two-means", effect: 2, standardDeviation: 6, power: [0.8, 0.9] },
  ancova: { method: "ancova", effect: 2, standardDeviation: 6, rSquared: [0, 0.2, 0.4], power: 0.9 },
  welch: { method: "welch", effect: 2, experimentalSd: 7, controlSd: 5, power: 0.9 },
  "one-mean": { method: "one-mean", effect: 2, standardDeviation: 6, power: 0.9 },
  "equivalence-means": {
    method: "equivalence-means",
    scale: "ratio",
    effect: 0.95,
    lower: 0.8,
    upper: 1.25,
    coefficientOfVariation: 0.25,
    design: "crossover",
    alpha: 0.05,
    power: 0.9,
  },
  wilcoxon: { method: "wilcoxon", effect: 0.62, power: 0.9 },
  "two-rates": { method: "two-rates", experimentalRate: 0.45, controlRate: 0.3, power: [0.8, 0.9] },
  "exact-rates": { method: "exact-rates", experimentalRate: 0.5, controlRate: 0.2, power: 0.8 },
  "equivalence-rates": {
    method: "equivalence-rates",
    experimentalRate: 0.7,
    controlRate: 0.7,
    lower: -0.15,
    upper: 0.15,
    power: 0.8,
  },
  "one-rate": { method: "one-rate", rate: 0.4, nullValue: 0.25, power: 0.9 },
  "two-counts": { method: "two-counts", rateRatio: 0.7, controlRate: 1.2, dispersion: 0.8, power: 0.9 },
  survival: {
    method: "survival",
    hazardRatio: 0.7,
    controlMedian: 12,
    accrualDuration: 18,
    followUp: 12,
    power: 0.9,
  },
  "repeated-measures": {
    method: "repeated-measures",
    effect: 2,
    standardDeviation: 6,
    structure: "ar1",
    rho: 0.8,
    retention: [1, 0.95, 0.9, 0.85],
    power: 0.9,
  },
  slopes: {
    method: "slopes",
    effect: 0.5,
    times: [0, 0.5, 1, 1.5, 2],
    slopeVariance: 1,
    interceptVariance: 4,
    residualVariance: 2,
    power: 0.9,
  },
  "group-sequential-design": {
    method: "group-sequential-design",
    informationFractions: THREE_LOOKS,
    efficacy: { family: "lan-demets-obrien-fleming" },
    futility: { kind: "beta-spending", spending: { family: "hwang-shih-decani", gamma: -2 } },
    fixedSize: 200,
  },
  "sequential-means": {
    method: "sequential-means",
    informationFractions: THREE_LOOKS,
    effect: 2,
    standardDeviation: 6,
  },
  "sequential-rates": {
    method: "sequential-rates",
    informationFractions: THREE_LOOKS,
    experimentalRate: 0.45,
    controlRate: 0.3,
  },
  "group-sequential-survival": {
    method: "group-sequential-survival",
    informationFractions: THREE_LOOKS,
    hazardRatio: 0.7,
    controlMedian: 12,
    accrualDuration: 18,
    followUp: 12,
  },
  "interim-analysis": {
    method: "interim-analysis",
    oneSidedAlpha: 0.025,
    informationFractions: [0.5, 1],
    test: { kind: "inverse-normal", efficacy: { family: "lan-demets-obrien-fleming" } },
    data: {
      endpoint: "means",
      stages: [
        {
          experimental: { n: 60, mean: 2.4, standardDeviation: 6 },
          control: { n: 60, mean: 0.5, standardDeviation: 6.2 },
        },
      ],
    },
  },
  "sample-size-reestimation": {
    method: "sample-size-reestimation",
    approach: {
      kind: "blinded-variance",
      pilotSize: 80,
      pilotStandardDeviation: 6.8,
      effect: 2,
      plannedTotal: 380,
      maximum: 700,
    },
  },
  multiplicity: {
    method: "multiplicity",
    procedure: { procedure: "holm" },
    hypotheses: [
      { name: "Primary, high dose", pValue: 0.004 },
      { name: "Primary, low dose", pValue: 0.019 },
      { name: "Key secondary, high dose", pValue: 0.011 },
    ],
  },
};
