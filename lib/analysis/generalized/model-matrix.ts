import type { Covariate } from "../covariate.ts";
import { type ModelDesign, type ModelTerm, modelDesign } from "../model-design.ts";

/** Name of the treatment variable in models. */
export const ARM_NAME = "arm";

/** The linear predictor of an analysis: arm, covariates, and their products when covariates may act differently in each arm. */
export function armModel(
  arm: Int32Array,
  armNames: readonly string[],
  covariates: readonly Covariate[],
  interaction: "none" | "arm-by-covariate",
): ModelDesign {
  const treatment: Covariate = { kind: "categorical", name: ARM_NAME, levels: armNames, codes: arm };
  const terms: ModelTerm[] = [[ARM_NAME], ...covariates.map(({ name }) => [name])];
  if (interaction === "arm-by-covariate") terms.push(...covariates.map(({ name }) => [ARM_NAME, name]));
  return modelDesign([treatment, ...covariates], terms);
}

/** Columns of a design as one matrix, row-major [rows · columns]. */
export function designMatrix({ columns, rowCount }: ModelDesign): Float64Array {
  const width = columns.length;
  const matrix = new Float64Array(rowCount * width);
  columns.forEach(({ values }, j) => {
    for (let i = 0; i < rowCount; i++) matrix[i * width + j] = values[i]!;
  });
  return matrix;
}

/** Position, among the columns kept, of the indicator of an arm; −1 when it was left out. */
export function armColumn(model: ModelDesign, independentColumns: readonly number[], arm: number): number {
  return independentColumns.findIndex((column) => {
    const { factors } = model.columns[column]!;
    return factors.length === 1 && factors[0]!.variable === ARM_NAME && factors[0]!.level === arm;
  });
}
