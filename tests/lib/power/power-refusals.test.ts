import { describe, expect, it } from "vitest";
import { computePower } from "../../../lib/power/compute-power.ts";
import { type PowerSpecInput, powerSpecSchema } from "../../../lib/power/power-spec.ts";
import { refusalOf } from "../../support/refusal.ts";

const means = { method: "two-means", effect: 1, standardDeviation: 1 } as const;
const rates = { method: "two-rates", experimentalRate: 0.4, controlRate: 0.3 } as const;
const equivalence = { method: "equivalence-means", effect: 0, lower: -1, upper: 1, standardDeviation: 1 } as const;
const counts = { method: "two-counts", rateRatio: 0.7, controlRate: 1 } as const;
const mmrm = { method: "repeated-measures" as const, effect: 1, standardDeviation: 1, rho: 0.5, retention: [1, 0.9] };
const slopes = { method: "slopes" as const, effect: 1, times: [0, 1, 2], slopeVariance: 1, residualVariance: 1 };

/** Specification, the field that the refusal names, words of its sentence. */
const refusals: readonly [PowerSpecInput, string, string][] = [
  [{ ...means, power: 0.02 }, "power", "must exceed the type I error"],
  [{ ...means, sides: 2, alpha: 0.05, power: 0.03 }, "power", "must exceed the type I error 0.05"],
  [{ ...means, power: 1 }, "power", "between 0 and 1"],
  [{ ...means, power: [0.8, 80] }, "power", "between 0 and 1"],
  [{ ...means, alpha: 0 }, "alpha", "between 0 and 1"],
  [{ ...means, alpha: 0.5 }, "alpha", "below 0.5"],
  [{ ...means, effect: 0 }, "effect", "must differ from its value under the null hypothesis"],
  [{ ...means, effect: -0.3, nullValue: -0.3 }, "effect", "must differ"],
  [{ method: "two-means", standardDeviation: 1 }, "effect", "must be given"],
  [{ ...means, standardDeviation: 0 }, "standardDeviation", "positive"],
  [{ ...means, standardDeviation: 1e300 }, "standardDeviation", "choose another unit"],
  [{ ...means, effect: 1e-300 }, "effect", "choose another unit"],
  [{ ...means, ratio: -1 }, "ratio", "positive"],
  [{ ...means, ratio: Math.PI, rounding: "whole-blocks" }, "ratio", "fraction of whole numbers"],
  [{ ...means, effect: 1e-6 }, "effect", "10,000,000 subjects"],
  [{ ...means, dropout: 1 }, "dropout", "below 1"],
  [{ ...means, solveFor: "power" }, "experimental", "must be given"],
  [{ ...means, solveFor: "power", total: 20, power: 0.9 }, "power", "must not be given"],
  [{ ...means, solveFor: "power", total: 0 }, "total", "number of subjects"],
  [{ ...means, solveFor: "power", total: 1 }, "total", "at least one subject"],
  [{ ...means, solveFor: "power", experimental: 1, control: 1 }, "experimental", "at least one subject"],
  [{ ...rates, solveFor: "power", total: 30, ratio: 1000 }, "total", "at least one subject"],
  [{ ...means, solveFor: "power", total: 20, control: 10 }, "control", "must not be given beside total"],
  [{ ...means, solveFor: "power", experimental: 20, control: 10, ratio: 2 }, "ratio", "must not be given"],
  [{ ...means, solveFor: "alpha", total: 20, alpha: 0.05 }, "alpha", "must not be given"],
  [{ ...means, solveFor: "effect", total: 20 }, "effect", "must not be given"],
  [{ ...means, total: 20 }, "total", "must not be given when the sample size is solved for"],
  [{ ...means, effect: [1, 2], standardDeviation: [1, 2, 3], combine: "zip" }, "effect", "one value or 3 values"],
  [
    {
      ...means,
      effect: Array.from({ length: 100 }, (_, i) => 1 + i),
      standardDeviation: Array.from({ length: 100 }, (_, i) => 1 + i),
    },
    "effect",
    "more than 2000 rows",
  ],
  [{ ...rates, experimentalRate: 0.3 }, "experimentalRate", "must differ"],
  [{ ...rates, controlRate: 30 }, "controlRate", "between 0 and 1"],
  [{ ...rates, nullValue: -1 }, "nullValue", "between −1 and 1"],
  [{ ...rates, measure: "risk-ratio", nullValue: 0 }, "nullValue", "positive"],
  [{ ...rates, nullValue: -0.1, convention: "continuity-corrected" }, "convention", "pooled"],
  [{ method: "two-rates", solveFor: "effect", controlRate: 0.3, total: 6, power: 0.99 }, "power", "must be attainable"],
  [{ method: "one-rate", rate: 0.3, nullValue: 0.3 }, "rate", "must differ"],
  [
    { method: "one-rate", solveFor: "alpha", rate: 0.3, nullValue: 0.2, total: 50, convention: "exact-binomial" },
    "solveFor",
    "steps",
  ],
  [
    {
      method: "exact-rates",
      solveFor: "power",
      experimentalRate: 0.3,
      controlRate: 0.2,
      experimental: 10.5,
      control: 10,
    },
    "experimental",
    "whole",
  ],
  [
    {
      method: "exact-rates",
      solveFor: "power",
      experimentalRate: 0.3,
      controlRate: 0.2,
      total: 2000,
      convention: "boschloo",
    },
    "convention",
    "more than 300 subjects",
  ],
  [{ ...equivalence, lower: 1, upper: -1 }, "lower", "below the upper margin"],
  [{ ...equivalence, effect: 1 }, "effect", "must lie between the margins"],
  [{ ...equivalence, design: "paired", ratio: 2 }, "ratio", "must not be given for paired data"],
  [{ ...equivalence, scale: "ratio", lower: 0.8, upper: 1.25, effect: 1 }, "coefficientOfVariation", "must be given"],
  [
    { method: "equivalence-rates", experimentalRate: 0.6, controlRate: 0.3, lower: -0.1, upper: 0.1 },
    "experimentalRate",
    "between the margins",
  ],
  [{ ...counts, rateRatio: 1 }, "rateRatio", "must differ"],
  [{ ...counts, dispersion: -1 }, "dispersion", "must not be negative"],
  [{ ...mmrm, retention: [0.9, 1] }, "retention", "do not increase"],
  [{ ...mmrm, retention: [1, 0] }, "retention", "above 0"],
  [{ ...mmrm, rho: 1 }, "rho", "between −1 and 1"],
  [{ ...mmrm, rho: -0.9, retention: [1, 1, 1] }, "correlation", "positive definite"],
  [{ ...mmrm, structure: "matrix" }, "correlation", "must be given"],
  [
    {
      ...mmrm,
      structure: "matrix",
      correlation: [
        [1, 0.5],
        [0.4, 1],
      ],
    },
    "correlation",
    "symmetric",
  ],
  [{ ...slopes, times: [0, 2, 1] }, "times", "must increase"],
  [{ ...slopes, lastVisit: [0.5, 0.2, 0.2] }, "lastVisit", "sum to 1"],
  [{ ...slopes, interceptSlopeCovariance: 3 }, "interceptSlopeCovariance", "must not exceed"],
  [{ method: "slopes", effect: 1, times: [0, 1], residualVariance: 1 }, "slopeVariance", "must be given"],
];

