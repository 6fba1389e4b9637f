import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatInterval,
  formatMonteCarlo,
  formatPercent,
  formatPValue,
  formatSignificant,
  formatUtc,
  typesetNumbers,
} from "../../../lib/reporting/format-number.ts";

describe("rounding", () => {
  it("rounds half away from zero on the digits one sees", () => {
    expect(formatFixed(0.125, 2)).toBe("0.13");
    expect(formatFixed(1.005, 2)).toBe("1.01");
    expect(formatFixed(-2.5, 0)).toBe("−3");
    expect(formatFixed(0.5, 0)).toBe("1");
    expect(formatFixed(0.05, 0)).toBe("0");
    expect(formatFixed(9.995, 2)).toBe("10.00");
    expect(formatFixed(1e-9, 3)).toBe("0.000");
  });

  it("never prints a negative zero and sets off thousands", () => {
    expect(formatFixed(-0.0004, 3)).toBe("0.000");
    expect(formatFixed(-1234567.891, 2)).toBe("−1,234,567.89");
    expect(formatCount(999)).toBe("999");
    expect(formatCount(100000)).toBe("100,000");
    expect(formatFixed(1e21, 1)).toBe("1,000,000,000,000,000,000,000.0");
  });

  it("stays within half a unit of the last place and reads back", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.integer({ min: 0, max: 6 }),
        (value, decimals) => {
          const back = Number(formatFixed(value, decimals).replace("−", "-").replaceAll(",", ""));
          expect(Math.abs(back - value)).toBeLessThanOrEqual(
            0.5 * 10 ** -decimals * (1 + 1e-9) + Math.abs(value) * 1e-15,
          );
        },
      ),
    );
  });
});

describe("what the field prints", () => {
  it("prints p-values to four decimals and never 0.0000", () => {
    expect(formatPValue(0.04567)).toBe("0.0457");
    expect(formatPValue(0.00001)).toBe("<0.0001");
    expect(formatPValue(0)).toBe("<0.0001");
    expect(formatPValue(0.99999)).toBe(">0.9999");
  });

  it("prints estimates with limits at the same decimals", () => {
    expect(formatInterval({ value: 0.1234, lower: -0.0312, upper: 0.27 }, 2)).toBe("0.12 (−0.03, 0.27)");
    expect(formatPercent(0.0575)).toBe("5.8 %");
  });

  it("prints simulated values with their Monte Carlo error, and limits when the error is zero", () => {
    expect(formatMonteCarlo({ value: 0.9031, mcse: 0.00296, limits: null }, 3)).toBe("0.903 ± 0.003");
    expect(formatMonteCarlo({ value: 0, mcse: 0, limits: { lower: 0, upper: 0.0004 } }, 4)).toBe("0 (0, 0.0004)");
    expect(formatMonteCarlo({ value: 210.44, mcse: 0.04, limits: null }, 1)).toBe("210.4 ± 0.04");
  });

  it("prints missing, significant digits, scales and instants", () => {
    expect(formatFixed(Number.NaN, 2)).toBe("—");
    expect(formatSignificant(0.00001234, 3)).toBe("1.23 × 10⁻⁵");
    expect(formatSignificant(1234.5, 3)).toBe("1,235");
    expect(decimalsForScale(0.5)).toBe(3);
    expect(decimalsForScale(12)).toBe(1);
    expect(formatUtc("2026-03-09T14:05:11.123Z")).toBe("2026-03-09 14:05:11 UTC");
  });
});

describe("numbers in sentences", () => {
  it("get minus signs and powers of ten, and nothing else changes", () => {
    expect(typesetNumbers("gradient 1.12e-13, limits -1.47 to 5.27 (γ = -2)")).toBe(
      "gradient 1.12 × 10⁻¹³, limits −1.47 to 5.27 (γ = −2)",
    );
    expect(typesetNumbers("tolerance 1e-8; 2026-03-09; week-12; r-cran; 3-4 visits")).toBe(
      "tolerance 10⁻⁸; 2026-03-09; week-12; r-cran; 3-4 visits",
    );
  });
});
