import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnalysisReport } from "../../../../lib/analysis/analysis-report.ts";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { type AnalysisTable, analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseCmh, cmhAnalysis } from "../../../../lib/analysis/proportions/analyse-cmh.ts";
import {
  analyseTwoProportions,
  proportionAnalysis,
} from "../../../../lib/analysis/proportions/analyse-two-proportions.ts";
import { exactDifferenceInterval } from "../../../../lib/analysis/proportions/exact-difference-interval.ts";
import { fisherExactTest } from "../../../../lib/analysis/proportions/fisher-exact-test.ts";
import {
  type CmhSpec,
  cmhSpecSchema,
  type TwoProportionsSpec,
  twoProportionsSpecSchema,
} from "../../../../lib/analysis/proportions/two-proportions-spec.ts";
import { unconditionalExactTest } from "../../../../lib/analysis/proportions/unconditional-exact-test.ts";
import { binomialDensity } from "../../../../lib/numerics/binomial.ts";
import { type RFrame, rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const trial = smallTrialData({ patients: 48 });
const threeArms = smallTrialData({ seed: 7, patients: 120, arms: ["placebo", "low dose", "high dose"] });
const outcome = {
  kind: "threshold",
  endpoint: "scale",
  visit: "week12",
  of: "change",
  comparison: "<=",
  threshold: 1,
} as const;

const spec = (choices: Partial<TwoProportionsSpec> = {}) =>
  twoProportionsSpecSchema.parse({ method: "two-proportions", outcome, ...choices });
const cmh = (choices: Partial<CmhSpec> = {}) =>
  cmhSpecSchema.parse({ method: "cochran-mantel-haenszel", outcome, strata: ["site"], ...choices });

interface ProportionCase {
  readonly name: string;
  readonly analyse: () => { readonly report: AnalysisReport; readonly table: AnalysisTable };
  readonly tolerance: number;
}

/** All programs run in one session of R. */
function expectPrograms(cases: readonly ProportionCase[]): void {
  const batch = rProgramBatch(
    cases.map(({ analyse }) => () => {
      const { report, table } = analyse();
      return {
        report,
        program: report.code.r,
        packages: report.code.rPackages,
        files: { "analysis-data.csv": analysisTableCsv(table) },
        returns: ["effects"],
      };
    }),
  );
  cases.forEach(({ name, tolerance }, k) => {
    it(name, () => {
      const { report, frames } = batch(k);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (frames !== null) expectEffects(report, frames.effects, tolerance);
    }, 60_000);
  });
}

function expectEffects(report: AnalysisReport, effects: RFrame | undefined, tolerance: number): void {
  expect(report.effects.map(({ label }) => label)).toEqual(effects!.effect);
  report.effects.forEach(({ result }, k) => {
    const pairs: readonly (readonly [number | null, string])[] = [
      [result.estimate, "estimate"],
      [result.twoSidedPValue, "p"],
      [result.interval.lower, "lower"],
      [result.interval.upper, "upper"],
      ...(effects!.se === undefined ? [] : [[result.standardError, "se"] as const]),
    ];
    for (const [value, column] of pairs) {
      const wanted = Number(effects![column]![k]);
      if (value === null) expect(Number.isFinite(wanted)).toBe(false);
      else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(tolerance * Math.max(1e-2, Math.abs(wanted)));
    }
  });
}

describe("the R program of a comparison of two proportions gives the same numbers", () => {
  const cases: readonly [string, Partial<TwoProportionsSpec>, number][] = [
    ["defaults", {}, 1e-7],
    ["pooled z, Newcombe", { test: "pooled-z", interval: "newcombe" }, 1e-9],
    [
      "Yates, Wald with continuity, 90 %",
      { test: "pooled-z-continuity", interval: "wald-continuity", confidence: 0.9 },
      1e-9,
    ],
    ["unpooled z with margin, Agresti–Caffo", { test: "unpooled-z", interval: "agresti-caffo", nullValue: -0.1 }, 1e-9],
    [
      "Farrington–Manning margin, Mee",
      { test: "farrington-manning", interval: "farrington-manning", nullValue: 0.15 },
      1e-7,
    ],
    ["risk ratio margin", { measure: "risk-ratio", nullValue: 0.8 }, 1e-7],
    ["odds ratio", { measure: "odds-ratio", test: "farrington-manning", interval: "miettinen-nurminen" }, 1e-7],
    ["Fisher, exact odds ratio", { measure: "odds-ratio", test: "fisher-minimum-likelihood", interval: "exact" }, 1e-8],
    [
      "Fisher central, odds ratio margin",
      { measure: "odds-ratio", test: "fisher-central", interval: "log-normal", nullValue: 1.5 },
      1e-8,
    ],
    ["Fisher mid-p, risk ratio", { measure: "risk-ratio", test: "fisher-mid-p", interval: "log-normal" }, 1e-8],
    ["Barnard, Wald", { test: "barnard", interval: "wald" }, 1e-6],
    ["Boschloo", { test: "boschloo", interval: "miettinen-nurminen" }, 1e-6],
  ];
  const CHAN_ZHANG: Partial<TwoProportionsSpec> = { test: "boschloo", interval: "exact" };
  expectPrograms([
    ...cases.map(([name, choices, tolerance]) => ({
      name,
      analyse: () => {
        const chosen = spec(choices);
        const data = choices.test === "boschloo" || choices.test === "barnard" ? trial : threeArms;
        return { report: analyseTwoProportions(chosen, data), table: proportionAnalysis(chosen, data).table };
      },
      tolerance,
    })),
    {
      name: "Chan–Zhang interval",
      analyse: () => {
        const small = smallTrialData({ patients: 12, seed: 3 });
        const chosen = spec(CHAN_ZHANG);
        return { report: analyseTwoProportions(chosen, small), table: proportionAnalysis(chosen, small).table };
      },
      tolerance: 2e-5,
    },
  ]);
});

describe("the R program of a stratified comparison gives the same numbers", () => {
  const cases: readonly [string, Partial<CmhSpec>, number][] = [
    ["odds ratio with continuity correction", { continuity: true }, 1e-9],
    [
      "risk ratio, score strata",
      { measure: "risk-ratio", strata: [], scoreStrata: { endpoint: "scale", visit: "week12", groups: 4 } },
      1e-9,
    ],
    [
      "risk difference, Sato, both strata",
      { measure: "risk-difference", scoreStrata: { endpoint: "scale", visit: "week12", groups: 2 } },
      1e-9,
    ],
    [
      "risk difference, Greenland–Robins",
      { measure: "risk-difference", riskDifferenceVariance: "greenland-robins", confidence: 0.9 },
      1e-9,
    ],
  ];
  expectPrograms(
    cases.map(([name, choices, tolerance]) => ({
      name,
      analyse: () => ({
        report: analyseCmh(cmh(choices), threeArms),
        table: cmhAnalysis(cmh(choices), threeArms).table,
      }),
      tolerance,
    })),
  );
});

describe("exact tests keep their level", () => {
  it("whatever the common proportion, also with unequal arms", () => {
    const [m, n] = [7, 15];
    const p = new Map<string, number[]>();
    for (let a = 0; a <= m; a++)
      for (let c = 0; c <= n; c++) {
        const table = { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n };
        p.set(`${a},${c}`, [
          unconditionalExactTest(table, "boschloo").twoSidedPValue,
          unconditionalExactTest(table, "pooled-z").twoSidedPValue,
          fisherExactTest(table).twoSidedPValue,
        ]);
      }
    for (const pi of [0.03, 0.2, 0.41, 0.5, 0.77, 0.95]) {
      const level = [0, 0, 0];
      for (const [key, values] of p) {
        const [a, c] = key.split(",").map(Number);
        const weight = binomialDensity(a!, m, pi) * binomialDensity(c!, n, pi);
        values.forEach((value, k) => {
          if (value <= 0.05) level[k]! += weight;
        });
      }
      for (const rate of level) expect(rate).toBeLessThanOrEqual(0.05 + 1e-12);
      // Boschloo's test rejects whenever Fisher's does.
      expect(level[0]!).toBeGreaterThanOrEqual(level[2]! - 1e-12);
    }
  });

  it("the exact interval of a difference covers at least as often as stated", () => {
    const [m, n] = [6, 9];
    const intervals = Array.from({ length: m + 1 }, (_, a) =>
      Array.from({ length: n + 1 }, (_, c) =>
        exactDifferenceInterval(
          { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n },
          0.9,
        ),
      ),
    );
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (p1, p0) => {
          let coverage = 0;
          for (let a = 0; a <= m; a++)
            for (let c = 0; c <= n; c++) {
              const { lower, upper } = intervals[a]![c]!;
              if (lower <= p1 - p0 && p1 - p0 <= upper)
                coverage += binomialDensity(a, m, p1) * binomialDensity(c, n, p0);
            }
          expect(coverage).toBeGreaterThanOrEqual(0.9 - 1e-9);
        },
      ),
      { seed: 31, numRuns: 60 },
    );
  });
});

