import { DomainError } from "../errors/domain-error.ts";
import { choleskyDecompose } from "../numerics/cholesky.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { fittedMoments, regressionSlopes } from "./fitted-moments.ts";
import { DISTINCT_SCORE_SHARE } from "./patient-law.ts";
import type { SimulationSpec } from "./simulation-document.ts";

/**
 * Law of the primary endpoint at the visits before the primary one, given what the patient law draws (METHODS.md eq.
 * (M16)): y_v − E y_v = a_v′(c − E c) + g_v u + h_v e + (R w)_v with w independent standard normal.
 */
export interface CourseLaw {
  /** Number of visits before the primary one, B ≥ 0. */
  readonly earlierVisits: number;
  /** Day of each visit over the day of the primary one, increasing; shape [B + 1], the last is 1. */
  readonly dayShares: Float64Array;
  /** a, [B × q] row-major. */
  readonly onCovariates: Float64Array;
  /** g, shape [B]: per SD of the score's own part. */
  readonly onOwnScore: Float64Array;
  /** h, shape [B]: per SD of the outcome's residual. */
  readonly onResidual: Float64Array;
  /** R, lower triangular, [B × B] row-major. */
  readonly factor: Float64Array;
}

/**
 * Course of the primary endpoint under the frozen model; METHODS.md eq. (M16).
 *
 * @param primary - Primary endpoint and visit; the course has the model's visits after day 0 and before it.
 * @param model - Frozen model.
 * @throws DomainError INVALID_INPUT, NOT_ESTIMABLE from `fittedMoments`; NOT_ESTIMABLE when a visit has no variance of its own.
 */
export function fittedCourse(primary: SimulationSpec["primary"], model: FrozenModel): CourseLaw {
  const moments = fittedMoments(primary, model);
  const { covariance, columns, outcome, onColumns, scoreWith, ownVariance, scoreVariance, residualVariance } = moments;
  const ownSd = ownVariance > DISTINCT_SCORE_SHARE ** 2 * scoreVariance ? Math.sqrt(ownVariance) : 0;
  const residualSd = Math.sqrt(residualVariance);
  const target = model.visits.findIndex(({ id }) => id === primary.visitId);
  const primaryDay = model.visits[target]!.targetDay;
  const earlier = model.visits
    .flatMap(({ targetDay }, v) =>
      targetDay > 0 && targetDay < primaryDay ? [{ targetDay, item: outcome + v - target }] : [],
    )
    .sort((a, b) => a.targetDay - b.targetDay);
  const onCovariates = earlier.map(({ item }) => regressionSlopes(covariance, columns, item));
  const onOwnScore = Float64Array.from(earlier, ({ item }) => {
    const ofColumns = columns.reduce((sum, column, i) => sum + onColumns[i]! * covariance(column, item), 0);
    return ownSd > 0 ? (scoreWith(item) - ofColumns) / ownSd : 0;
  });
  const onResidual = Float64Array.from(
    earlier,
    ({ item }) => (covariance(outcome, item) - scoreWith(item)) / residualSd,
  );
  const rest = earlier.map((one, v) =>
    earlier.map(
      (other, w) =>
        covariance(one.item, other.item) -
        columns.reduce((sum, column, i) => sum + onCovariates[v]![i]! * covariance(column, other.item), 0) -
        onOwnScore[v]! * onOwnScore[w]! -
        onResidual[v]! * onResidual[w]!,
    ),
  );
  return {
    earlierVisits: earlier.length,
    dayShares: Float64Array.from([...earlier.map(({ targetDay }) => targetDay / primaryDay), 1]),
    onCovariates: Float64Array.from(onCovariates.flatMap((slopes) => [...slopes])),
    onOwnScore,
    onResidual,
    factor: factorOfRest(rest),
  };
}

function factorOfRest(rest: readonly (readonly number[])[]): Float64Array {
  const factor = choleskyDecompose(Float64Array.from(rest.flat()), rest.length);
  if (factor.ok) return factor.factor;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "model.parameters.covariance",
    received: `${rest.length} earlier visits`,
    requirement: "must leave every visit some variance that the others do not determine",
    hint: "Choose an analysis of the primary visit alone, or train the model without the visit that copies another.",
  });
}

/**
 * Covariance over all visits, the primary one last, that an analysis leaves unexplained; METHODS.md eq. (M17).
 *
 * @param law - Earlier visits.
 * @param scoreOwnSd - s.
 * @param residualSd - Residual SD of the primary visit after drift, ρ r.
 * @param residualSdRatio - ρ, which multiplies the residuals of every visit.
 * @param unknownScoreShare - Share of the score's own part that the analysis does not know: 1 without the score, 1 − ι² with.
 * @returns [(B + 1)²] row-major.
 */
export function unexplainedCourseCovariance(
  law: CourseLaw,
  scoreOwnSd: number,
  residualSd: number,
  residualSdRatio: number,
  unknownScoreShare: number,
): Float64Array {
  const b = law.earlierVisits;
  const size = b + 1;
  const own = (v: number) => (v === b ? scoreOwnSd : law.onOwnScore[v]!);
  const residual = (v: number) => (v === b ? residualSd : residualSdRatio * law.onResidual[v]!);
  const covariance = new Float64Array(size * size);
  for (let v = 0; v < size; v++)
    for (let w = 0; w < size; w++) {
      let value = unknownScoreShare * own(v) * own(w) + residual(v) * residual(w);
      if (v < b && w < b)
        for (let k = 0; k <= Math.min(v, w); k++)
          value += residualSdRatio ** 2 * law.factor[v * b + k]! * law.factor[w * b + k]!;
      covariance[v * size + w] = value;
    }
  return covariance;
}
