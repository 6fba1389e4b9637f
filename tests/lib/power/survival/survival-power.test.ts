import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { powerReportSchema, reportNumber } from "../../../../lib/power/power-report.ts";
import { computeSurvival } from "../../../../lib/power/survival/survival-power.ts";
import { survivalPowerSpecSchema } from "../../../../lib/power/survival/survival-power-spec.ts";
import { refusalOf } from "../../../support/refusal.ts";
import { hasR, runRProgram } from "../../../support/run-r-program.ts";

type Input = Omit<z.input<typeof survivalPowerSpecSchema>, "method">;
const compute = (input: Input) => computeSurvival(survivalPowerSpecSchema.parse({ method: "survival", ...input }));

const course = { controlMedian: 10, accrualDuration: 12, followUp: 12 };
const piecewise = {
  controlHazard: { changes: [3, 9], rates: [0.02, 0.06, 0.04] },
  accrual: { durations: [4, 2, 6], rates: [1, 3, 2] },
  followUp: 10,
  dropout: 0.1,
  dropoutExperimental: 0.15,
  dropoutTime: 12,
};

const cases: readonly [string, Input][] = [
  ["sizes, several values", { ...course, hazardRatio: [0.6, 0.75], power: [0.8, 0.9], ratio: [1, 2] }],
  ["sizes, piecewise, whole blocks", { ...piecewise, hazardRatio: 0.65, ratio: 1.5, rounding: "whole-blocks" }],
  [
    "sizes, Lachin and Foulkes, margin",
    { ...piecewise, convention: "lachin-foulkes", hazardRatio: 0.9, nullHazardRatio: 1.3 },
  ],
  ["sizes, two-sided, both tails", { ...course, hazardRatio: 0.5, sides: 2, bothTails: true, power: 0.6, alpha: 0.2 }],
  ["events", { solveFor: "events", hazardRatio: [0.5, 1.4], convention: "freedman", ratio: 2 }],
  ["power of events", { solveFor: "power", events: [50, 100, 200], hazardRatio: 0.7, convention: "hsieh-freedman" }],
  ["power", { ...piecewise, solveFor: "power", total: [200, 400], hazardRatio: 0.7 }],
  [
    "power, Lachin and Foulkes",
    { ...piecewise, solveFor: "power", total: 300, hazardRatio: 0.7, convention: "lachin-foulkes" },
  ],
  ["hazard ratio", { ...piecewise, solveFor: "effect", total: 300 }],
  ["hazard ratio above 1", { solveFor: "effect", events: 150, direction: "greater", convention: "freedman" }],
  ["alpha", { ...course, solveFor: "alpha", total: 200, hazardRatio: 0.7 }],
  ["duration", { ...piecewise, followUp: undefined, solveFor: "duration", total: 500, hazardRatio: 0.65 }],
  [
    "duration, Lachin and Foulkes",
    {
      controlMedian: 8,
      accrualDuration: 10,
      solveFor: "duration",
      total: 320,
      hazardRatio: 0.65,
      convention: "lachin-foulkes",
    },
  ],
];

describe("the R program of a survival calculation gives the same numbers", () => {
  const reports = cases.map(([, input]) => compute(input));
  const program = reports
    .map(({ code }, k) => `result_${k} <- local({\n${code.r}\ncbind(settings, answers)\n})`)
    .join("\n");
  const found = hasR([])
    ? runRProgram(
        program,
        {},
        reports.map((_, k) => `result_${k}`),
      )
    : null;
  cases.forEach(([name], k) => {
    it(name, () => {
      const report = reports[k]!;
      expect(powerReportSchema.safeParse(report).error).toBeUndefined();
      expect(report.statement).not.toMatch(/NaN|undefined/);
      if (found === null) return;
      const columns = found[`result_${k}`]!;
      report.resultKeys.forEach((key, j) => {
        const wanted = columns[key];
        if (wanted === undefined) throw new Error(`the program has no column ${key}`);
        report.results.rows.forEach((row, i) => {
          const difference = Math.abs(Number(row[j]) - Number(wanted[i]));
          expect(difference, `${key}, row ${i + 1}`).toBeLessThanOrEqual(
            2e-8 * Math.max(Math.abs(Number(wanted[i])), 1e-3),
          );
        });
      });
    });
  });
});

