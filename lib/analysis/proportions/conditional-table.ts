import { logGamma } from "../../numerics/log-gamma.ts";

/** Distribution of the experimental responders of one or several 2 × 2 tables given all margins, at odds ratio 1. */
export interface ConditionalTable {
  readonly lowest: number;
  readonly highest: number;
  /** Log probability of lowest + j, shape [highest − lowest + 1]. */
  readonly logDensity: Float64Array;
}

/** Hypergeometric distribution of a 2 × 2 table given its margins (METHODS.md eq. (P9)). */
export function conditionalTable(experimentalTotal: number, controlTotal: number, events: number): ConditionalTable {
  const lowest = Math.max(0, events - controlTotal);
  const highest = Math.min(events, experimentalTotal);
  const constant = logChoose(experimentalTotal + controlTotal, events);
  const logDensity = new Float64Array(highest - lowest + 1);
  for (let x = lowest; x <= highest; x++)
    logDensity[x - lowest] = logChoose(experimentalTotal, x) + logChoose(controlTotal, events - x) - constant;
  return normalised(lowest, highest, logDensity);
}

/** Distribution of the sum over independent tables: the convolution of their distributions. */
export function convolvedTable(first: ConditionalTable, second: ConditionalTable): ConditionalTable {
  const lowest = first.lowest + second.lowest;
  const highest = first.highest + second.highest;
  const density = new Float64Array(highest - lowest + 1);
  for (let i = 0; i < first.logDensity.length; i++) {
    const weight = Math.exp(first.logDensity[i]!);
    for (let j = 0; j < second.logDensity.length; j++) density[i + j]! += weight * Math.exp(second.logDensity[j]!);
  }
  return normalised(lowest, highest, density.map(Math.log));
}

/** Probabilities at an odds ratio, shape of `logDensity`; odds ratios 0 and Infinity put all on one end. */
export function densityAtOddsRatio(table: ConditionalTable, oddsRatio: number): Float64Array {
  const { lowest, logDensity } = table;
  const density = new Float64Array(logDensity.length);
  if (oddsRatio === 0) density[0] = 1;
  else if (oddsRatio === Infinity) density[density.length - 1] = 1;
  else {
    const slope = Math.log(oddsRatio);
    let largest = -Infinity;
    for (let j = 0; j < density.length; j++) {
      density[j] = logDensity[j]! + slope * (lowest + j);
      largest = Math.max(largest, density[j]!);
    }
    let sum = 0;
    for (let j = 0; j < density.length; j++) {
      density[j] = Math.exp(density[j]! - largest);
      sum += density[j]!;
    }
    for (let j = 0; j < density.length; j++) density[j]! /= sum;
  }
  return density;
}

/** Expected count at an odds ratio. */
export function meanAtOddsRatio(table: ConditionalTable, oddsRatio: number): number {
  const density = densityAtOddsRatio(table, oddsRatio);
  let mean = 0;
  for (let j = 0; j < density.length; j++) mean += (table.lowest + j) * density[j]!;
  return mean;
}

/** P(count ≤ value) or P(count ≥ value) at an odds ratio. */
export function tailAtOddsRatio(
  table: ConditionalTable,
  value: number,
  oddsRatio: number,
  tail: "lower" | "upper",
): number {
  const density = densityAtOddsRatio(table, oddsRatio);
  let sum = 0;
  for (let j = 0; j < density.length; j++) {
    const count = table.lowest + j;
    if (tail === "lower" ? count <= value : count >= value) sum += density[j]!;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Rounding of the log factorials, which grows with the counts, cancels when the probabilities are made to sum to one. */
function normalised(lowest: number, highest: number, logDensity: Float64Array): ConditionalTable {
  let largest = -Infinity;
  for (const value of logDensity) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of logDensity) sum += Math.exp(value - largest);
  const shift = largest + Math.log(sum);
  return { lowest, highest, logDensity: logDensity.map((value) => value - shift) };
}
