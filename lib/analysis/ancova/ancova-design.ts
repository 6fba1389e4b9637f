import type { Covariate } from "../covariate.ts";
import type { DesignColumn } from "./linear-model.ts";

/** A design column with the value at which least-squares means hold it. */
export interface BuiltColumn extends DesignColumn {
  /** Value at which least-squares means hold it, by weighting of categories. */
  readonly equal: number;
  readonly proportional: number;
}

const INTERCEPT = "(intercept)";

/**
 * Columns of a covariate over the subjects kept: itself, or one indicator a level that occurs, the first being the reference.
 *
 * @param kept - Indices of the subjects analysed.
 */
export function covariateColumns(covariate: Covariate, kept: readonly number[]): BuiltColumn[] {
  if (covariate.kind === "numeric") {
    const values = Float64Array.from(kept, (i) => covariate.values[i]!);
    const mean = meanOf(values);
    return [{ name: covariate.name, values, equal: mean, proportional: mean }];
  }
  const codes = kept.map((i) => covariate.codes[i]!);
  const present = covariate.levels.map((_, level) => level).filter((level) => codes.includes(level));
  // Treatment coding: the first level that occurs is the reference.
  return present.slice(1).map((level) => {
    const values = Float64Array.from(codes, (code) => (code === level ? 1 : 0));
    const name = `${covariate.name} ${covariate.levels[level]}`;
    return { name, values, equal: 1 / present.length, proportional: meanOf(values) };
  });
}

/**
 * Design of METHODS.md eq. (A5): intercept, covariates, one indicator an arm but the control, and with interaction their
 * products with the centred covariates.
 */
export function designColumns(
  covariates: readonly BuiltColumn[],
  arm: Int32Array,
  armNames: readonly string[],
  interaction: "none" | "arm-by-covariate",
): BuiltColumn[] {
  const ones = new Float64Array(arm.length).fill(1);
  const columns: BuiltColumn[] = [{ name: INTERCEPT, values: ones, equal: 1, proportional: 1 }, ...covariates];
  const arms = armNames.slice(1).map((name, index): BuiltColumn => {
    const values = Float64Array.from(arm, (code) => (code === index + 1 ? 1 : 0));
    return { name: armColumnName(name), values, equal: 0, proportional: 0 };
  });
  columns.push(...arms);
  if (interaction === "none") return columns;
  for (const dummy of arms) {
    for (const covariate of covariates) {
      const values = covariate.values.map((value, i) => (value - covariate.proportional) * dummy.values[i]!);
      columns.push({
        name: `${dummy.name} × ${covariate.name}`,
        values,
        equal: covariate.equal - covariate.proportional,
        proportional: 0,
      });
    }
  }
  return columns;
}

/** Name of the indicator column of an arm. */
export function armColumnName(arm: string): string {
  return `arm ${arm}`;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
