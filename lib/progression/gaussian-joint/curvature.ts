import type { JointColumns } from "./joint-columns.ts";
import { IDENTITY, type OutcomeTransform, toWorking } from "./outcome-transform.ts";
import { type SplineTerm, splineValue } from "./spline-term.ts";
import { columnScales } from "./standardise.ts";

/** In which way a Gaussian joint model is not linear in the values as they are. */
export interface Curvature {
  /** [E] scale on which each endpoint, baseline included, is normal. */
  readonly transforms: readonly OutcomeTransform[];
  /** Non-linear parts of features; further columns after the features. */
  readonly terms: readonly SplineTerm[];
}

/** Values as they are. */
export function noCurvature(endpoints: number): Curvature {
  return { transforms: Array.from({ length: endpoints }, () => IDENTITY), terms: [] };
}

export function isLinear({ transforms, terms }: Curvature): boolean {
  return terms.length === 0 && transforms.every(({ kind }) => kind === "identity");
}

/**
 * The columns of a fit on the working scale: features (baseline values transformed), non-linear parts of features, outcomes
 * transformed.
 *
 * @param columns - Analysis scale.
 * @param curvature - Transforms and terms.
 */
export function workingColumns(columns: JointColumns, curvature: Curvature): JointColumns {
  const Q = columns.features.length;
  const D = columns.items.length;
  const S = curvature.terms.length;
  const values = new Float64Array(columns.count * (D + S));
  for (let i = 0; i < columns.count; i++) {
    const from = i * D;
    const into = i * (D + S);
    columns.items.forEach((item, j) => {
      const value = columns.values[from + j]!;
      const place = into + (j < Q ? j : j + S);
      values[place] = item.kind === "course" ? toWorking(curvature.transforms[item.endpoint]!, value) : value;
    });
    curvature.terms.forEach((term, s) => {
      values[into + Q + s] = splineValue(term, columns.values[from + term.feature]!);
    });
  }
  const extra = curvature.terms.map(() => ({ kind: "characteristic" as const }));
  const items = [...columns.items.slice(0, Q), ...extra, ...columns.items.slice(Q)];
  return { ...columns, featureCount: Q + S, values, items, scales: columnScales(values, columns.count, items.length) };
}
