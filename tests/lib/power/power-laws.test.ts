import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialDensity } from "../../../lib/numerics/binomial.ts";
import { computePower } from "../../../lib/power/compute-power.ts";
import { type PowerReport, powerReportSchema, reportNumber } from "../../../lib/power/power-report.ts";
import { type PowerSpecInput, powerSpecSchema } from "../../../lib/power/power-spec.ts";
import { fisherTail, rejectionLimits, rejectionProbability } from "../../../lib/power/rates/exact-two-by-two.ts";

const compute = (spec: PowerSpecInput): PowerReport => computePower(powerSpecSchema.parse(spec));
const answer = (spec: PowerSpecInput, key = "answer") => reportNumber(compute(spec), key)!;

/** Plans whose four questions can be turned into one another; the last value is the effect. */
type Plan = { readonly spec: Record<string, unknown>; readonly effectField: string; readonly effect: number };

/** Inputs between 0 and 1e-50 in size are refused as faults of the unit. */
const double = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => (Math.abs(value) < 1e-50 ? 0 : value));
const meansConvention = fc.constantFrom("noncentral-t", "noncentral-t-both-tails", "normal", "guenther-schouten");

const plans: fc.Arbitrary<Plan> = fc.oneof(
  fc
    .record({ convention: meansConvention, standardDeviation: double(0.5, 3), effect: double(0.4, 2) })
    .map(({ effect, ...spec }) => ({ spec: { method: "two-means", ...spec }, effectField: "effect", effect })),
  fc
    .record({
      convention: meansConvention,
      rSquared: double(0, 0.8),
      controlSdInflation: double(1, 1.3),
      effect: double(0.4, 2),
    })
    .map(({ effect, ...spec }) => ({
      spec: { method: "ancova", standardDeviation: 1.3, ...spec },
      effectField: "effect",
      effect,
    })),
  fc
    .record({
      convention: fc.constantFrom("satterthwaite", "normal"),
      experimentalSd: double(0.5, 2),
      controlSd: double(0.5, 2),
      effect: double(0.4, 2),
    })
    .map(({ effect, ...spec }) => ({ spec: { method: "welch", ...spec }, effectField: "effect", effect })),
  double(0.6, 0.85).map((effect) => ({ spec: { method: "wilcoxon" }, effectField: "effect", effect })),
  fc
    .record({
      measure: fc.constantFrom("risk-difference", "risk-ratio", "odds-ratio"),
      convention: fc.constantFrom("pooled", "unpooled"),
      controlRate: double(0.1, 0.6),
      gain: double(0.08, 0.3),
    })
    .map(({ gain, ...spec }) => ({
      spec: { method: "two-rates", ...spec },
      effectField: "experimentalRate",
      effect: spec.controlRate + gain,
    })),
  fc
    .record({
      convention: fc.constantFrom("true-rates", "control-rate", "restricted"),
      controlRate: double(0.2, 3),
      dispersion: double(0, 2),
      rateRatio: double(0.3, 0.8),
    })
    .map(({ rateRatio, ...spec }) => ({
      spec: { method: "two-counts", ...spec },
      effectField: "rateRatio",
      effect: rateRatio,
    })),
  fc
    .record({
      convention: fc.constantFrom("normal", "noncentral-t"),
      rho: double(0.05, 0.9),
      lost: double(0, 0.4),
      effect: double(0.3, 1.5),
    })
    .map(({ lost, effect, ...spec }) => ({
      spec: {
        method: "repeated-measures",
        structure: "ar1",
        standardDeviation: 1.5,
        retention: [1, 1 - lost / 2, 1 - lost],
        ...spec,
      },
      effectField: "effect",
      effect,
    })),
  fc
    .record({
      convention: fc.constantFrom("completers-information", "full-likelihood", "common-baseline", "average"),
      slopeVariance: double(0.1, 1),
      residualVariance: double(0.5, 2),
      effect: double(0.2, 1),
    })
    .map(({ effect, ...spec }) => ({
      spec: { method: "slopes", times: [0, 1, 2, 3], interceptVariance: 1, ...spec },
      effectField: "effect",
      effect,
    })),
);

