import { analyticCell } from "./analytic-cell.ts";
import { type ChunkTally, type ExampleCategory, tallyReplicates } from "./chunk-tally.ts";
import { roundedSum } from "./exact-sum.ts";
import {
  histogramQuantile,
  meanEstimate,
  proportionEstimate,
  rootMeanSquaredErrorEstimate,
} from "./monte-carlo-estimate.ts";
import type { PreparedCell } from "./prepared-cell.ts";
import { BINS_PER_MONTH } from "./simulate-chunk.ts";
import type { CellResult, ExampleTrial } from "./simulation-document.ts";

const EXAMPLES_SHOWN = 3;
const EXAMPLE_ORDER: readonly ExampleCategory[] = [
  "early-efficacy",
  "early-futility",
  "final-success",
  "final-failure",
];

/**
 * Operating characteristics of one cell from its merged tally.
 *
 * @param cell - The cell as prepared; gives bounds and the analytic values.
 * @param tally - Merged tally of the cell, possibly of part of the replicates only.
 * @returns Estimates over the replicates that could be analysed, each with its Monte Carlo standard error; failed
 *   replicates are counted beside them. METHODS.md section "Performance measures".
 */
export function summarizeCell(cell: PreparedCell, tally: ChunkTally): CellResult {
  const replicates = tallyReplicates(tally);
  const failed = tally.failures.reduce((sum, { count }) => sum + count, 0);
  const analysed = replicates - failed;
  const rejected = tally.looks.reduce((sum, { efficacy }) => sum + efficacy, 0);
  const months = meanEstimate(roundedSum(tally.monthsSum), roundedSum(tally.monthsSquaredSum), analysed);
  const squaredError = roundedSum(tally.errorSquaredSum);
  return {
    designId: cell.design.id,
    scenarioId: cell.scenario.id,
    replicates,
    failed,
    failureReasons: tally.failures.map(({ reason, count }) => ({ reason, count })),
    rejection: proportionEstimate(rejected, analysed),
    isNull: cell.scenario.effect === 0,
    looks: tally.looks.map(({ efficacy, futility }, k) => ({
      look: k + 1,
      informationFraction: cell.bounds.informationFractions[k]!,
      cohort: cell.cohorts[k]!,
      efficacyBound: finiteOrNull(cell.bounds.upper[k]!),
      futilityBound: k === tally.looks.length - 1 ? null : finiteOrNull(cell.bounds.lower[k]!),
      stopEfficacy: proportionEstimate(efficacy, analysed),
      stopFutility: proportionEstimate(futility, analysed),
    })),
    expectedPatients: patientsEstimate(tally.patients, analysed),
    patientsPercentiles: {
      median: histogramQuantile(tally.patients, 0.5),
      p90: histogramQuantile(tally.patients, 0.9),
    },
    expectedMonths: months,
    monthsPercentiles: {
      median: histogramQuantile(tally.months, 0.5) / BINS_PER_MONTH,
      p90: histogramQuantile(tally.months, 0.9) / BINS_PER_MONTH,
    },
    bias: meanEstimate(roundedSum(tally.errorSum), squaredError, analysed),
    rootMeanSquaredError: rootMeanSquaredErrorEstimate(squaredError, roundedSum(tally.errorFourthSum), analysed),
    coverage: proportionEstimate(tally.covered, analysed),
    givenRejection: givenRejection(tally, rejected),
    analytic: analyticCell(cell),
    examples: exampleTrials(tally),
  };
}

function givenRejection(tally: ChunkTally, rejected: number): CellResult["givenRejection"] {
  if (rejected === 0) return null;
  const squares = roundedSum(tally.rejectedErrorSquaredSum);
  return {
    bias: meanEstimate(roundedSum(tally.rejectedErrorSum), squares, rejected),
    coverage: proportionEstimate(tally.rejectedCovered, rejected),
  };
}

/** Whole numbers: the sums are exact whatever the order. */
function patientsEstimate(histogram: ChunkTally["patients"], analysed: number) {
  let sum = 0;
  let squares = 0;
  for (const [patients, count] of histogram) {
    sum += patients * count;
    squares += patients * patients * count;
  }
  return meanEstimate(sum, squares, analysed);
}

/** One trial for each way of ending, then second ones, until three are shown. */
function exampleTrials(tally: ChunkTally): ExampleTrial[] {
  const ofCategory = EXAMPLE_ORDER.map((category) =>
    tally.examples.filter((example) => example.category === category).map(({ trial }) => trial),
  );
  const firsts = ofCategory.flatMap((trials) => trials.slice(0, 1));
  const seconds = ofCategory.flatMap((trials) => trials.slice(1));
  return [...firsts, ...seconds.slice(0, Math.max(0, EXAMPLES_SHOWN - firsts.length))];
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
