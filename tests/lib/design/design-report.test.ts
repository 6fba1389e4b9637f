import { describe, expect, it } from "vitest";
import { designReportSchema } from "../../../lib/design/design-report.ts";
import { type DesignSpec, type DesignSpecInput, designSpecSchema, planOf } from "../../../lib/design/design-spec.ts";
import { boundScaleSchema, futilityScales, zOfScale } from "../../../lib/design/futility-scale.ts";
import { boundsOfDesign, designGroupSequential } from "../../../lib/design/group-sequential-design.ts";
import { reportDesign } from "../../../lib/design/report-design.ts";
import { refusalOf } from "../../support/refusal.ts";
import { hasR } from "../../support/run-r-program.ts";
import { numbersAfter, runPrintedR } from "./run-printed-r.ts";

const method = "group-sequential-design";
const planOfDesign = (spec: DesignSpec) => planOf(spec, Number(spec.oneSidedAlpha), Number(spec.power));
const specs: Readonly<Record<string, Omit<DesignSpecInput, "method">>> = {
  "binding beta spending": {
    informationFractions: [0.33, 0.7, 1],
    futility: { kind: "beta-spending", spending: { family: "hwang-shih-decani", gamma: -2 }, binding: true },
    designEffect: 2,
    fixedSize: 200,
  },
  "binding conditional power": {
    informationFractions: [0.4, 0.7, 1],
    efficacy: { family: "wang-tsiatis", shape: 0.2 },
    futility: { kind: "scale", scale: "conditional-power-design-effect", values: [0.2, 0.3], binding: true },
  },
  "two-sided": {
    informationFractions: [0.2, 0.5, 1],
    efficacy: { family: "pocock" },
    sides: "symmetric-two-sided",
  },
  "two-sided, inner bounds by beta spending": {
    informationFractions: [0.2, 0.5, 0.75, 1],
    sides: "symmetric-two-sided",
    oneSidedAlpha: 0.05,
    power: 0.7,
    powerCounts: "either-direction",
    futility: { kind: "beta-spending", spending: { family: "kim-demets", rho: 1.5 }, binding: true },
  },
  "two-sided, error of an early look carried on": {
    informationFractions: [0.2, 0.5, 1],
    sides: "symmetric-two-sided",
    power: 0.8,
    futility: { kind: "beta-spending", spending: { family: "kim-demets", rho: 1 }, overlap: "carry" },
  },
  "Pampallona–Tsiatis, binding": {
    informationFractions: [0.3, 0.7, 1],
    efficacy: { family: "wang-tsiatis", shape: 0.1 },
    futility: { kind: "pampallona-tsiatis", shape: 0.3, binding: true },
  },
  "Pampallona–Tsiatis, two-sided, with spending": {
    informationFractions: [0.25, 0.6, 1],
    sides: "symmetric-two-sided",
    futility: { kind: "pampallona-tsiatis", shape: 0.4, binding: true },
  },
  "skipped looks": {
    informationFractions: [0.2, 0.4, 0.6, 0.8, 1],
    efficacyLooks: [false, true, false, true, true],
    futility: {
      kind: "null-spending",
      spending: { family: "kim-demets", rho: 1 },
      total: 0.6,
      looks: [true, false, true, true],
    },
  },
  "predictive power, Haybittle–Peto": {
    informationFractions: [0.5, 0.75, 1],
    efficacy: { family: "haybittle-peto", interimBound: 3 },
    futility: { kind: "scale", scale: "predictive-power", values: [0.1, null] },
  },
  "futility only": {
    informationFractions: [0.5, 0.75, 1],
    efficacy: { family: "final-only" },
    futility: { kind: "z-scale", values: [0, 0.5], binding: true },
  },
  "spending by hand": {
    informationFractions: [0.5, 0.75, 1],
    efficacy: {
      family: "user-defined",
      points: [
        { informationFraction: 0.5, share: 0.2 },
        { informationFraction: 1, share: 1 },
      ],
    },
  },
};