const questions = fc.record({
  power: double(0.5, 0.97),
  alpha: double(0.005, 0.1),
  ratio: double(0.4, 3),
  sides: fc.constantFrom(1, 2),
});

describe("the four questions agree", () => {
  it("power, effect and type I error at the size found are those it was found for", () => {
    fc.assert(
      fc.property(plans, questions, ({ spec, effectField, effect }, { power, alpha, ratio, sides }) => {
        const plan = { ...spec, sides } as unknown as PowerSpecInput;
        const at = { [effectField]: effect };
        const total = answer({ ...plan, ...at, power, alpha, ratio } as PowerSpecInput, "unrounded");
        const reached = answer({ ...plan, ...at, alpha, ratio, total, solveFor: "power" } as PowerSpecInput);
        // Where a trial of the fewest subjects that can be analysed has the power already, it has more.
        if (reached > power + 1e-9) {
          expect(total).toBeLessThan(30);
          return;
        }
        expect(reached).toBeCloseTo(power, 9);
        const direction = effectField === "rateRatio" ? "less" : "greater";
        const detected = answer({
          ...plan,
          alpha,
          ratio,
          total,
          power,
          direction,
          solveFor: "effect",
        } as PowerSpecInput);
        expect(Math.abs(detected / effect - 1)).toBeLessThan(1e-6);
        const error = answer({ ...plan, ...at, ratio, total, power, solveFor: "alpha" } as PowerSpecInput);
        expect(Math.abs(error / alpha - 1)).toBeLessThan(1e-6);
      }),
      { seed: 1, numRuns: 120 },
    );
  });

  it("whole sizes have at least the power, in either rounding, and dropout adds subjects", () => {
    fc.assert(
      fc.property(
        plans,
        questions,
        fc.constantFrom("each-arm", "whole-blocks"),
        ({ spec, effectField, effect }, q, rounding) => {
          const ratio = rounding === "whole-blocks" ? 1.5 : q.ratio;
          const report = compute({
            ...spec,
            ...q,
            ratio,
            rounding,
            dropout: 0.15,
            [effectField]: effect,
          } as PowerSpecInput);
          expect(reportNumber(report, "achieved")!).toBeGreaterThanOrEqual(q.power - 1e-9);
          const [n1, n0] = [reportNumber(report, "experimental")!, reportNumber(report, "control")!];
          expect(n1 + n0).toBe(reportNumber(report, "subjects"));
          if (rounding === "whole-blocks") expect(n1 / n0).toBe(1.5);
          expect(reportNumber(report, "randomised")!).toBeGreaterThanOrEqual((n1 + n0) / 0.85 - 1e-6);
          expect(powerReportSchema.safeParse(report).success).toBe(true);
        },
      ),
      { seed: 2, numRuns: 80 },
    );
  });
});

