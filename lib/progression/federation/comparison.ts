import { z } from "zod";
import { type LinearPredictor, predictLinear } from "../comparators/linear-predictor.ts";
import { forecastScores } from "../forecast-scores.ts";
import { BAND_LEVELS } from "../gaussian-joint/band-calibration.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { memberParametersSchema } from "../member-parameters.ts";
import { memberOf } from "../members.ts";
import { siteIdSchema } from "./federation-plan.ts";
import { normalBands } from "./joint-law-from-cells.ts";
import type { SiteData } from "./site-data.ts";

const linearSchema = z.object({ intercept: z.number(), slopes: z.array(z.number()), means: z.array(z.number()) });

/** What predicts the patients of one site: everything learnt from the other sites. */
export const leftOutModelSchema = z.object({
  site: siteIdSchema,
  member: memberParametersSchema,
  /** Positions of the member's features among the plan's columns. */
  featureColumns: z.array(z.number().int()),
  /** [E·V] regressions; predictors are columns of the plan. */
  cells: z.array(
    z.object({
      baselineColumn: z.number().int(),
      ancovaColumns: z.array(z.number().int()),
      ancova: linearSchema.nullable(),
      /** The twin's score on the columns of the ANCOVA. */
      score: linearSchema.nullable(),
      allCovariateColumns: z.array(z.number().int()),
      allCovariates: linearSchema.nullable(),
      meanChange: z.number().nullable(),
      /** Subtracted from outcome and twin before they are squared. */
      centre: z.number(),
    }),
  ),
});
export type LeftOutModel = z.infer<typeof leftOutModelSchema>;

/**
 * Terms that are summed per endpoint and visit: squared errors of twin, ANCOVA, ANCOVA on all covariates; score beyond
 * baseline squared, and times the ANCOVA's error; outcome and its square; squared errors of mean change and of the last value;
 * squared error of the twin over its variance; twin, its square, and times the outcome. METHODS.md, equation (FE8).
 */
export const COMPARISON_TERMS = 13;

/** Sums over a site's patients with outcome and own baseline; null below the minimum cell size. */
export const comparisonSumsSchema = z.object({
  cells: z.array(z.object({ patients: z.number().int(), sums: z.array(z.number()) }).nullable()),
});
export type ComparisonSums = z.infer<typeof comparisonSumsSchema>;

/** Where the spread of the figures is asked for: the figures' slopes in the means of the terms. */
export const spreadSchema = z.array(
  z
    .object({
      /** [E·V] factor on the SD of the bands. */
      inflation: z.number(),
      means: z.array(z.number()),
      gradients: z.array(z.array(z.number())),
      /** The gain at each site by itself. */
      bySite: z.array(z.object({ site: siteIdSchema, means: z.array(z.number()), gradient: z.array(z.number()) })),
    })
    .nullable(),
);
export type SpreadRequest = z.infer<typeof spreadSchema>;

/** Sums of squared influence of a patient on each figure, and numbers inside the bands. */
export const spreadSumsSchema = z.object({
  cells: z.array(
    z
      .object({
        patients: z.number().int(),
        squares: z.array(z.number()),
        ownGainSquares: z.number(),
        covered: z.array(z.number().int()),
        /** Continuous ranked probability score and probability integral transform under the widened normal law. */
        crps: z.number(),
        pit: z.number(),
      })
      .nullable(),
  ),
});
export type SpreadSums = z.infer<typeof spreadSumsSchema>;

/** Patients of one site predicted by models of the others, each endpoint and visit in turn. */
function* comparedAt(site: SiteData, left: LeftOutModel, visits: readonly number[]): Generator<ComparedCell> {
  const { view, columns: D, featureCount: Q } = site;
  const model = memberOf(left.member.kind).open(left.member);
  const cells = D - Q;
  const rows = view.cells.flatMap((cell) => cell.rows);
  const laws = new Map(rows.map((i) => [i, twinOf(model, history(site, left, visits, i))]));
  for (let cell = 0; cell < cells; cell++) {
    const by = left.cells[cell]!;
    const own = rows.filter(
      (i) => !Number.isNaN(view.values[i * D + Q + cell]!) && !Number.isNaN(view.values[i * D + by.baselineColumn]!),
    );
    const usable = by.ancova !== null && by.meanChange !== null && by.score !== null && by.allCovariates !== null;
    yield {
      cell,
      rows: usable ? own : [],
      terms: (i) => {
        const y = view.values[i * D + Q + cell]!;
        const baseline = view.values[i * D + by.baselineColumn]!;
        const { mean, variance } = laws.get(i)!;
        const twin = mean[cell]!;
        const at = (columns: readonly number[], linear: z.infer<typeof linearSchema>) =>
          predictAt(
            linear,
            columns.map((j) => view.values[i * D + j]!),
          );
        const error = y - at(by.ancovaColumns, by.ancova!);
        const beyond = twin - at(by.ancovaColumns, by.score!);
        const all = y - at(by.allCovariateColumns, by.allCovariates!);
        const [a, b] = [y - by.centre, twin - by.centre];
        return [
          (y - twin) ** 2,
          error ** 2,
          all ** 2,
          beyond ** 2,
          beyond * error,
          a,
          a * a,
          (y - baseline - by.meanChange!) ** 2,
          (y - baseline) ** 2,
          (y - twin) ** 2 / variance[cell]!,
          b,
          b * b,
          a * b,
        ];
      },
      deviation: (i) => Math.sqrt(laws.get(i)!.variance[cell]!),
    };
  }
}

