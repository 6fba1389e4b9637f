import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plannedPower } from "../../../lib/power/means/planned-power.ts";
import type { GainAtVisit } from "../../../lib/progression/model-document.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { plannedControlSize, plannedSize } from "../../../lib/sizing/planned-size.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { repositoryPath } from "../../support/shared.ts";
import { FIXTURE_COVARIANCE, frozenModel } from "../simulation/simulation-fixtures.ts";
import { sizingSpec } from "./sizing-arbitraries.ts";

/** One random plan with R's answers (sizing.R): noncentral t of base R, integers by counting. */
interface Plan {
  readonly sd: number;
  readonly lambda: number;
  readonly gamma: number;
  readonly r2: number;
  readonly q: number;
  readonly alpha: number;
  readonly ratio: number;
  readonly hypothesis: "superiority" | "non-inferiority";
  readonly benefit: "lower-is-better" | "higher-is-better";
  readonly dropout: number;
  readonly target: number;
  readonly margin: number;
  /** Experimental minus control. */
  readonly effect: number;
  readonly distance: number;
  readonly total: number;
  readonly experimental: number;
  readonly control: number;
  readonly power: number;
  readonly enrolledExperimental: number;
  readonly enrolledControl: number;
  readonly fixed: number;
  /** −1 = no control arm reaches the power. */
  readonly controlOnly: number;
}

const plans: Plan[] = JSON.parse(readFileSync(repositoryPath("tests/reference/sizing/sizing.json"), "utf8"));

function sized(plan: Plan) {
  const spec = sizingSpec({
    effect: plan.effect,
    margin: plan.margin,
    standardDeviation: plan.sd,
    oneSidedAlpha: plan.alpha,
    power: plan.target,
    randomizationRatio: plan.ratio,
    rSquaredAncova: plan.r2,
    rSquaredWithScore: plan.r2,
    correlationDeflation: plan.lambda,
    controlSdInflation: plan.gamma,
    dropout: plan.dropout,
    covariatesInAncova: plan.q,
    hypothesis: plan.hypothesis,
  });
  return sizeControlArm({ ...spec, benefit: plan.benefit });
}

function analysis(plan: Plan) {
  return {
    distance: plan.distance,
    standardDeviation: plan.sd,
    discountedRSquared: plan.lambda ** 2 * plan.r2,
    controlSdInflation: plan.gamma,
    covariates: plan.q,
    oneSidedAlpha: plan.alpha,
  };
}

describe("240 random plans: both hypotheses, both directions of benefit, unequal arms, discounts", () => {
  test("there are losses, unreachable control arms and unequal ratios among them", () => {
    const sign = (plan: Plan) => (plan.benefit === "higher-is-better" ? plan.effect : -plan.effect);
    expect(plans.filter((plan) => sign(plan) < 0).length).toBeGreaterThan(20);
    expect(plans.filter((plan) => plan.controlOnly < 0).length).toBeGreaterThan(5);
    expect(plans.filter((plan) => plan.ratio !== 1).length).toBeGreaterThan(150);
  });

  test("sizes, power and enrolment are R's", () => {
    for (const plan of plans) {
      const row = sized(plan).rows[1]!;
      const given = JSON.stringify(plan);
      expect(row.unroundedTotal / plan.total, given).toBeCloseTo(1, 8);
      expect([row.experimental, row.control], given).toEqual([plan.experimental, plan.control]);
      expect(row.power, given).toBeCloseTo(plan.power, 8);
      expect([row.enrolled.experimental, row.enrolled.control], given).toEqual([
        plan.enrolledExperimental,
        plan.enrolledControl,
      ]);
      expect(row.power, given).toBeGreaterThanOrEqual(plan.target);
    }
  });

  test("the control arm alone is the smallest that reaches the power, or none", () => {
    for (const plan of plans) {
      const found = plannedControlSize(analysis(plan), plan.target, plan.fixed);
      expect(found, JSON.stringify(plan)).toBe(plan.controlOnly < 0 ? null : plan.controlOnly);
    }
  });

  test("one patient fewer in each arm, or the arms in the ratio with one patient fewer, does not reach the power", () => {
    for (const plan of plans) {
      const fewer = { experimental: plan.experimental - 1, control: plan.control - 1 };
      if (Math.min(fewer.experimental, fewer.control) >= 1)
        expect(plannedPower(analysis(plan), fewer)).toBeLessThan(plan.target);
      const total = Math.ceil(plan.total) - 1;
      const inRatio = { experimental: (total * plan.ratio) / (1 + plan.ratio), control: total / (1 + plan.ratio) };
      expect(plannedPower(analysis(plan), inRatio)).toBeLessThan(plan.target);
    }
  });

  test("size grows with SD, γ, q and power, and falls with R², λ, α and distance", () => {
    const total = (plan: Plan) => plannedSize(analysis(plan), plan.target, plan.ratio).unroundedTotal;
    const slack = 1 + 1e-9;
    for (const plan of plans.slice(0, 60)) {
      const base = total(plan);
      const more = [
        { sd: 1.05 * plan.sd },
        { gamma: plan.gamma + 0.05 },
        { q: plan.q + 1 },
        { target: plan.target + 0.01 },
        { r2: plan.r2 / 2 },
        { lambda: 0.9 * plan.lambda },
        { alpha: 0.9 * plan.alpha },
        { distance: 0.95 * plan.distance },
      ];
      for (const change of more) expect(total({ ...plan, ...change }) * slack).toBeGreaterThanOrEqual(base);
    }
  });
});