describe("means", () => {
  it("swapping the arms changes the sign and nothing else; a rescaled outcome changes nothing", () => {
    fc.assert(
      fc.property(double(0.2, 2), double(0.5, 2), double(0.01, 100), double(0.3, 3), (effect, sd, factor, ratio) => {
        const total = answer({ method: "two-means", effect, standardDeviation: sd, ratio }, "unrounded");
        const swapped = answer(
          { method: "two-means", effect: -effect * factor, standardDeviation: sd * factor, ratio: 1 / ratio },
          "unrounded",
        );
        expect(Math.abs(swapped / total - 1)).toBeLessThan(1e-8);
      }),
      { seed: 3 },
    );
  });

  it("ANCOVA without covariates, discounts and R² is the t test", () => {
    const common = { effect: 0.5, standardDeviation: 1, ratio: 2 } as const;
    const plain = answer({ method: "two-means", ...common }, "unrounded");
    expect(answer({ method: "ancova", rSquared: 0, covariates: 0, ...common }, "unrounded")).toBe(plain);
  });

  it("Welch's exact test with equal variances and arms is near the pooled t test and above the normal size", () => {
    const plain = answer({ method: "two-means", effect: 0.8, standardDeviation: 1 }, "unrounded");
    const welch = { method: "welch", effect: 0.8, experimentalSd: 1, controlSd: 1 } as const;
    expect(Math.abs(answer(welch, "unrounded") - plain)).toBeLessThan(0.3);
    expect(answer({ ...welch, convention: "normal" }, "unrounded")).toBeLessThan(plain);
  });

  it("Welch's exact power is the mean over simulated trials", () => {
    // R 4.2.2, set.seed(1), one million trials of N(5, 8²) and N(0, 3²) at n = 12 and 6: 0.429721, standard error 0.0005.
    const power = answer({
      method: "welch",
      solveFor: "power",
      effect: 5,
      experimentalSd: 8,
      controlSd: 3,
      experimental: 12,
      control: 6,
    });
    expect(Math.abs(power - 0.429721)).toBeLessThan(4 * 0.0005);
  });

  it("equivalence sizes of published tables: 2 × 2 crossover, ratio 0.95, 80 % power (PowerTOST)", () => {
    const report = compute({
      method: "equivalence-means",
      design: "crossover",
      scale: "ratio",
      effect: 0.95,
      lower: 0.8,
      upper: 1.25,
      coefficientOfVariation: [0.2, 0.25, 0.3, 0.4],
      alpha: 0.05,
      power: 0.8,
      rounding: "whole-blocks",
    });
    expect([0, 1, 2, 3].map((row) => reportNumber(report, "subjects", row))).toEqual([20, 28, 40, 66]);
    const powers = [0.83468, 0.807439, 0.815845, 0.805252];
    for (const [row, power] of powers.entries()) expect(reportNumber(report, "achieved", row)).toBeCloseTo(power, 6);
  });
});

describe("proportions and counts", () => {
  it("continuity correction adds Fleiss's factor to the pooled size", () => {
    fc.assert(
      fc.property(double(0.1, 0.5), double(0.1, 0.4), double(0.4, 3), (controlRate, gain, ratio) => {
        const plan = { method: "two-rates", controlRate, experimentalRate: controlRate + gain, ratio } as const;
        const n = answer(plan, "unrounded") / (1 + ratio);
        const corrected = answer({ ...plan, convention: "continuity-corrected" }, "unrounded") / (1 + ratio);
        const factor = (1 + Math.sqrt(1 + (2 * (ratio + 1)) / (n * ratio * gain))) ** 2 / 4;
        expect(Math.abs(corrected / (n * factor) - 1)).toBeLessThan(1e-8);
      }),
      { seed: 4 },
    );
  });

  it("counting non-responders instead of responders changes nothing", () => {
    fc.assert(
      fc.property(double(0.1, 0.6), double(0.1, 0.3), double(0.4, 3), (controlRate, gain, ratio) => {
        const plan = (p1: number, p0: number) =>
          answer(
            { method: "two-rates", experimentalRate: p1, controlRate: p0, ratio, nullValue: p1 > p0 ? -0.05 : 0.05 },
            "unrounded",
          );
        const a = plan(controlRate + gain, controlRate);
        expect(Math.abs(plan(1 - controlRate - gain, 1 - controlRate) / a - 1)).toBeLessThan(1e-7);
      }),
      { seed: 5 },
    );
  });

  it("exact tests: the rejection regions are those of brute force, unconditional ones keep the error everywhere", () => {
    const tail = 0.05;
    for (const [n1, n0] of [
      [7, 9],
      [12, 5],
    ] as const) {
      for (const test of ["fisher", "boschloo", "z-pooled-exact"] as const) {
        const limits = rejectionLimits(test, n1, n0, tail);
        for (let p = 0.01; p < 1; p += 0.01)
          expect(rejectionProbability(limits, n1, n0, p, p)).toBeLessThanOrEqual(tail + 1e-12);
      }
      let brute = 0;
      for (let x1 = 0; x1 <= n1; x1++)
        for (let x0 = 0; x0 <= n0; x0++)
          if (fisherTail(x1, x0, n1, n0) <= tail) brute += binomialDensity(x1, n1, 0.7) * binomialDensity(x0, n0, 0.2);
      expect(rejectionProbability(rejectionLimits("fisher", n1, n0, tail), n1, n0, 0.7, 0.2)).toBeCloseTo(brute, 13);
      const power = (test: "fisher" | "boschloo") =>
        rejectionProbability(rejectionLimits(test, n1, n0, tail), n1, n0, 0.7, 0.2);
      expect(power("boschloo")).toBeGreaterThanOrEqual(power("fisher"));
    }
  });

  it("exact sizes: the first size has the power, from the lasting size on every size has it", () => {
    const plan = { method: "one-rate", rate: 0.5, nullValue: 0.3, power: 0.8, convention: "exact-binomial" } as const;
    const first = answer({ ...plan, exactSize: "first" }, "subjects");
    const lasting = answer({ ...plan, exactSize: "lasting" }, "subjects");
    const { power: _, ...question } = plan;
    const powerAt = (total: number) => answer({ ...question, solveFor: "power", total });
    expect(powerAt(first)).toBeGreaterThanOrEqual(0.8);
    for (let n = 2; n < first; n++) expect(powerAt(n)).toBeLessThan(0.8);
    expect(powerAt(lasting - 1)).toBeLessThan(0.8);
    for (let n = lasting; n < lasting + 60; n++) expect(powerAt(n)).toBeGreaterThanOrEqual(0.8);
  });

  it("counts: rpact's published test (2,540 subjects); Poisson is the limit of small dispersion", () => {
    const rates = { controlRate: 0.27529412, rateRatio: 0.7, alpha: 0.01, power: 0.95 };
    expect(answer({ method: "two-counts", ...rates, dispersion: 0.71 }, "subjects")).toBe(2540);
    const poisson = answer({ method: "two-counts", ...rates }, "unrounded");
    expect(answer({ method: "two-counts", ...rates, dispersion: 1e-9 }, "unrounded") / poisson).toBeCloseTo(1, 7);
  });
});

