import { describe, expect, it } from "vitest";
import { designReportSchema } from "../../../lib/design/design-report.ts";
import { analyseInterim } from "../../../lib/design/interim-analysis.ts";
import { type InterimAnalysisSpecInput, interimAnalysisSpecSchema } from "../../../lib/design/interim-analysis-spec.ts";
import { reportInterimAnalysis } from "../../../lib/design/report-interim-analysis.ts";
import { reportSampleSizeReestimation } from "../../../lib/design/report-sample-size-reestimation.ts";
import { sampleSizeReestimationSpecSchema } from "../../../lib/design/sample-size-reestimation-spec.ts";
import { hasR } from "../../support/run-r-program.ts";
import { numbersAfter, runPrintedR } from "./run-printed-r.ts";

type Stages = NonNullable<InterimAnalysisSpecInput["data"]["stages"]>;
const means = {
  endpoint: "means" as const,
  stages: [
    {
      experimental: { n: 30, mean: 1.32, standardDeviation: 1.38 },
      control: { n: 28, mean: 0.54, standardDeviation: 1.25 },
    },
    {
      experimental: { n: 31, mean: 1.1, standardDeviation: 1.5 },
      control: { n: 33, mean: 0.3, standardDeviation: 1.25 },
    },
  ],
};
const rates = {
  endpoint: "rates" as const,
  stages: [
    { experimental: { n: 30, events: 15 }, control: { n: 28, events: 10 } },
    { experimental: { n: 31, events: 19 }, control: { n: 33, events: 10 } },
    { experimental: { n: 31, events: 17 }, control: { n: 33, events: 12 } },
  ],
};
const survival = {
  endpoint: "survival" as const,
  stages: [
    { events: 40, logRank: 1.2, allocationRatio: 2 },
    { events: 90, logRank: 2.1, allocationRatio: 2 },
  ],
};
const estimates = {
  endpoint: "estimates" as const,
  stages: [
    { estimate: -2, standardError: 1.5 },
    { estimate: -2.4, standardError: 1.1 },
    { estimate: -2.2, standardError: 0.85 },
  ],
};
const base = { method: "interim-analysis" as const, oneSidedAlpha: 0.025, informationFractions: [1 / 3, 2 / 3, 1] };
const group = (efficacy: object, more: object = {}) => ({ kind: "group-sequential", efficacy, ...more });
const specs: Readonly<Record<string, object>> = {
  "means, group sequential": { ...base, test: group({ family: "lan-demets-obrien-fleming" }), data: means },
  "rates, inverse normal, null −0.05": {
    ...base,
    test: { kind: "inverse-normal", efficacy: { family: "hwang-shih-decani", gamma: -4 } },
    data: rates,
    nullValue: -0.05,
  },
  "survival, two-sided": {
    ...base,
    test: group({ family: "obrien-fleming" }, { sides: "symmetric-two-sided" }),
    data: survival,
  },
  "estimates, smaller is better, ended early": {
    ...base,
    test: group({ family: "lan-demets-obrien-fleming" }),
    data: estimates,
    benefit: "smaller",
    timing: { maximumInformation: 1.5, final: true },
  },
  "means, binding futility limits the interval": {
    ...base,
    test: group({ family: "lan-demets-pocock" }, { bindingFutility: [1.5, 2.4] }),
    data: means,
  },
  "rates, Fisher, futility limits the interval": {
    ...base,
    test: { kind: "fisher", futilityPValues: [0.6, 0.3] },
    data: rates,
    benefit: "larger",
  },
  "means, Fisher with futility": {
    ...base,
    test: { kind: "fisher", futilityPValues: [0.5, 0.4] },
    data: { ...means, stages: means.stages.slice(0, 1) },
  },
};
const parse = (spec: object) => interimAnalysisSpecSchema.parse(spec);

describe.skipIf(!hasR([]))("the printed R program gives the numbers of the interim report", () => {
  it.each(Object.keys(specs))("%s", (name) => {
    const spec = parse(specs[name]!);
    const report = reportInterimAnalysis(spec);
    expect(designReportSchema.parse(report)).toEqual(report);
    const analysis = analyseInterim(spec);
    const printed = runPrintedR(report.code.r);
    analysis.repeated.forEach(({ lower, upper }, k) => {
      const row = printed
        .split("\n")
        .find((line) => line.startsWith(`${k + 1} `))!
        .trim()
        .split(/\s+/)
        .map(Number);
      const tolerance = spec.test.kind === "fisher" ? 1e-6 : 1e-7;
      expect(Math.abs(row[5]! - lower)).toBeLessThan(tolerance);
      expect(Math.abs(row[6]! - upper)).toBeLessThan(tolerance);
    });
    if (analysis.conditionalRejection !== null)
      expect(
        Math.abs(numbersAfter(printed, "conditional rejection probability ")[0]! - analysis.conditionalRejection),
      ).toBeLessThan(1e-7);
    const { final } = analysis;
    if (final === null || final.medianUnbiased === null) return;
    expect(Math.abs(numbersAfter(printed, "final p-value ")[0]! - final.pValue)).toBeLessThan(1e-8);
    expect(Math.abs(numbersAfter(printed, "median unbiased ")[0]! - final.medianUnbiased)).toBeLessThan(1e-6);
    const [lower, upper] = numbersAfter(printed, "interval ");
    expect(Math.abs(lower! - final.lower!)).toBeLessThan(1e-6);
    expect(Math.abs(upper! - final.upper!)).toBeLessThan(1e-6);
  });
});

