import type { LinearTransition } from "../../../../lib/progression/transition/transition-parameters.ts";

/**
 * Expected values of all endpoints at visit v given complete courses up to visit v − 1, written from equation (TM2) without the
 * code under test: products of plain sums, no chain of weights.
 */
export function stepMeans(
  model: LinearTransition,
  courses: readonly (readonly number[])[],
  features: Float64Array,
  days: readonly number[],
  v: number,
): number[] {
  const E = courses.length;
  const x = model.covariates.map(({ feature, role, centre, scale }) => {
    const value = features[feature]!;
    if (role === "missing") return ((Number.isNaN(value) ? 1 : 0) - centre) / scale;
    return Number.isNaN(value) ? 0 : (value - centre) / scale;
  });
  return courses.map((course, e) => {
    const law = model.endpoints[e]!;
    const years = days.slice(0, v).map((day) => day / 365.25);
    const gap = days[v]! / 365.25 - years[v - 1]!;
    const contexts = [gap, days[v]! / 365.25, 1 / v].map(
      (value, k) => (value - law.contexts[k]!.centre) / law.contexts[k]!.scale,
    );
    const seen = course.slice(0, v);
    const average = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const meanTime = average(years);
    const spread = years.reduce((sum, t) => sum + (t - meanTime) ** 2, 0);
    const slope = v < 2 ? 0 : seen.reduce((sum, y, u) => sum + (years[u]! - meanTime) * y, 0) / spread;
    const inUnits = (value: number, f = e) => (value - model.endpoints[f]!.centre) / model.endpoints[f]!.scale;
    const history = [inUnits(seen[v - 1]!), inUnits(seen[0]!), inUnits(average(seen)), (slope * gap) / law.scale];
    const terms: number[] = [];
    for (const base of history) terms.push(base, ...contexts.map((context) => base * context));
    for (let f = 0; f < E; f++) {
      if (f === e) continue;
      const other = inUnits(courses[f]![v - 1]!, f);
      terms.push(other, other * contexts[0]!);
    }
    for (const value of x) terms.push(value, value * contexts[0]!, value * contexts[1]!);
    const change = terms.reduce((sum, term, j) => sum + term * law.coefficients[j]!, law.intervalChanges[v - 1]!);
    return seen[v - 1]! + change;
  });
}