describe("a plan that cannot be answered is refused with the field and the remedy", () => {
  it.each(refusals)("%o", (spec, argument, words) => {
    const refusal = refusalOf(() => computePower(powerSpecSchema.parse(spec)));
    expect(refusal?.argument).toBe(argument);
    expect(refusal?.message).toContain(words);
    expect(refusal?.message).not.toMatch(/NaN|undefined/);
  });

  it("in a table of several rows, a row without an answer has empty cells and says why", () => {
    const report = computePower(powerSpecSchema.parse({ ...means, effect: [1, 1e-6] }));
    expect(report.results.rows[0]!.at(-1)).toBeGreaterThan(0.9);
    expect(report.results.rows[1]!.at(-1)).toBeNull();
    expect(report.diagnostics.map(({ code }) => code)).toEqual(["no-answer"]);
    expect(report.diagnostics[0]!.message).toMatch(/Row 2: .*10,000,000/);
  });

  it("names every convention, the software that follows it and what differs", () => {
    const report = computePower(powerSpecSchema.parse(means));
    expect([report.convention, ...report.otherConventions].map(({ id }) => id)).toEqual([
      "noncentral-t",
      "noncentral-t-both-tails",
      "normal",
      "guenther-schouten",
    ]);
    expect(report.conventionNote).toBe(report.convention.note);
    expect(report.method).toContain("exact noncentral t");
  });
});
