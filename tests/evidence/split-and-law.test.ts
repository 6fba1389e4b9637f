import { expect, test } from "vitest";
import { createRng } from "../../lib/numerics/philox.ts";
import { adasCog, covarianceOf } from "../../lib/samples/alzheimer/progression-law.ts";
import { gainWithError } from "../../scripts/evidence/known-law.ts";
import { lawPatients } from "../../scripts/evidence/law-patients.ts";
import { partialCorrelation } from "../../scripts/evidence/temporal-split.ts";

test("partial correlation is that of the three correlations, with Fisher's limits", () => {
  const rng = createRng(3);
  const given = Float64Array.from({ length: 70 }, () => rng.normal());
  const a = given.map((z) => z + rng.normal());
  const b = given.map((z, i) => 0.5 * z + 0.4 * a[i]! + rng.normal());
  const correlation = (x: Float64Array, y: Float64Array) => {
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0);
    const sxy = sum((i) => (x[i]! - mx) * (y[i]! - my));
    return sxy / Math.sqrt(sum((i) => (x[i]! - mx) ** 2) * sum((i) => (y[i]! - my) ** 2));
  };
  const [rab, rag, rbg] = [correlation(a, b), correlation(a, given), correlation(b, given)];
  const expected = (rab - rag * rbg) / Math.sqrt((1 - rag ** 2) * (1 - rbg ** 2));
  const found = partialCorrelation(a, b, given);
  expect(found.value).toBeCloseTo(expected, 10);
  expect(Math.atanh(found.upper) - Math.atanh(found.value)).toBeCloseTo(1.959964 / Math.sqrt(66), 6);
  expect(Math.atanh(found.value) - Math.atanh(found.lower)).toBeCloseTo(1.959964 / Math.sqrt(66), 6);
});

test("the error of a gain is about its spread over repetitions", () => {
  const rng = createRng(11);
  const once = () => {
    const own: number[] = [];
    const reference: number[] = [];
    for (let i = 0; i < 500; i++) {
      const shared = rng.normal();
      own.push((shared + 0.3 * rng.normal()) ** 2);
      reference.push((shared + 0.8 * rng.normal()) ** 2);
    }
    return gainWithError(own, reference);
  };
  const all = Array.from({ length: 300 }, once);
  const mean = all.reduce((sum, { gain }) => sum + gain, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, { gain }) => sum + (gain - mean) ** 2, 0) / (all.length - 1));
  const error = all.reduce((sum, { standardError }) => sum + standardError, 0) / all.length;
  expect(error / spread).toBeGreaterThan(0.85);
  expect(error / spread).toBeLessThan(1.15);
});

test("patients of the law have its moments, and leave only where they may", () => {
  const n = 4000;
  const complete = lawPatients(n, false, createRng(2).fork("law"));
  const last = complete.patients.map(({ outcomes }) => {
    const value = outcomes[0]!.at(-1)!;
    if ("missing" in value) throw new Error("nobody may leave");
    return value.value;
  });
  const quantity = adasCog({ levelShift: 0, slopeShift: 0 }, 6);
  const deviation = Math.sqrt(covarianceOf(quantity, quantity));
  const mean = last.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(last.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  expect(Math.abs(mean - quantity.constant)).toBeLessThan((4 * deviation) / Math.sqrt(n));
  expect(Math.abs(spread - deviation)).toBeLessThan((4 * deviation) / Math.sqrt(2 * n));
  const leaving = lawPatients(n, true, createRng(2).fork("law"));
  const gone = leaving.patients.filter(({ outcomes }) => "missing" in outcomes[0]!.at(-1)!).length;
  expect(gone / n).toBeGreaterThan(0.1);
  expect(gone / n).toBeLessThan(0.4);
});