describe("rpact gives the same sizes", () => {
  it("piecewise hazards, entry and dropout", { timeout: 60_000 }, () => {
    if (!hasR(["rpact"])) return;
    const program = `library(rpact)
answers <- do.call(rbind, lapply(c("Schoenfeld", "Freedman", "HsiehFreedman"), function(type) {
  plan <- getSampleSizeSurvival(alpha = 0.025, beta = 0.1, sided = 1, typeOfComputation = type, hazardRatio = 0.65,
    lambda2 = c(0.02, 0.06, 0.04), piecewiseSurvivalTime = c(0, 3, 9), allocationRatioPlanned = 1.5,
    accrualTime = c(0, 4, 6, 12), accrualIntensity = c(0.1, 0.3, 0.2), followUpTime = 10,
    dropoutRate1 = 0.15, dropoutRate2 = 0.1, dropoutTime = 12)
  data.frame(events = plan$eventsFixed, n = plan$nFixed)
}))`;
    const { answers } = runRProgram(program, {}, ["answers"]);
    (["schoenfeld", "freedman", "hsieh-freedman"] as const).forEach((convention, k) => {
      const report = compute({ ...piecewise, hazardRatio: 0.65, ratio: 1.5, convention });
      expect(reportNumber(report, "unrounded")! / Number(answers!.n![k])).toBeCloseTo(1, 7);
      expect(reportNumber(report, "unroundedEvents")! / Number(answers!.events![k])).toBeCloseTo(1, 7);
    });
  });
});

describe("the questions agree with each other", () => {
  const conventions = ["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes"] as const;
  for (const convention of conventions) {
    it(convention, () => {
      const size = compute({ ...piecewise, convention, hazardRatio: 0.7, power: 0.85 });
      const total = reportNumber(size, "unrounded")!;
      const asked = { ...piecewise, convention, total };
      expect(reportNumber(compute({ ...asked, solveFor: "power", hazardRatio: 0.7 }), "answer")).toBeCloseTo(0.85, 9);
      expect(reportNumber(compute({ ...asked, solveFor: "effect", power: 0.85 }), "answer")).toBeCloseTo(0.7, 9);
      expect(
        reportNumber(compute({ ...asked, solveFor: "alpha", hazardRatio: 0.7, power: 0.85 }), "answer"),
      ).toBeCloseTo(0.025, 9);
      const duration = compute({ ...asked, followUp: undefined, solveFor: "duration", hazardRatio: 0.7, power: 0.85 });
      expect(reportNumber(duration, "followUp")).toBeCloseTo(10, 7);
    });
  }

  it("swapping the arms and the ratio leaves Schoenfeld's events alone", () => {
    const one = compute({ solveFor: "events", hazardRatio: 0.6, ratio: 3 });
    const other = compute({ solveFor: "events", hazardRatio: 1 / 0.6, ratio: 1 / 3 });
    expect(reportNumber(one, "unroundedEvents")).toBeCloseTo(reportNumber(other, "unroundedEvents")!, 9);
  });
});

describe("a survival plan that cannot be is refused by the field at fault", () => {
  const refusals: readonly [string, Input, string][] = [
    ["no median", { hazardRatio: 0.7, accrualDuration: 12, followUp: 12 }, "controlMedian"],
    ["no hazard ratio", { ...course }, "hazardRatio"],
    ["hazard ratio 1", { ...course, hazardRatio: 1 }, "hazardRatio"],
    ["negative hazard ratio", { ...course, hazardRatio: -0.5 }, "hazardRatio"],
    ["power below alpha", { ...course, hazardRatio: 0.7, power: 0.01 }, "power"],
    ["alpha one half", { ...course, hazardRatio: 0.7, alpha: 0.6 }, "alpha"],
    ["median and hazards", { ...course, ...piecewise, hazardRatio: 0.7 }, "controlMedian"],
    [
      "decreasing changes",
      { ...course, controlMedian: undefined, controlHazard: { changes: [5, 2], rates: [1, 1, 1] }, hazardRatio: 0.7 },
      "controlHazard.changes",
    ],
    [
      "nobody enters",
      { ...course, accrualDuration: undefined, accrual: { durations: [5], rates: [0] }, hazardRatio: 0.7 },
      "accrual.rates",
    ],
    [
      "events with Lachin and Foulkes",
      { solveFor: "events", hazardRatio: 0.7, convention: "lachin-foulkes" },
      "solveFor",
    ],
    [
      "margin with Freedman",
      { ...course, hazardRatio: 0.9, nullHazardRatio: 1.3, convention: "freedman" },
      "nullHazardRatio",
    ],
    [
      "fewer subjects than events",
      { controlMedian: 10, accrualDuration: 12, solveFor: "duration", total: 50, hazardRatio: 0.7 },
      "total",
    ],
    [
      "events lost to dropout",
      { controlMedian: 10, accrualDuration: 12, dropout: 0.9, solveFor: "duration", total: 400, hazardRatio: 0.7 },
      "total",
    ],
    ["total with the size solved for", { ...course, hazardRatio: 0.7, total: 100 }, "total"],
  ];
  for (const [name, input, field] of refusals) {
    it(name, () => {
      expect(refusalOf(() => compute(input))?.argument).toBe(field);
    });
  }
});
