import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { conditionalPower, driftOfTrend } from "../../../lib/design/conditional-power.ts";
import { predictivePower, probabilityOfSuccess } from "../../../lib/design/predictive-power.ts";
import { stagewiseInference } from "../../../lib/design/stagewise-inference.ts";
import { repositoryPath } from "../../support/shared.ts";

/** R's values at the first look of the plans, and after stopping at the second (sequential-inference.R). */
interface Row {
  readonly z: number;
  readonly underNull: number;
  readonly underDesign: number;
  readonly trend: number;
  /** Mean and SD of a normal prior of the drift. */
  readonly prior: [number, number];
  readonly predictive: number;
  readonly predictiveFlat: number;
  readonly assurance: number;
  readonly stopped: number;
  readonly pValue: number;
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

const read = (name: string) => JSON.parse(readFileSync(repositoryPath(`tests/reference/design/${name}`), "utf8"));
const plans: { t: number[]; upper: number[]; lower: (number | null)[]; drift: number }[] =
  read("sequential-plans.json");
const rows: Row[] = read("sequential-inference.json");

describe.each(rows.map((row, i) => ({ i, row, plan: plans[i]! })))("plan $i", ({ row, plan }) => {
  const upper = plan.upper;
  const lower = [...plan.lower.map((bound) => bound ?? -Infinity), upper.at(-1)!];
  const all = { informationFractions: plan.t, upper, lower };
  const remaining = {
    informationFractions: plan.t.slice(1),
    upper: upper.slice(1),
    lower: lower.slice(1),
  };
  const interim = { z: row.z, informationFraction: plan.t[0]! };

  test("conditional power at the first look", () => {
    expect(conditionalPower(interim, remaining, 0).total).toBeCloseTo(row.underNull, 7);
    expect(conditionalPower(interim, remaining, plan.drift).total).toBeCloseTo(row.underDesign, 7);
    expect(conditionalPower(interim, remaining, driftOfTrend(interim)).total).toBeCloseTo(row.trend, 7);
  });

  test("predictive power and assurance", () => {
    const [mean, standardDeviation] = row.prior;
    const normal = { kind: "normal", mean, standardDeviation } as const;
    expect(predictivePower(interim, remaining, normal).total).toBeCloseTo(row.predictive, 7);
    expect(predictivePower(interim, remaining, { kind: "flat" }).total).toBeCloseTo(row.predictiveFlat, 7);
    expect(probabilityOfSuccess(all, { mean, standardDeviation }).total).toBeCloseTo(row.assurance, 7);
  });

  test("stage-wise p-value, estimate and interval after the second look", () => {
    const found = stagewiseInference(
      { informationFractions: plan.t.slice(0, 2), efficacyBounds: upper.slice(0, 1), z: row.stopped },
      0.025,
    );
    expect(found.oneSidedPValue).toBeCloseTo(row.pValue, 9);
    expect(found.medianUnbiasedDrift).toBeCloseTo(row.median, 6);
    expect(found.lowerDrift).toBeCloseTo(row.lower, 6);
    expect(found.upperDrift).toBeCloseTo(row.upper, 6);
  });
});
