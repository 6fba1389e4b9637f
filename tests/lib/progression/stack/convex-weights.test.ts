import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { convexWeights } from "../../../../lib/progression/stack/convex-weights.ts";
import { mixtureSegments } from "../../../../lib/progression/stack/mixture-segments.ts";

function loss(products: Float64Array, weights: ArrayLike<number>, members: number): number {
  let sum = 0;
  for (let a = 0; a < members; a++) {
    for (let b = 0; b < members; b++) sum += weights[a]! * weights[b]! * products[a * members + b]!;
  }
  return sum;
}

function errorProducts(members: number, patients: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const products = new Float64Array(members * members);
  for (let i = 0; i < patients; i++) {
    const common = rng.normal();
    const errors = Array.from({ length: members }, (_, m) => common + (0.2 + m / members) * rng.normal());
    for (let a = 0; a < members; a++)
      for (let b = 0; b < members; b++) products[a * members + b]! += errors[a]! * errors[b]!;
  }
  return products;
}

test("weights are convex and no random weights do better", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 2, max: 40 }),
      fc.nat(1e6),
      (members, patients, seed) => {
        const products = errorProducts(members, patients, seed);
        const weights = convexWeights(products, members);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        const own = loss(products, weights, members);
        const rng = createRng(seed).fork("others");
        for (let k = 0; k < 200; k++) {
          const other = Array.from({ length: members }, () => rng.exponential());
          const total = other.reduce((sum, value) => sum + value, 0);
          expect(own).toBeLessThanOrEqual(
            loss(
              products,
              other.map((value) => value / total),
              members,
            ) *
              (1 + 1e-6),
          );
        }
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test("a member without error takes all; members alike share or stand for one another", () => {
  expect(convexWeights(Float64Array.of(4, 0, 0, 0), 2)[1]).toBeCloseTo(1, 8);
  const alike = convexWeights(Float64Array.of(2, 2, 2, 2), 2);
  expect(alike[0]! + alike[1]!).toBeCloseTo(1, 12);
  expect(Array.from(convexWeights(new Float64Array(4), 2))).toEqual([1, 0]);
});

test("segments give every endpoint its weights", () => {
  const weights = [
    [0.2, 0.5, 0.3],
    [0, 1, 0],
    [0.6, 0, 0.4],
  ];
  const segments = mixtureSegments(weights);
  weights.forEach((row, e) => {
    row.forEach((weight, m) => {
      const total = segments.reduce((sum, { probability, memberOf }) => sum + (memberOf[e] === m ? probability : 0), 0);
      expect(total).toBeCloseTo(weight, 12);
    });
  });
});
