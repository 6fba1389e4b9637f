import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addExactly, roundedSum } from "../../../lib/simulation/exact-sum.ts";

function sumOf(values: readonly number[]): number[] {
  const parts: number[] = [];
  for (const value of values) addExactly(parts, value);
  return parts;
}

const finite = fc.double({ min: -1e12, max: 1e12, noNaN: true });

describe("exact sums", () => {
  it("do not depend on order or grouping", () => {
    fc.assert(
      fc.property(fc.array(finite, { maxLength: 60 }), fc.nat(), (values, cut) => {
        const split = values.length === 0 ? 0 : cut % values.length;
        const grouped = sumOf(values.slice(split));
        for (const part of sumOf(values.slice(0, split))) addExactly(grouped, part);
        const whole = roundedSum(sumOf(values));
        expect(roundedSum(sumOf([...values].reverse()))).toBe(whole);
        expect(roundedSum(grouped)).toBe(whole);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("are correctly rounded: whole numbers of any size add like integers", () => {
    const whole = fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n });
    fc.assert(
      fc.property(fc.array(whole, { maxLength: 40 }), (values) => {
        const exact = values.reduce((sum, value) => sum + value, 0n);
        expect(roundedSum(sumOf(values.map(Number))) + 0).toBe(Number(exact));
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it("keep what ordinary addition loses", () => {
    expect(roundedSum(sumOf([1e16, 1, -1e16]))).toBe(1);
    expect(roundedSum(sumOf([1, 2 ** -53, 2 ** -106]))).toBe(1 + 2 ** -52);
    expect(roundedSum([])).toBe(0);
  });
});