describe("repeated measures", () => {
  it("without dropout the correlation between visits does not matter; with it a higher one helps", () => {
    const plan = {
      method: "repeated-measures" as const,
      standardDeviation: 1,
      effect: 0.5,
      rho: [0.1, 0.8],
    } satisfies Partial<PowerSpecInput>;
    const complete = compute({ ...plan, retention: [1, 1, 1] });
    expect(reportNumber(complete, "unrounded", 0)! / reportNumber(complete, "unrounded", 1)!).toBeCloseTo(1, 10);
    const lossy = compute({ ...plan, retention: [1, 0.9, 0.7] });
    expect(reportNumber(lossy, "unrounded", 1)!).toBeLessThan(reportNumber(lossy, "unrounded", 0)!);
  });

  it("Lu, Luo & Chen's table 2: AR(1), 4 visits, 40 % lost", () => {
    const phi = (rho: number) =>
      answer(
        {
          method: "repeated-measures",
          structure: "ar1",
          rho,
          retention: [1, 1 - 0.4 / 3, 1 - 0.8 / 3, 0.6],
          standardDeviation: 1,
          effect: 1,
        },
        "phi1",
      );
    for (const [p1J, expected] of [
      [0.1, 1.59010470647863],
      [0.5, 1.35405269950478],
      [0.9, 1.07728040119987],
    ] as const)
      expect(phi(p1J ** (1 / 3))).toBeCloseTo(expected, 10);
  });

  it("Diggle et al., table of page 29: subjects per group for slopes", () => {
    const sizes = [0.2, 0.5, 0.8].map((rho) =>
      [100, 200, 300].map((variance) =>
        answer(
          {
            method: "slopes",
            times: [0, 2, 5],
            covariance: "exchangeable",
            variance,
            rho,
            effect: 0.5,
            alpha: 0.05,
            power: 0.8,
          },
          "control",
        ),
      ),
    );
    expect(sizes).toEqual([
      [313, 625, 938],
      [196, 391, 586],
      [79, 157, 235],
    ]);
  });

  it("a common baseline never costs subjects", () => {
    const plan = {
      method: "slopes" as const,
      times: [0, 0.5, 1, 1.5],
      slopeVariance: 24,
      interceptVariance: 55,
      residualVariance: 10,
      effect: 1.5,
    } satisfies PowerSpecInput;
    expect(answer({ ...plan, convention: "common-baseline" }, "unrounded")).toBeLessThan(answer(plan, "unrounded"));
  });
});
