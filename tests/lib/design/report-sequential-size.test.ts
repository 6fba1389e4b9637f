import { describe, expect, it } from "vitest";
import { reportSequentialMeans } from "../../../lib/design/report-sequential-means.ts";
import { reportSequentialRates } from "../../../lib/design/report-sequential-rates.ts";
import { sequentialMeansSpecSchema, sequentialRatesSpecSchema } from "../../../lib/design/sequential-size-spec.ts";
import { computePower } from "../../../lib/power/compute-power.ts";
import { type PowerReport, powerReportSchema, reportNumber } from "../../../lib/power/power-report.ts";
import { powerSpecSchema } from "../../../lib/power/power-spec.ts";
import { refusalOf } from "../../support/refusal.ts";
import { hasR } from "../../support/run-r-program.ts";
import { runR } from "../power/run-printed-program.ts";

const looks = { informationFractions: [0.3, 0.7, 1] };
const futility = {
  kind: "beta-spending" as const,
  spending: { family: "hwang-shih-decani" as const, gamma: -2 },
  binding: false,
};
type MeansInput = Parameters<typeof sequentialMeansSpecSchema.parse>[0] & object;
const means = (spec: MeansInput): PowerReport =>
  reportSequentialMeans(sequentialMeansSpecSchema.parse({ method: "sequential-means", ...looks, ...spec }));
const rates = (spec: MeansInput): PowerReport =>
  reportSequentialRates(sequentialRatesSpecSchema.parse({ method: "sequential-rates", ...looks, ...spec }));

const reports: readonly [string, () => PowerReport][] = [
  ["means, sizes", () => means({ effect: [0.4, -0.6], standardDeviation: 1.1, ratio: [1, 2], futility })],
  [
    "means, power",
    () =>
      means({
        solveFor: "power",
        total: [150, 300],
        effect: [0, 0.3, -0.2],
        standardDeviation: 1.1,
        direction: "greater",
        futility,
      }),
  ],
  [
    "means, two-sided, normal",
    () =>
      means({
        effect: 0.4,
        standardDeviation: 1.1,
        sides: "symmetric-two-sided",
        efficacy: { family: "pocock" },
        convention: "normal",
      }),
  ],
  [
    "means, two-sided power",
    () => means({ solveFor: "power", total: 150, effect: 0.3, standardDeviation: 1.1, sides: "symmetric-two-sided" }),
  ],
  [
    "means, non-inferiority",
    () =>
      means({
        effect: 0,
        nullValue: -0.5,
        standardDeviation: 1.1,
        futility: { kind: "z-scale", values: [0, null], binding: true },
      }),
  ],
  ["rates, sizes", () => rates({ experimentalRate: [0.4, 0.15], controlRate: 0.25, ratio: 2, futility })],
  [
    "rates, risk ratio",
    () =>
      rates({ experimentalRate: 0.4, controlRate: 0.4, measure: "risk-ratio", nullValue: 0.8, convention: "unpooled" }),
  ],
  ["rates, odds ratio", () => rates({ experimentalRate: 0.4, controlRate: 0.25, measure: "odds-ratio" })],
  [
    "rates, power",
    () =>
      rates({
        solveFor: "power",
        total: 300,
        experimentalRate: [0.25, 0.4, 0.2],
        controlRate: 0.25,
        direction: "greater",
        futility,
      }),
  ],
  [
    "means, several errors and powers",
    () => means({ effect: 0.4, standardDeviation: 1.1, oneSidedAlpha: [0.025, 0.01], power: [0.8, 0.9], futility }),
  ],
  [
    "means, effect",
    () =>
      means({
        solveFor: "effect",
        total: [150, 300],
        oneSidedAlpha: [0.025, 0.005],
        standardDeviation: 1.1,
        ratio: 3,
        futility,
      }),
  ],
  [
    "means, effect downwards",
    () =>
      means({
        solveFor: "effect",
        total: 150,
        nullValue: 0.2,
        standardDeviation: 1.1,
        direction: "less",
        sides: "symmetric-two-sided",
        convention: "normal",
      }),
  ],
  [
    "means, alpha",
    () =>
      means({
        solveFor: "alpha",
        total: [150, 250],
        effect: 0.4,
        power: [0.8, 0.95],
        standardDeviation: 1.1,
        futility: { ...futility, binding: true },
      }),
  ],
  ["rates, effect", () => rates({ solveFor: "effect", total: 300, controlRate: [0.25, 0.5], direction: "greater" })],
  [
    "rates, effect downwards",
    () =>
      rates({
        solveFor: "effect",
        total: 300,
        controlRate: 0.5,
        direction: "less",
        measure: "risk-ratio",
        nullValue: 0.9,
      }),
  ],
  [
    "rates, alpha",
    () =>
      rates({
        solveFor: "alpha",
        total: 300,
        experimentalRate: 0.4,
        controlRate: 0.25,
        measure: "odds-ratio",
        futility: { kind: "pampallona-tsiatis", shape: 0.1, binding: false },
      }),
  ],
  [
    "rates, power downwards",
    () =>
      rates({ solveFor: "power", total: 300, experimentalRate: [0.25, 0.12], controlRate: 0.25, direction: "less" }),
  ],
];

