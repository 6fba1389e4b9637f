import { invalidInput } from "../errors/domain-error.ts";
import type { Covariate } from "./covariate.ts";
import { type ModelDesign, occurringLevels } from "./model-design.ts";

/**
 * How variables that are not held fixed are averaged:
 * - `equal`: categories with equal weights, numeric variables at their means (SAS `LSMEANS`, R emmeans default);
 * - `proportional`: categories in their joint observed shares, numeric variables at their means (`OBSMARGINS`);
 * - `marginal`: over the rows themselves, numeric variables at their own values (standardisation, g-computation).
 */
export type GridWeighting = "equal" | "proportional" | "marginal";

/** Values at which variables are held: the name of a level, or a number. */
export type HeldAt = Readonly<Record<string, string | number>>;

/**
 * Weights l over the design's columns so that lᵀβ is the mean of the linear predictor with some variables held at given
 * values (METHODS.md eq. (A13)). The difference of two such rows is a contrast.
 *
 * @throws DomainError INVALID_INPUT for a variable or level that the design does not have.
 *
 * Source: Searle, Speed & Milliken (1980), Am. Stat. 34:216–221.
 */
export function gridMean(design: ModelDesign, heldAt: HeldAt, weighting: GridWeighting): Float64Array {
  const held = new Map(Object.entries(heldAt).map(([name, value]) => [name, heldCode(design, name, value)]));
  return weighting === "equal" ? equalMean(design, held) : rowMean(design, held, weighting);
}

/** a − b. */
export function gridDifference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, j) => value - b[j]!);
}

/** Value of a numeric variable or index of a level. */
function heldCode(design: ModelDesign, name: string, value: string | number): number {
  const variable = design.variables.get(name);
  if (variable === undefined)
    throw invalidInput(`heldAt.${name}`, value, `must be one of ${[...design.variables.keys()].join(", ")}`);
  if (variable.kind === "numeric") {
    if (typeof value !== "number") throw invalidInput(`heldAt.${name}`, value, "must be a number");
    return value;
  }
  const level = variable.levels.indexOf(String(value));
  if (!occurringLevels(variable).includes(level))
    throw invalidInput(`heldAt.${name}`, value, `must be a level that occurs: ${variable.levels.join(", ")}`);
  return level;
}

/** With equal weights the grid is a product, so each factor of a column has its own mean. */
function equalMean(design: ModelDesign, held: ReadonlyMap<string, number>): Float64Array {
  const means = new Map<string, number>();
  const levelCounts = new Map<string, number>();
  for (const [name, variable] of design.variables) {
    if (variable.kind === "numeric") means.set(name, meanOf(variable.values));
    else levelCounts.set(name, occurringLevels(variable).length);
  }
  return Float64Array.from(design.columns, ({ factors }) =>
    factors.reduce((product, { variable, level }) => {
      const fixed = held.get(variable);
      if (level === null) return product * (fixed ?? means.get(variable)!);
      return product * (fixed === undefined ? 1 / levelCounts.get(variable)! : Number(fixed === level));
    }, 1),
  );
}

function rowMean(
  design: ModelDesign,
  held: ReadonlyMap<string, number>,
  weighting: "proportional" | "marginal",
): Float64Array {
  const means = new Map<string, number>();
  for (const [name, variable] of design.variables)
    if (variable.kind === "numeric") means.set(name, meanOf(variable.values));
  const numericValue = (variable: Extract<Covariate, { kind: "numeric" }>, row: number) =>
    weighting === "marginal" ? variable.values[row]! : means.get(variable.name)!;
  return Float64Array.from(design.columns, ({ factors }) => {
    let sum = 0;
    for (let row = 0; row < design.rowCount; row++) {
      let product = 1;
      for (const { variable: name, level } of factors) {
        const variable = design.variables.get(name)!;
        const fixed = held.get(name);
        if (variable.kind === "numeric") product *= fixed ?? numericValue(variable, row);
        else product *= Number((fixed ?? variable.codes[row]!) === level);
      }
      sum += product;
    }
    return sum / design.rowCount;
  });
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