interface ComparedCell {
  readonly cell: number;
  readonly rows: readonly number[];
  terms(patient: number): number[];
  /** Predictive SD. */
  deviation(patient: number): number;
}

/**
 * A site's sums for the comparison of twin and regressions.
 *
 * @param visits - Planned days.
 * @param minimum - Fewest patients of a sum.
 */
export function comparisonSums(
  site: SiteData,
  left: LeftOutModel,
  visits: readonly number[],
  minimum: number,
): ComparisonSums {
  return {
    cells: Array.from(comparedAt(site, left, visits), ({ rows, terms }) => {
      if (rows.length < minimum) return null;
      const sums = new Array<number>(COMPARISON_TERMS).fill(0);
      for (const i of rows) for (const [k, term] of terms(i).entries()) sums[k]! += term;
      return { patients: rows.length, sums };
    }),
  };
}

/** A site's sums of squared influences, and counts inside the bands. METHODS.md, equation (FE9). */
export function spreadSums(
  site: SiteData,
  left: LeftOutModel,
  visits: readonly number[],
  minimum: number,
  asked: SpreadRequest,
): SpreadSums {
  return {
    cells: Array.from(comparedAt(site, left, visits), ({ cell, rows, terms, deviation }) => {
      const of = asked[cell] ?? null;
      if (of === null || rows.length < minimum) return null;
      const bands = normalBands(of.inflation);
      const squares = of.gradients.map(() => 0);
      const own = of.bySite.find(({ site: id }) => id === left.site);
      let ownGainSquares = 0;
      const covered = BAND_LEVELS.map(() => 0);
      let crps = 0;
      let pit = 0;
      for (const i of rows) {
        const values = terms(i);
        const influence = (gradient: readonly number[], means: readonly number[]) =>
          gradient.reduce((sum, slope, k) => sum + slope * (values[k]! - means[k]!), 0);
        for (const [g, gradient] of of.gradients.entries()) squares[g]! += influence(gradient, of.means) ** 2;
        if (own !== undefined) ownGainSquares += influence(own.gradient, own.means) ** 2;
        for (const [l, half] of bands.entries()) if (values[9]! <= half * half) covered[l]!++;
        const scores = forecastScores(0, of.inflation * deviation(i), null, values[5]! - values[10]!);
        crps += scores.crps;
        pit += scores.pit;
      }
      return { patients: rows.length, squares, ownGainSquares, covered, crps, pit };
    }),
  };
}

/**
 * Means of the twins of a site's patients by a model of other sites.
 *
 * @param rows - Positions of the patients.
 * @returns [E·V] by position.
 */
export function twinMeans(
  model: MemberModel,
  site: SiteData,
  left: LeftOutModel,
  visits: readonly number[],
  rows: readonly number[],
): ReadonlyMap<number, Float64Array> {
  return new Map(rows.map((i) => [i, model.predictMean(history(site, left, visits, i)).slice()]));
}

function history(site: SiteData, left: LeftOutModel, visits: readonly number[], i: number): PatientHistory {
  const { view, columns: D, featureCount: Q } = site;
  const cells = D - Q;
  return {
    features: Float64Array.from(left.featureColumns, (j) => view.values[i * D + j]!),
    observed: new Float64Array(cells).fill(Number.NaN),
    days: Float64Array.from({ length: cells }, (_, cell) => visits[cell % visits.length]!),
  };
}

function twinOf(model: MemberModel, known: PatientHistory): { mean: Float64Array; variance: Float64Array } {
  const { mean, covariance } = model.predict(known);
  const cells = mean.length;
  return { mean, variance: Float64Array.from({ length: cells }, (_, k) => covariance[k * cells + k]!) };
}

function predictAt(linear: z.infer<typeof linearSchema>, values: readonly number[]): number {
  const predictor: LinearPredictor = {
    intercept: linear.intercept,
    slopes: Float64Array.from(linear.slopes),
    means: Float64Array.from(linear.means),
  };
  return predictLinear(predictor, Float64Array.from(values), 0);
}