describe("sizes of group sequential trials", () => {
  it.each(reports)("%s: a report of the one type, without gaps", (_, make) => {
    const report = make();
    expect(powerReportSchema.safeParse(report).success).toBe(true);
    expect(report.results.rows.flat().every((cell) => typeof cell === "number" && Number.isFinite(cell))).toBe(true);
    expect(report.tables[0]!.rows.length).toBe(3);
    expect(report.statement).not.toMatch(/NaN|undefined/);
  });

  it("one analysis needs the fixed size, and more analyses a little more at most and less on average", () => {
    const fixed = reportNumber(
      computePower(powerSpecSchema.parse({ method: "two-means", effect: 0.4, standardDeviation: 1.1 })),
      "unrounded",
    )!;
    const single = means({ effect: 0.4, standardDeviation: 1.1, informationFractions: [1] });
    expect(reportNumber(single, "unrounded")! / fixed).toBeCloseTo(1, 8);
    const three = means({ effect: 0.4, standardDeviation: 1.1 });
    expect(reportNumber(three, "unrounded")!).toBeGreaterThan(fixed);
    expect(reportNumber(three, "expected")!).toBeLessThan(fixed);
  });

  it("a trial of the size found has the power, and without effect the error; with two variances nearly", () => {
    for (const [convention, digits] of [
      ["unpooled", 8],
      ["pooled", 3],
    ] as const) {
      const sizes = rates({ experimentalRate: 0.4, controlRate: 0.25, ratio: 2, convention });
      const total = reportNumber(sizes, "unrounded")!;
      const operation = rates({
        solveFor: "power",
        total,
        ratio: 2,
        experimentalRate: [0.4, 0.25],
        controlRate: 0.25,
        direction: "greater",
        convention,
      });
      expect(reportNumber(operation, "answer", 0)).toBeCloseTo(0.9, digits);
      expect(reportNumber(operation, "answer", 1)).toBeCloseTo(0.025, 8);
      expect(reportNumber(operation, "expected", 0)).toBeCloseTo(
        reportNumber(sizes, "expected")!,
        convention === "pooled" ? -1 : 5,
      );
    }
  });

  it("a benefit downwards mirrors one upwards, bounds on the effect scale included", () => {
    const [upwards, downwards] = [0.4, -0.4].map((effect) => means({ effect, standardDeviation: 1.1, futility }));
    expect(reportNumber(downwards!, "unrounded")).toBe(reportNumber(upwards!, "unrounded"));
    for (const [k, row] of upwards!.tables[0]!.rows.entries())
      expect(downwards!.tables[0]!.rows[k]![5]).toBeCloseTo(-(row[5] as number), 12);
  });

  it.each<[() => PowerReport, string]>([
    [() => means({ effect: 0, standardDeviation: 1 }), "effect"],
    [() => means({ effect: -1, standardDeviation: 1, direction: "greater" }), "effect"],
    [() => means({ effect: 1, standardDeviation: 0 }), "standardDeviation"],
    [() => means({ effect: 1, standardDeviation: 1, total: 100 }), "total"],
    [() => means({ effect: 1, standardDeviation: 1, solveFor: "power" }), "total"],
    [() => means({ effect: 1, standardDeviation: 1, solveFor: "power", total: 1 }), "total"],
    [
      () => means({ effect: 1, standardDeviation: 1, solveFor: "alpha", total: 90, oneSidedAlpha: 0.025 }),
      "oneSidedAlpha",
    ],
    [() => means({ effect: 0, standardDeviation: 1, solveFor: "alpha", total: 90 }), "effect"],
    [() => means({ effect: 1, standardDeviation: 1, solveFor: "effect", total: 90 }), "effect"],
    [() => means({ standardDeviation: 1, solveFor: "effect", total: 90, power: 0.01 }), "power"],
    [() => rates({ controlRate: 0.9, solveFor: "effect", total: 20, power: 0.99 }), "power"],
    [() => rates({ experimentalRate: 0.3, controlRate: 0.3, measure: "risk-ratio", nullValue: 0 }), "nullValue"],
    [() => means({ effect: 1e-7, standardDeviation: 1 }), "effect"],
    [() => means({ effect: 1, standardDeviation: 1, power: 0.02 }), "power"],
    [() => rates({ experimentalRate: 0.3, controlRate: 0.3 }), "experimentalRate"],
    [() => rates({ experimentalRate: 1.3, controlRate: 0.3 }), "experimentalRate"],
  ])("refuses bad plans by field (%#)", (make, argument) => {
    expect(refusalOf(make)?.argument).toBe(argument);
  });
});

describe.skipIf(!hasR([]))("the printed R program gives the answers of the report", () => {
  const made = reports.map(([name, make]) => [name, make()] as const);
  const printed = runR(made.map(([, report]) => report.code.r));
  it.each(made.map(([name], i) => [name, i] as const))("%s", (_, i) => {
    const report = made[i]![1];
    for (const [column, key] of printed[i]!.columns.entries())
      for (const [row, cells] of printed[i]!.rows.entries()) {
        const ours = report.results.rows[row]![report.resultKeys.indexOf(key)] as number;
        expect(Math.abs(ours - cells[column]!), `${key}: ${ours} against ${cells[column]}`).toBeLessThan(
          Math.max(1e-6 * Math.abs(cells[column]!), 1e-8),
        );
      }
  });
});
