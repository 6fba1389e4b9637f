import { expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { twoSampleTest } from "../../../../lib/progression/evaluation/two-sample-test.ts";

function sample(n: number, p: number, seed: number, shift: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: n * p }, () => rng.normal() + shift);
}

test("the same law is not told apart more often than the level says", () => {
  let found = 0;
  const repeats = 60;
  for (let r = 0; r < repeats; r++) {
    const rng = createRng(r).fork("test");
    if (twoSampleTest(sample(40, 3, 2 * r, 0), sample(40, 3, 2 * r + 1, 0), 40, rng).pValue <= 0.05) found++;
  }
  // 3 expected; four standard errors above.
  expect(found).toBeLessThanOrEqual(3 + 4 * Math.sqrt(60 * 0.05 * 0.95));
});

test("a shift of a SD is told apart; the area is near its known value", () => {
  const n = 400;
  const { auc, nullUpper, pValue } = twoSampleTest(sample(n, 1, 1, 0.5), sample(n, 1, 2, -0.5), n, createRng(3));
  expect(pValue).toBe(0.01);
  expect(auc).toBeGreaterThan(nullUpper);
  // Φ(1/√2) = 0.7602; SE of an area with 400 pairs about 0.017.
  expect(Math.abs(auc - 0.7602)).toBeLessThan(0.06);
});

test("columns without spread do no harm", () => {
  const { auc } = twoSampleTest(new Float64Array(60), new Float64Array(60), 30, createRng(1));
  expect(auc).toBe(0.5);
});

test("the interval of the area covers a known area about as often as it says", () => {
  const truth = 0.6382; // Φ(0.5/√2)
  const repeats = 80;
  let covered = 0;
  for (let r = 0; r < repeats; r++) {
    const { auc, interval } = twoSampleTest(
      sample(150, 1, 900 + 2 * r, 0.25),
      sample(150, 1, 901 + 2 * r, -0.25),
      150,
      createRng(r),
    );
    expect(interval.value).toBeCloseTo(auc, 12);
    if (interval.lower <= truth && truth <= interval.upper) covered++;
  }
  // 76 expected; four standard errors below. The classifier is not fitted to a pair it scores, which costs a little area.
  expect(covered).toBeGreaterThanOrEqual(Math.floor(76 - 4 * Math.sqrt(80 * 0.05 * 0.95)));
});
