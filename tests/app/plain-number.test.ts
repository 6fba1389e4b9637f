import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainNumber } from "../../app/_lib/plain-number.ts";

describe("a number from elsewhere in a number field", () => {
  it.each([
    ["−0.35", "-0.35"],
    ["–3", "-3"],
    ["1,234.5", "1234.5"],
    ["-12,345,678.90", "-12345678.90"],
    ["1e-3", "0.001"],
    ["2.5E1", "25"],
    ["2.5e0", "2.5"],
    ["-1.25e+3", "-1250"],
    ["2,5", "2.5"],
    ["−0,3512", "-0.3512"],
    ["1,528", "1,528"],
    ["abc", "abc"],
    ["5", "5"],
  ])("reads %s as %s", (given, plain) => {
    expect(plainNumber(given)).toBe(plain);
  });

  it("keeps the value of every number written with an exponent", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), fc.boolean(), (size, negative) => {
        const text = (negative ? -size : size).toExponential();
        expect(plainNumber(text)).not.toContain("e");
        expect(Number(plainNumber(text))).toBe(Number(text));
      }),
    );
  });
});