describe("interim analyses that cannot be done say why", () => {
  const spec = parse(specs["means, group sequential"]!);
  it("more stages than analyses, events that do not grow, another endpoint, sizes that do not fit", () => {
    const many: Stages = [...means.stages, ...means.stages];
    expect(() => analyseInterim(parse({ ...spec, data: { ...means, stages: many } }))).toThrow(/3 analyses/);
    const falling = { ...survival, stages: [survival.stages[1], survival.stages[0]] };
    expect(() => analyseInterim(parse({ ...spec, data: falling }))).toThrow(/data.stages.1.events/);
    const first = { ...means, stages: means.stages.slice(0, 1) };
    const wrong = { sizes: [60, 60], assumed: { endpoint: "survival", hazardRatio: 1.4 } };
    expect(() => analyseInterim(parse({ ...spec, data: first, stagesToCome: wrong }))).toThrow(/must be "means"/);
    const short = { sizes: [60], assumed: { endpoint: "means", effect: 0.5, standardDeviation: 1 } };
    expect(() => analyseInterim(parse({ ...spec, data: first, stagesToCome: short }))).toThrow(/2 remaining/);
  });

  it("realised information needs a spending function", () => {
    const plan = { ...base, test: group({ family: "pocock" }), data: estimates, timing: { maximumInformation: 1.5 } };
    expect(() => analyseInterim(parse(plan))).toThrow(/spending function/);
  });

  it("an arm without any event still has an interval", () => {
    const none = { endpoint: "rates", stages: [{ experimental: { n: 30, events: 0 }, control: { n: 30, events: 0 } }] };
    const [interval] = analyseInterim(parse({ ...spec, data: none })).repeated;
    expect(interval!.lower).toBeLessThan(0);
    expect(interval!.upper).toBeGreaterThan(0);
    expect(interval!.pValue).toBe(0.5);
  });
});

describe("sample-size re-estimation", () => {
  const unblinded = {
    kind: "unblinded",
    oneSidedAlpha: 0.025,
    informationFractions: [1 / 3, 2 / 3, 1],
    test: { kind: "inverse-normal", efficacy: { family: "lan-demets-obrien-fleming" } },
    data: {
      endpoint: "means",
      stages: [
        {
          experimental: { n: 30, mean: 0.9, standardDeviation: 1.38 },
          control: { n: 28, mean: 0.4, standardDeviation: 1.25 },
        },
      ],
    },
    plannedSizes: [60, 60],
    maximum: 600,
    targetPower: 0.8,
  };
  const report = (approach: object) =>
    reportSampleSizeReestimation(
      sampleSizeReestimationSpecSchema.parse({ method: "sample-size-reestimation", approach }),
    );
  const power = (table: ReturnType<typeof report>, row: number) =>
    table.tables.find(({ id }) => id === "conditional-power")!.rows[row]![1] as number;

  it("sizes grow until the conditional power is reached, within the limits", () => {
    const result = report(unblinded);
    expect(power(result, 0)).toBeLessThan(0.8);
    expect(power(result, 1)).toBeGreaterThanOrEqual(0.8);
    expect(power(result, 1)).toBeLessThan(0.81);
    const capped = report({ ...unblinded, maximum: 130 });
    expect(power(capped, 1)).toBeLessThan(0.8);
    expect(capped.diagnostics.map(({ code }) => code)).toEqual(["maximum-reached"]);
  });

  it("outside the promising zone sizes stay", () => {
    const result = report({ ...unblinded, promisingFrom: 0.75 });
    expect(result.answer).toMatch(/unfavourable: sizes stay/);
    expect(power(result, 1)).toBe(power(result, 0));
  });

  it("refuses the ordinary group sequential test, and a trial that has ended", () => {
    expect(() => report({ ...unblinded, test: { ...unblinded.test, kind: "group-sequential" } })).toThrow(
      /ordinary group sequential test does not keep/,
    );
    const ended = { endpoint: "survival", stages: [{ events: 60, logRank: 5, allocationRatio: 1 }] };
    expect(() => report({ ...unblinded, data: ended })).toThrow(/has ended/);
  });

  it("blinded: the planned standard deviation gives the planned size, the adjusted one is smaller", () => {
    const blinded = { kind: "blinded-variance", pilotSize: 80, effect: 3, plannedTotal: 100, maximum: 500, power: 0.9 };
    const size = (more: object) => {
      const row = report({ ...blinded, pilotStandardDeviation: 7, ...more }).tables[0]!.rows[0]!;
      return { sd: row[0] as number, total: row[4] as number, power: row[5] as number };
    };
    const lumped = size({});
    expect(lumped.total).toBe(232);
    expect(lumped.power).toBeGreaterThanOrEqual(0.9);
    const adjusted = size({ estimator: "adjusted" });
    expect(adjusted.sd).toBeCloseTo(Math.sqrt(49 - ((80 / 79) * 9) / 4), 12);
    expect(adjusted.total).toBeLessThan(lumped.total);
    expect(() => size({ estimator: "adjusted", effect: 30 })).toThrow(/pilot.standardDeviation/);
  });

  it.skipIf(!hasR([]))("the printed R programs give the same sizes", () => {
    const result = report(unblinded);
    const printed = runPrintedR(result.code.r);
    expect(Math.abs(numbersAfter(printed, "as planned ")[0]! - power(result, 0))).toBeLessThan(1e-8);
    expect(numbersAfter(printed, "new sizes ")).toEqual(result.tables[0]!.rows.map((row) => row[3]));
    const blinded = report({
      kind: "blinded-variance",
      pilotSize: 60,
      pilotStandardDeviation: 7,
      effect: 3,
      plannedTotal: 200,
      maximum: 400,
      estimator: "adjusted",
      allocationRatio: 2,
    });
    expect(numbersAfter(runPrintedR(blinded.code.r), "sizes ")).toEqual(blinded.tables[0]!.rows[0]!.slice(2, 4));
  });
});
