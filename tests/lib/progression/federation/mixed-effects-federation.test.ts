import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineFeatures } from "../../../../lib/progression/feature-encoding.ts";
import type { FederatedMember } from "../../../../lib/progression/federation/federation-plan.ts";
import { parseFrozenModel } from "../../../../lib/progression/frozen-model.ts";
import { mixedEffectsMember } from "../../../../lib/progression/mixed-effects/mixed-effects-member.ts";
import {
  MIXED_EFFECTS_DEFAULTS,
  type MixedEffectsParameters,
} from "../../../../lib/progression/mixed-effects/mixed-effects-parameters.ts";
import { trainingSet } from "../../../../lib/progression/training-set.ts";
import { largestRelativeDifference, planFor, runFederation, splitHistory } from "./federated-sites.ts";

type MixedMember = Extract<FederatedMember, { kind: "mixed-effects" }>;
const member: MixedMember = {
  kind: "mixed-effects",
  ...MIXED_EFFECTS_DEFAULTS,
  timeFunctions: "chosen",
  shrinkage: "none",
  priorWeight: 10,
};

function pooledFit(data: LongDataSet, options: MixedMember): MixedEffectsParameters {
  const features = baselineFeatures(data.endpoints, data.covariates);
  const { training } = trainingSet(subjectTable(data), features, data.covariates);
  return mixedEffectsMember.train(training, options, createRng(1), () => {});
}

/** Every number of a fit, group by group. */
function groups(fit: MixedEffectsParameters): [string, number[]][] {
  return [
    [
      "feature law",
      [...fit.features.mean, ...fit.features.covariance, ...fit.features.centre, ...fit.features.deviation],
    ],
    ...fit.courses.flatMap((course, e): [string, number[]][] => [
      [`coefficients ${e}`, course.coefficients],
      [`covariance of coefficients ${e}`, course.coefficientCovariance],
      [`random effects ${e}`, [...course.randomFactor, 0, course.residual.variance]],
      [`likelihood ${e}`, [course.minusTwoLogLikelihood]],
    ]),
    ["association", [...fit.randomCorrelation, ...fit.residualCorrelation]],
  ];
}

function expectEqual(own: MixedEffectsParameters, reference: MixedEffectsParameters): void {
  expect(own.courses.map(({ knots }) => knots.length)).toEqual(reference.courses.map(({ knots }) => knots.length));
  const others = new Map(groups(reference));
  for (const [what, values] of groups(own))
    expect(largestRelativeDifference(values, others.get(what)!), what).toBeLessThan(1e-8);
}

describe("the federated mixed-effects model", () => {
  it("is the pooled one over actual days, whatever the split of the patients", () => {
    const options: MixedMember = { ...member, timeFunctions: 1, residual: "independent" };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 1e6 }), (sites, seed) => {
        const { pooled, bySite } = splitHistory({ sites, patterns: [[], [6], [0, 5]], patients: 120, seed }, 4);
        const { state } = runFederation(planFor(pooled, sites, { member: options, evaluation: "none" }), bySite);
        expect(state.record.equalsPooledFit).toBe(true);
        expectEqual(state.fit.member as MixedEffectsParameters, pooledFit(pooled, options));
      }),
      { numRuns: 5, seed: 20260805, endOnFailure: true },
    );
  });

  it("makes the same choices of time course and covariance", () => {
    const { pooled, bySite } = splitHistory({ sites: 2, patterns: [[], [6]], patients: 80, seed: 77 }, 4);
    const { state } = runFederation(planFor(pooled, 2, { member, evaluation: "none" }), bySite);
    expectEqual(state.fit.member as MixedEffectsParameters, pooledFit(pooled, member));
  });

  it("ties endpoints together, is evaluated site by site, and opens as a frozen model", () => {
    const law = { sites: 2, patterns: [[]], patients: 60, seed: 31 };
    const { pooled, bySite } = splitHistory(law, 4, { endpoints: 2, effect: 6 });
    const plan = planFor(pooled, 2, { member: { ...member, timeFunctions: 1, residual: "independent" } });
    const { state, answers } = runFederation(plan, bySite);
    const own = state.fit.member as MixedEffectsParameters;
    expect(own.courses).toHaveLength(2);
    expect(own.associationStandardError).toBeGreaterThan(0);
    expect(state.record.rounds).toBeLessThan(plan.maximumRounds);
    expect(state.model.evaluation.gain).toHaveLength(6);
    expect(parseFrozenModel(JSON.parse(JSON.stringify(state.model))).hash).toBe(state.model.hash);
    for (const { patients } of answers) expect(patients).toBeGreaterThanOrEqual(plan.minimumSite);
  });
});
