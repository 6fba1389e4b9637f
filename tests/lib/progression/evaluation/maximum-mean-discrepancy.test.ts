import { expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { meanDiscrepancy } from "../../../../lib/progression/evaluation/maximum-mean-discrepancy.ts";

function sample(n: number, p: number, seed: number, shift = 0, scale = 1): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: n * p }, () => shift + scale * rng.normal());
}

test("courses of the same law stay about the floor", () => {
  const beyond = Array.from({ length: 30 }, (_, r) => {
    const found = meanDiscrepancy(sample(80, 2, 2 * r), sample(80, 2, 2 * r + 1), 80, createRng(r));
    return found.value > found.floorUpper ? 1 : 0;
  }).reduce<number>((sum, one) => sum + one, 0);
  // Halves of the same patients overlap, so the share is not exactly 5 %; a third of the time would be no floor.
  expect(beyond).toBeLessThanOrEqual(6);
});

test("another mean and another spread both show", () => {
  const observed = sample(200, 2, 1);
  for (const drawn of [sample(200, 2, 2, 1), sample(200, 2, 3, 0, 2)]) {
    const found = meanDiscrepancy(observed, drawn, 200, createRng(4));
    expect(found.value).toBeGreaterThan(5 * found.floorUpper);
  }
});

test("is near its known value for two normal laws", () => {
  // One column, bandwidth h = median |x − y| of N(0, 2): E k for a difference N(d, 2) is √(h²/(h² + 2)) exp(−d²/2(h² + 2)).
  const h2 = (0.6744897501960817 * Math.SQRT2) ** 2;
  const kernel = (d: number) => Math.sqrt(h2 / (h2 + 2)) * Math.exp(-(d * d) / (2 * (h2 + 2)));
  const found = meanDiscrepancy(sample(400, 1, 7), sample(400, 1, 8, 1), 400, createRng(9));
  expect(Math.abs(found.value - 2 * (kernel(0) - kernel(1)))).toBeLessThan(0.05);
});

test("many patients are thinned, and courses without spread do no harm", () => {
  expect(meanDiscrepancy(sample(1000, 1, 1), sample(1000, 1, 2), 1000, createRng(3)).patients).toBe(400);
  expect(meanDiscrepancy(new Float64Array(40), new Float64Array(40), 40, createRng(1)).value).toBe(0);
});