test("a loss expected in a non-inferiority trial costs patients in either direction of benefit", () => {
  const base = sizingSpec({ margin: 0.5, hypothesis: "non-inferiority", effect: 0 });
  const size = (effect: number, benefit?: "lower-is-better" | "higher-is-better") =>
    sizeControlArm({
      ...base,
      effect: { value: effect, source: "user", note: "" },
      ...(benefit === undefined ? {} : { benefit }),
    }).rows[0]!.total;
  expect(size(0.2, "lower-is-better")).toBe(size(-0.2, "higher-is-better"));
  expect(size(0.2, "lower-is-better")).toBeGreaterThan(size(0, "lower-is-better"));
  expect(size(-0.2, "lower-is-better")).toBeLessThan(size(0, "lower-is-better"));
  expect(size(-0.2)).toBe(size(-0.2, "lower-is-better"));
  expect(() => size(0.5, "lower-is-better")).toThrow(/must exceed the expected loss/);
});

test("a superiority effect against the direction of benefit is called a harm", () => {
  const codes = (effect: number, benefit: "lower-is-better" | "higher-is-better") =>
    sizeControlArm({ ...sizingSpec({ effect }), benefit }).diagnostics.map(({ code }) => code);
  expect(codes(0.3, "lower-is-better")).toContain("effect-against-benefit");
  expect(codes(-0.3, "higher-is-better")).toContain("effect-against-benefit");
  expect(codes(-0.3, "lower-is-better")).not.toContain("effect-against-benefit");
  expect(codes(0.3, "higher-is-better")).not.toContain("effect-against-benefit");
});

test("the R² with score that a model gives lies within its own limits, whatever ANCOVA reached out of fold", () => {
  const interval = (value: number, half: number) => ({ value, lower: value - half, upper: value + half, level: 0.95 });
  for (const rSquaredAncova of [-0.06, -0.01, 0, 0.3]) {
    for (const r of [-0.1, 0.05, 0.3]) {
      const model = frozenModel(FIXTURE_COVARIANCE);
      const gain: GainAtVisit = {
        endpointId: "score",
        visitId: "year1",
        patients: 150,
        gain: interval(0.05, 0.1),
        partialCorrelation: interval(r, 0.12),
        allCovariateAncovaGain: interval(0, 0.1),
        rmse: { twin: 1, baselineAncova: 1, allCovariateAncova: 1, meanChange: 1, lastValueCarriedForward: 1 },
        variance: {
          standardDeviation: 6,
          rSquaredAncova: interval(rSquaredAncova, 0.1),
          rSquaredWithScore: interval(1 - (1 - rSquaredAncova) * (1 - Math.max(0, r) ** 2), 0.1),
        },
        gainClaimed: false,
      };
      const evaluation = { ...model.evaluation, gain: [gain] };
      const spec = defaultSizingSpec({ model: { ...model, evaluation }, targetEffect: -3 });
      const limits = spec.rSquaredWithScoreLimits!;
      expect(spec.rSquaredWithScore.value).toBeGreaterThanOrEqual(limits.lower - 1e-12);
      expect(spec.rSquaredWithScore.value).toBeLessThanOrEqual(limits.upper + 1e-12);
      expect(spec.rSquaredWithScore.value).toBeGreaterThanOrEqual(spec.rSquaredAncova.value - 1e-12);
      expect(spec.benefit).toBe("lower-is-better");
    }
  }
});