describe("refusals name the field", () => {
  const refusals: readonly [string, () => unknown, RegExp][] = [
    [
      "interval of a ratio",
      () => analyseTwoProportions(spec({ measure: "risk-ratio", interval: "newcombe" }), trial),
      /interval/,
    ],
    ["interval of a difference", () => analyseTwoProportions(spec({ interval: "log-normal" }), trial), /interval/],
    [
      "margin of a pooled test",
      () => analyseTwoProportions(spec({ test: "pooled-z", nullValue: 0.1 }), trial),
      /nullValue/,
    ],
    ["margin out of range", () => analyseTwoProportions(spec({ nullValue: 1.4 }), trial), /nullValue/],
    [
      "ratio without events",
      () => analyseTwoProportions(spec({ measure: "risk-ratio", outcome: twoProportionsOutcome(-1e5) }), trial),
      /measure/,
    ],
    ["no strata", () => analyseCmh(cmh({ strata: [] }), trial), /strata/],
    ["strata by a measurement", () => analyseCmh(cmh({ strata: ["age"] }), trial), /strata\.0/],
    [
      "score without twins",
      () =>
        analyseCmh(cmh({ scoreStrata: { endpoint: "scale", visit: "week12", groups: 3 } }), { ...trial, scores: [] }),
      /score/,
    ],
  ];
  for (const [name, run, message] of refusals) it(name, () => expect(run).toThrow(message));

  it("nobody responds: the difference is 0, no number is missing", () => {
    const report = analyseTwoProportions(spec({ outcome: twoProportionsOutcome(-1e5) }), trial);
    expect(report.effects[0]!.result).toMatchObject({ estimate: 0, twoSidedPValue: 1, standardError: null });
    expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
  });
});

function twoProportionsOutcome(threshold: number): TwoProportionsSpec["outcome"] {
  return spec({ outcome: { ...outcome, threshold } as TwoProportionsSpec["outcome"] }).outcome;
}