const parse = (spec: Omit<DesignSpecInput, "method">) => designSpecSchema.parse({ method, ...spec });

describe.skipIf(!hasR([]))("the printed R program gives the numbers of the report", () => {
  it.each(Object.keys(specs))("%s", (name) => {
    const spec = parse(specs[name]!);
    const report = reportDesign(spec);
    expect(designReportSchema.parse(report)).toEqual(report);
    const printed = runPrintedR(report.code.r);
    const [drift] = numbersAfter(printed, "drift ");
    const [inflation] = numbersAfter(printed, "inflation ");
    const design = designGroupSequential(planOfDesign(spec));
    expect(Math.abs(drift! - design.drift)).toBeLessThan(1e-8);
    expect(Math.abs(inflation! - design.inflationFactor)).toBeLessThan(1e-8);
    const table = (id: string) => report.tables.find((each) => each.id === id)!;
    spec.truths.forEach((truth, i) => {
      const [efficacy, rest] = printed.split(`truth ${truth}: efficacy `)[1]!.split(" | lower ");
      const [lower] = rest!.split(" | expected");
      efficacy!.split(" ").forEach((value, k) => {
        expect(Math.abs(Number(value) - (table("efficacy-probability").rows[k]![i + 1] as number))).toBeLessThan(1e-8);
      });
      lower!.split(" ").forEach((value, k) => {
        expect(Math.abs(Number(value) - (table("futility-probability").rows[k]![i + 1] as number))).toBeLessThan(1e-8);
      });
    });
  });
});

describe("futility on every scale", () => {
  const context = { informationFraction: 0.4, finalBound: 2, drift: 3.3 };
  it("a bound turned into any scale and back is the bound", () => {
    for (const z of [-1.2, 0, 0.4, 1.7]) {
      const scales = futilityScales(z, 0.4, 2, 3.3);
      const values = [
        z,
        scales.oneSidedPValue,
        scales.shareOfDesignEffect,
        scales.conditionalPowerDesignEffect,
        scales.conditionalPowerTrend,
        scales.predictivePowerFlatPrior,
      ];
      boundScaleSchema.options.forEach((scale, i) => {
        expect(zOfScale(scale, values[i]!, context)).toBeCloseTo(z, 6);
      });
    }
  });

  it("the same rule on another scale is the same design, binding or not", () => {
    for (const binding of [false, true]) {
      const base = parse({
        informationFractions: [0.4, 0.7, 1],
        futility: { kind: "z-scale", values: [0.1, 0.8], binding },
      });
      const design = designGroupSequential(planOfDesign(base));
      const final = design.looks.at(-1)!.efficacyZ!;
      for (const scale of boundScaleSchema.options) {
        const values = [0.1, 0.8].map((z, k) => {
          const s = futilityScales(z, base.informationFractions[k]!, final, design.drift);
          const given = {
            z,
            "p-value": s.oneSidedPValue,
            "effect-share": s.shareOfDesignEffect,
            "conditional-power-design-effect": s.conditionalPowerDesignEffect,
            "conditional-power-trend": s.conditionalPowerTrend,
            "predictive-power": s.predictivePowerFlatPrior,
          };
          return given[scale];
        });
        const same = designGroupSequential({
          ...planOfDesign(base),
          futility: { kind: "scale", scale, values, binding },
        });
        expect(same.drift, `${scale}, binding ${binding}`).toBeCloseTo(design.drift, 7);
        boundsOfDesign(same).lower.forEach((bound, k) => {
          expect(bound).toBeCloseTo(boundsOfDesign(design).lower[k]!, 6);
        });
      }
    }
  });
});

