import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { FederationPlan } from "./federation-plan.ts";
import { noiseDeviation } from "./gaussian-noise.ts";
import type { PatternCell } from "./pattern-statistics.ts";

/** A count this many SDs of the noise above 0 is hardly noise alone. */
const ABOVE_NOISE = 3;

/**
 * Cells that can be the statistics of patients: unchanged where no noise was added; else without cells whose count may be noise
 * alone, and with scatter matrices made positive semidefinite by leaving out negative eigenvalues (a function of what was
 * released, so that it costs no privacy). METHODS.md, equation (FE13).
 *
 * @param cells - Of several sites together.
 * @param sites - How many: the noise adds up.
 */
export function admissibleCells(
  plan: FederationPlan,
  cells: readonly PatternCell[],
  sites: number,
): readonly PatternCell[] {
  if (plan.noise === null) return cells;
  const deviation = noiseDeviation(plan) * Math.sqrt(sites);
  const fewest = Math.max(plan.smallCells.minimum, ABOVE_NOISE * deviation);
  return cells.filter(({ patients }) => patients >= fewest).map(withAdmissibleScatter);
}

function withAdmissibleScatter(cell: PatternCell): PatternCell {
  const o = cell.observed.length;
  const scale = cell.observed.map((_, a) => Math.sqrt(Math.max(cell.scatter[(a * (a + 1)) / 2 + a]!, 0)) || 1);
  const matrix = new Float64Array(o * o);
  let place = 0;
  for (let a = 0; a < o; a++)
    for (let b = 0; b <= a; b++) {
      const value = cell.scatter[place++]! / (scale[a]! * scale[b]!);
      matrix[a * o + b] = value;
      matrix[b * o + a] = value;
    }
  const { values, vectors } = symmetricEigen(matrix, o);
  const scatter: number[] = [];
  for (let a = 0; a < o; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let k = 0; k < o; k++) if (values[k]! > 0) sum += values[k]! * vectors[a * o + k]! * vectors[b * o + k]!;
      scatter.push(sum * scale[a]! * scale[b]!);
    }
  return { ...cell, scatter };
}
