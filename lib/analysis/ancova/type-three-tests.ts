import type { ModelDesign, ModelTerm } from "../model-design.ts";
import { type DesignColumn, fitLinearModel, type JointTest } from "./linear-model.ts";

/** Test of one term of a linear model given all others. */
export interface TermTest {
  /** Null for the intercept. */
  readonly term: ModelTerm | null;
  /** Sum of squares that the term adds to all others. */
  readonly sumOfSquares: number;
  readonly test: JointTest;
}

/**
 * Type III tests of the terms of a linear model: each given all others, with factors coded so that their effects sum to
 * zero over the levels that occur (METHODS.md eq. (A14)).
 *
 * @param outcome - y, shape [n], finite.
 * @param design - Design of the same n rows.
 * @returns One entry for the intercept, when there is one, and one a term; a term whose columns all depend on columns
 *   before them is left out.
 * @throws DomainError as `fitLinearModel`.
 *
 * Source: Searle (1987), Linear Models for Unbalanced Data, §8; SAS/STAT, "The Four Types of Estimable Functions".
 * Reference values: tests/reference/ancova.json (car 3.1.1).
 */
export function typeThreeTests(outcome: Float64Array, design: ModelDesign): TermTest[] {
  const columns = sumToZeroColumns(design);
  const fit = fitLinearModel(outcome, columns);
  const variance = fit.residualStandardDeviation ** 2;
  const tests: TermTest[] = [];
  for (let term = -1; term < design.terms.length; term++) {
    const positions = design.columns
      .map((column, j) => (column.term === term ? fit.columnNames.indexOf(columns[j]!.name) : -1))
      .filter((position) => position !== -1);
    if (positions.length === 0) continue;
    const test = fit.jointTest(positions, "model");
    tests.push({
      term: term === -1 ? null : design.terms[term]!,
      sumOfSquares: test.statistic * test.numeratorDf * variance,
      test,
    });
  }
  return tests;
}

/** The design with 1(level) − 1(reference level) in place of 1(level) wherever a factor is coded by contrasts. */
function sumToZeroColumns(design: ModelDesign): DesignColumn[] {
  /** Lowest level in the columns of a term: above the lowest of the factor when that is the reference. */
  const lowest = new Map<string, number>();
  const key = (term: number, variable: string) => JSON.stringify([term, variable]);
  const reference = new Map<string, number>();
  for (const variable of design.variables.values()) {
    if (variable.kind === "numeric") continue;
    let first = variable.levels.length;
    for (let i = 0; i < variable.codes.length; i++) first = Math.min(first, variable.codes[i]!);
    reference.set(variable.name, first);
  }
  for (const { term, factors } of design.columns)
    for (const { variable, level } of factors)
      if (level !== null) lowest.set(key(term, variable), Math.min(level, lowest.get(key(term, variable)) ?? level));

  return design.columns.map((column) => {
    const values = new Float64Array(design.rowCount).fill(1);
    for (const { variable: name, level } of column.factors) {
      const variable = design.variables.get(name)!;
      const base = reference.get(name) ?? -1;
      const byContrasts = level !== null && lowest.get(key(column.term, name))! > base;
      for (let i = 0; i < design.rowCount; i++) {
        if (variable.kind === "numeric") values[i]! *= variable.values[i]!;
        else if (variable.codes[i] !== level) values[i]! *= byContrasts && variable.codes[i] === base ? -1 : 0;
      }
    }
    return { name: column.name, values };
  });
}
