import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { EfficacyBoundary } from "../../../lib/design/efficacy-bound.ts";
import { type FutilityRule, futilityRuleSchema } from "../../../lib/design/futility-bound.ts";
import { boundsOfDesign, designGroupSequential } from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import { repositoryPath } from "../../support/shared.ts";

/** One random plan solved by R with multivariate normal rectangles (sequential-plans.R). */
interface Plan {
  readonly t: number[];
  readonly alpha: number;
  readonly power: number;
  readonly efficacy: EfficacyBoundary;
  readonly futility: FutilityRule;
  readonly drift: number;
  readonly upper: number[];
  readonly lower: (number | null)[];
  readonly inflation: number;
  readonly upUnderNull: number[];
  readonly downUnderNull: number[];
  readonly upUnderDesign: number[];
  readonly downUnderDesign: number[];
  /** Expected information over that of the fixed design: under no effect, half the effect, the effect. */
  readonly information: [number, number, number];
}

const plans: Plan[] = JSON.parse(readFileSync(repositoryPath("tests/reference/design/sequential-plans.json"), "utf8"));

function near(found: number, wanted: number, what: string, tolerance = 1e-7) {
  expect(Math.abs(found - wanted), what).toBeLessThan(tolerance);
}

test("the plans hold every kind of futility, binding or not, and up to four looks", () => {
  const kinds = new Set(
    plans.map(({ futility }) => `${futility.kind} ${futility.kind !== "none" && futility.binding}`),
  );
  expect([...kinds].sort()).toEqual([
    "beta-spending false",
    "beta-spending true",
    "none false",
    "z-scale false",
    "z-scale true",
  ]);
  expect(new Set(plans.map(({ t }) => t.length))).toEqual(new Set([2, 3, 4]));
});

test.each(plans.map((plan, i) => ({ i, plan })))("plan $i: $plan.efficacy.family, $plan.futility.kind", ({ plan }) => {
  const design = designGroupSequential({
    oneSidedAlpha: plan.alpha,
    power: plan.power,
    informationFractions: plan.t,
    efficacy: plan.efficacy,
    futility: futilityRuleSchema.parse(plan.futility),
  });
  near(design.drift, plan.drift, "drift");
  near(design.inflationFactor, plan.inflation, "inflation");
  const bounds = boundsOfDesign(design);
  for (const [k, value] of plan.upper.entries()) near(bounds.upper[k]!, value, `upper ${k + 1}`, 1e-6);
  for (const [k, value] of plan.lower.entries()) {
    if (value === null) expect(bounds.lower[k]).toBe(-Infinity);
    else near(bounds.lower[k]!, value, `lower ${k + 1}`, 1e-6);
  }
  const underNull = powerOfDesign(bounds, 0);
  const underDesign = powerOfDesign(bounds, design.drift);
  for (const k of plan.t.keys()) {
    near(underNull.efficacy[k]!, plan.upUnderNull[k]!, `efficacy under H0 ${k + 1}`);
    near(underNull.futility[k]!, plan.downUnderNull[k]!, `futility under H0 ${k + 1}`);
    near(underDesign.efficacy[k]!, plan.upUnderDesign[k]!, `efficacy under the effect ${k + 1}`);
    near(underDesign.futility[k]!, plan.downUnderDesign[k]!, `futility under the effect ${k + 1}`);
  }
  near(design.expectedInformation.underNull, plan.information[0], "information under H0");
  near(design.expectedInformation.underHalfEffect, plan.information[1], "information under half the effect");
  near(design.expectedInformation.underDesignEffect, plan.information[2], "information under the effect");
});
