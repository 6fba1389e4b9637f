import type { MixedModelLayout, ResidualStructure } from "./mixed-model-data.ts";
import { emptyStatistics, type Pattern, patternsOf, statisticsInto, statisticsScratch } from "./pattern-statistics.ts";
import { type Criterion, type DevianceWork, devianceWork, profiledDeviance } from "./profiled-deviance.ts";
import { type RelativeFactor, relativeFactor } from "./relative-factor.ts";
import {
  type ObservedGaps,
  type ResidualSearch,
  residualParameterCount,
  residualSearch,
} from "./residual-correlation.ts";

/** The likelihood of one data set: layout, patterns and the arrays in which the deviance is evaluated. */
export interface MixedModelLikelihood {
  readonly layout: MixedModelLayout;
  readonly residual: ResidualStructure;
  readonly patterns: readonly Pattern[];
  readonly structure: RelativeFactor;
  readonly work: DevianceWork;
  readonly criterion: Criterion;
  readonly search: ResidualSearch;
  /** Deviance at (θ, residual search variables), those beyond their bounds taken at the bound. */
  readonly deviance: (point: Float64Array) => number;
}

/** Prepares the likelihood of a layout: patterns, start values, and the function to be minimized. */
export function likelihoodOf(
  layout: MixedModelLayout,
  residual: ResidualStructure,
  criterion: Criterion,
): MixedModelLikelihood {
  const patterns = patternsOf(layout);
  const structure = relativeFactor(layout.blockSizes);
  const statistics = emptyStatistics(patterns.length, layout.q, layout.p);
  const scratch = statisticsScratch(layout, patterns);
  let designLogDeterminant = 0;
  for (let i = 0; i < layout.p; i++) designLogDeterminant += 2 * Math.log(Math.abs(layout.triangle[i * layout.p + i]!));
  const work = devianceWork(structure, statistics, criterion, layout.observations, designLogDeterminant);
  const search = residualSearch(residual, observedGaps(layout));
  const thetaCount = structure.entries.length;
  const count = residualParameterCount(residual);
  const at = new Float64Array(count).fill(Number.NaN);
  if (count === 0) statisticsInto(layout, patterns, residual, at, scratch, statistics);
  let usable = true;
  const deviance = (point: Float64Array): number => {
    let moved = false;
    for (let k = 0; k < count; k++) {
      const value = Math.min(search.upper[k]!, Math.max(search.lower[k]!, point[thetaCount + k]!));
      if (value !== at[k]) {
        at[k] = value;
        moved = true;
      }
    }
    if (moved) usable = statisticsInto(layout, patterns, residual, at, scratch, statistics);
    return usable ? profiledDeviance(work, point) : Infinity;
  };
  return { layout, residual, patterns, structure, work, criterion, search, deviance };
}

/** Residual search variables of a point within their bounds. */
export function boundedSearch({ structure, search }: MixedModelLikelihood, point: Float64Array): Float64Array {
  return point
    .slice(structure.entries.length)
    .map((value, k) => Math.min(search.upper[k]!, Math.max(search.lower[k]!, value)));
}

/** Which residual search variables of a point stand at a bound. */
export function atBound({ structure, search }: MixedModelLikelihood, point: Float64Array): boolean[] {
  return Array.from(point.subarray(structure.entries.length), (value, k) =>
    Boolean(value <= search.lower[k]! || value >= search.upper[k]!),
  );
}

function observedGaps({ groups, time }: MixedModelLayout): ObservedGaps {
  if (time === null) return { shortest: 1, typical: 1, longest: 1 };
  const gaps: number[] = [];
  let longest = 0;
  for (const { rows } of groups) {
    for (let k = 1; k < rows.length; k++) {
      const gap = time[rows[k]!]! - time[rows[k - 1]!]!;
      if (gap > 0) gaps.push(gap);
    }
    longest = Math.max(longest, time[rows[rows.length - 1]!]! - time[rows[0]!]!);
  }
  gaps.sort((a, b) => a - b);
  if (gaps.length === 0) return { shortest: 1, typical: 1, longest: 1 };
  return { shortest: gaps[0]!, typical: gaps[gaps.length >> 1]!, longest };
}
