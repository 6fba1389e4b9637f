import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../../../lib/numerics/philox.ts";
import { crossProductInverse, leastSquaresCoefficients, qrDecompose } from "../../../lib/numerics/qr.ts";
import {
  addPatient,
  clearLookRegression,
  createLookRegression,
  estimateTreatment,
  type LookRegression,
} from "../../../lib/simulation/look-regression.ts";

const emptyEstimate = () => ({ estimate: 0, standardError: 0, degreesOfFreedom: 0 });

function addRows(regression: LookRegression, rows: readonly (readonly number[])[]): void {
  for (const row of rows) {
    regression.row.set(row);
    addPatient(regression);
  }
}

/** Rows (1, covariates, treatment, outcome) with alternating arms. */
function randomRows(seed: number, patients: number, covariates: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: patients }, (_, i) => {
    const x = Array.from({ length: covariates }, () => 3 * rng.normal());
    const treatment = i % 2;
    const outcome = x.reduce((sum, value) => sum + 0.4 * value, 1.5 * treatment + rng.normal());
    return [1, ...x, treatment, outcome];
  });
}

describe("regression that grows from look to look", () => {
  it("gives the coefficient and standard error of QR least squares at every look", () => {
    const admissible = fc.record({
      seed: fc.nat({ max: 1e6 }),
      covariates: fc.integer({ min: 0, max: 6 }),
      patients: fc.integer({ min: 14, max: 120 }),
    });
    fc.assert(
      fc.property(admissible, ({ seed, covariates, patients }) => {
        const rows = randomRows(seed, patients, covariates);
        const regression = createLookRegression(covariates);
        const estimate = emptyEstimate();
        const first = Math.max(covariates + 5, patients >> 1);
        for (const [from, to] of [
          [0, first],
          [first, patients],
        ] as const) {
          addRows(regression, rows.slice(from, to));
          expect(estimateTreatment(regression, estimate)).toBe("estimated");
          const columns = covariates + 2;
          const design = Float64Array.from(rows.slice(0, to).flatMap((row) => row.slice(0, columns)));
          const response = Float64Array.from(rows.slice(0, to), (row) => row[columns]!);
          const qr = qrDecompose(design, to, columns);
          const coefficients = leastSquaresCoefficients(qr, response);
          const residual = response.reduce((sum, value, i) => {
            let fitted = 0;
            for (let j = 0; j < columns; j++) fitted += design[i * columns + j]! * coefficients[j]!;
            return sum + (value - fitted) ** 2;
          }, 0);
          const inverse = crossProductInverse(qr);
          const se = Math.sqrt((residual / (to - columns)) * inverse[columns * columns - 1]!);
          expect(Math.abs(estimate.estimate - coefficients[columns - 1]!)).toBeLessThan(1e-9);
          expect(Math.abs(estimate.standardError / se - 1)).toBeLessThan(1e-9);
          expect(estimate.degreesOfFreedom).toBe(to - columns);
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it("changes sign when the arms are swapped", () => {
    const rows = randomRows(9, 40, 2);
    const regression = createLookRegression(2);
    const estimate = emptyEstimate();
    addRows(regression, rows);
    estimateTreatment(regression, estimate);
    const before = { ...estimate };
    clearLookRegression(regression);
    addRows(
      regression,
      rows.map((row) => [...row.slice(0, 3), 1 - row[3]!, row[4]!]),
    );
    estimateTreatment(regression, estimate);
    expect(estimate.estimate).toBeCloseTo(-before.estimate, 10);
    expect(estimate.standardError).toBeCloseTo(before.standardError, 10);
  });

  it("says why it cannot answer instead of giving a number", () => {
    const regression = createLookRegression(2);
    expect(estimateTreatment(regression, emptyEstimate())).toBe("too-few-patients");
    addRows(
      regression,
      randomRows(3, 30, 1).map(([one, x, treatment, outcome]) => [one!, x!, 2 * x!, treatment!, outcome!]),
    );
    expect(estimateTreatment(regression, emptyEstimate())).toBe("singular-design");
  });
});
