import { z } from "zod";
import { memberOf } from "../members.ts";
import { type LeftOutModel, leftOutModelSchema, twinMeans } from "./comparison.ts";
import { siteIdSchema } from "./federation-plan.ts";
import { linearFromNormalEquations } from "./linear-from-cells.ts";
import type { SiteAnswer } from "./replay.ts";
import type { SiteData } from "./site-data.ts";

/**
 * Question for the regression of a twin's score on the columns of the ANCOVA, where the score is not linear in the features
 * and so does not follow from pattern statistics. METHODS.md, equation (FE20).
 */
export const scoreRegressionQuerySchema = z.object({
  kind: z.literal("score-regression"),
  models: z.array(leftOutModelSchema),
});

/** Normal equations of the patients of one site, for the model of every other site left out. */
export const scoreRegressionAnswerSchema = z.object({
  models: z.array(
    z.object({
      site: siteIdSchema,
      /** [E·V] null below the minimum cell size. */
      cells: z.array(z.object({ matrix: z.array(z.number()), right: z.array(z.number()) }).nullable()),
    }),
  ),
});
export type ScoreRegressionAnswer = z.infer<typeof scoreRegressionAnswerSchema>;

/**
 * A site's normal equations of (1, x − x̄, or 0 where missing) with the score, over its patients with the outcome.
 *
 * @param own - The site's data.
 * @param site - Which site this is: the model that leaves it out is not regressed on its patients.
 * @param models - One for each site.
 * @param visits - Planned days.
 * @param minimum - Fewest patients of a sum.
 */
export function siteScoreRegression(
  own: SiteData,
  site: string,
  models: readonly LeftOutModel[],
  visits: readonly number[],
  minimum: number,
): ScoreRegressionAnswer {
  const { view, columns: D, featureCount: Q } = own;
  const rows = view.cells.flatMap((cell) => cell.rows);
  return {
    models: models.flatMap((left) => {
      if (left.site === site) return [];
      const means = twinMeans(memberOf(left.member.kind).open(left.member), own, left, visits, rows);
      const cells = left.cells.map((by, cell) => {
        const used = rows.filter((i) => !Number.isNaN(view.values[i * D + Q + cell]!));
        if (by.ancova === null || used.length < minimum) return null;
        const centres = by.ancova.means;
        const size = by.ancovaColumns.length + 1;
        const matrix = new Array<number>(size * size).fill(0);
        const right = new Array<number>(size).fill(0);
        const x = new Float64Array(size);
        for (const i of used) {
          x[0] = 1;
          by.ancovaColumns.forEach((j, k) => {
            const value = view.values[i * D + j]!;
            x[k + 1] = Number.isNaN(value) ? 0 : value - centres[k]!;
          });
          const score = means.get(i)![cell]!;
          for (let a = 0; a < size; a++) {
            right[a]! += x[a]! * score;
            for (let b = 0; b <= a; b++) matrix[a * size + b]! += x[a]! * x[b]!;
          }
        }
        return { matrix, right };
      });
      return [{ site: left.site, cells }];
    }),
  };
}

/**
 * The models with the regressions of their scores.
 *
 * @param models - Without them.
 * @param answers - Of all sites.
 */
export function withScoreRegressions(
  models: readonly LeftOutModel[],
  answers: readonly SiteAnswer<ScoreRegressionAnswer>[],
): LeftOutModel[] {
  return models.map((left) => ({
    ...left,
    cells: left.cells.map((by, cell) => {
      const own = answers.flatMap(({ aggregate }) => {
        const model = aggregate.models.find(({ site }) => site === left.site);
        const equations = model?.cells[cell] ?? null;
        return equations === null ? [] : [equations];
      });
      if (own.length === 0 || by.ancova === null) return { ...by, score: null };
      const sum = (of: (each: (typeof own)[number]) => readonly number[]) =>
        Float64Array.from(of(own[0]!), (_, k) => own.reduce((total, each) => total + of(each)[k]!, 0));
      const means = Float64Array.from(by.ancova.means);
      const linear = linearFromNormalEquations(
        sum(({ matrix }) => matrix),
        sum(({ right }) => right),
        means,
      );
      const score =
        linear === null ? null : { intercept: linear.intercept, slopes: [...linear.slopes], means: [...linear.means] };
      return { ...by, score };
    }),
  }));
}