describe("inadmissible designs are refused with the field and a remedy", () => {
  const base = { informationFractions: [0.5, 1] };
  it.each([
    [{ informationFractions: [0.7, 0.5, 1] }, /informationFractions.*strictly increasing/],
    [{ informationFractions: [0.5, 0.9] }, /informationFractions.*end at 1/],
    [{ ...base, power: 0.02 }, /power must lie between the type I error 0.025 and 1/],
    [{ ...base, efficacyLooks: [true, false] }, /efficacyLooks/],
    [
      { ...base, futility: { kind: "scale", scale: "predictive-power", values: [1.2] } },
      /futility.values.0.*between 0 and 1/,
    ],
    [{ ...base, futility: { kind: "scale", scale: "effect-share", values: [0.1, 0.2] } }, /futility.values.*1 interim/],
    [
      { ...base, efficacy: { family: "user-defined", points: [{ informationFraction: 0.5, share: 0.4 }] } },
      /must end at information fraction 1/,
    ],
    [
      {
        ...base,
        sides: "symmetric-two-sided",
        futility: { kind: "null-spending", spending: { family: "lan-demets-pocock" }, total: 0.5 },
      },
      /futility.kind must be none, beta-spending.*two-sided/,
    ],
    [
      { ...base, sides: "symmetric-two-sided", futility: { kind: "z-scale", values: [-0.5] } },
      /futility.values.0 must not be negative/,
    ],
    [{ ...base, powerCounts: "either-direction" }, /powerCounts must be left out for a one-sided test/],
    [
      { ...base, power: 0.04, sides: "symmetric-two-sided", powerCounts: "either-direction" },
      /power must lie between the type I error 0.05 and 1/,
    ],
    [
      {
        ...base,
        futility: { kind: "beta-spending", spending: { family: "lan-demets-pocock" }, overlap: "carry" },
      },
      /futility.overlap must be left out/,
    ],
  ] as const)("%j", (spec, message) => {
    const refusal = refusalOf(() => reportDesign(parse(spec as unknown as Omit<DesignSpecInput, "method">)));
    expect(`${refusal?.argument} ${refusal?.message}`).toMatch(message);
  });

  it("the schema refuses an error of one half or more", () => {
    expect(designSpecSchema.safeParse({ method, ...base, oneSidedAlpha: 0.5 }).success).toBe(false);
  });
});

describe("several values in the fields of a design", () => {
  it("one line a combination, each the design of its own errors; the tables are those of the first", () => {
    const report = reportDesign(
      parse({
        ...specs["binding beta spending"]!,
        oneSidedAlpha: [0.025, 0.01],
        power: [0.8, 0.9],
        fixedSize: [200, 300],
      }),
    );
    const table = report.tables[0]!;
    expect(table.id).toBe("designs");
    expect(table.rows).toHaveLength(8);
    for (const [alpha, power, , size, z, inflation] of table.rows as number[][]) {
      const single = reportDesign(
        parse({
          ...specs["binding beta spending"]!,
          oneSidedAlpha: alpha!,
          power: Number(power!.toFixed(6)),
          fixedSize: size!,
        }),
      );
      expect(single.answer).toContain(`Z = ${z!.toFixed(4)}`);
      expect(single.answer).toContain(`inflation factor ${inflation!.toFixed(4)}`);
    }
    expect(
      reportDesign(parse({ ...specs["binding beta spending"]!, oneSidedAlpha: 0.025, power: 0.8, fixedSize: 200 }))
        .tables,
    ).toEqual(report.tables.slice(1));
  });

  it.skipIf(!hasR([]))("the printed R program has every design", () => {
    const report = reportDesign(parse({ informationFractions: [0.5, 1], oneSidedAlpha: [0.025, 0.005], power: 0.85 }));
    const printed = runPrintedR(report.code.r)
      .trim()
      .split("\n")
      .slice(-2)
      .map((line) => line.split(",").map(Number));
    report.tables[0]!.rows.forEach((row, k) => {
      expect(printed[k]![2]).toBeCloseTo(row[2] as number, 8);
      expect(printed[k]![4]).toBeCloseTo(row[3] as number, 8);
    });
  });
});
