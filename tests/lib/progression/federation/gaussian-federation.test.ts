import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineFeatures } from "../../../../lib/progression/feature-encoding.ts";
import { parseFrozenModel } from "../../../../lib/progression/frozen-model.ts";
import { fitGaussianJoint } from "../../../../lib/progression/gaussian-joint/fit-gaussian-joint.ts";
import { largestRelativeDifference, planFor, runFederation, splitHistory } from "./federated-sites.ts";

describe("the federated Gaussian joint model", () => {
  it("is the pooled one, whatever the split of the patients and the missing patterns", () => {
    const pattern = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.uniqueArray(pattern, { minLength: 1, maxLength: 3, selector: (p) => [...p].sort().join() }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(0, 5, 50),
        (sites, incomplete, seed, priorWeight) => {
          const law = { sites, patterns: [[], ...incomplete], patients: 200, seed };
          const { pooled, bySite } = splitHistory(law, 4);
          const plan = planFor(pooled, sites, { member: { kind: "gaussian-joint", priorWeight } });
          const { state } = runFederation(plan, bySite);
          expect(state.record.equalsPooledFit).toBe(true);
          const reference = fitGaussianJoint(
            subjectTable(pooled),
            baselineFeatures(pooled.endpoints, pooled.covariates),
            pooled.covariates,
            { kind: "fixed", priorWeight },
            createRng(1),
          ).parameters;
          const { law: own } = state.fit;
          expect(own.features).toEqual(reference.features);
          expect(own.outcomeCounts).toEqual(reference.outcomeCounts);
          expect(largestRelativeDifference(own.mean, reference.mean)).toBeLessThan(1e-8);
          expect(largestRelativeDifference(own.covariance, reference.covariance)).toBeLessThan(1e-8);
          expect(Math.abs(own.logLikelihood / reference.logLikelihood - 1)).toBeLessThan(1e-8);
        },
      ),
      { numRuns: 12, seed: 20260801 },
    );
  });

  it("opens as a frozen model and says that it is federated", () => {
    const { pooled, bySite } = splitHistory({ sites: 3, patterns: [[], [6]], patients: 150, seed: 5 }, 4);
    const { state } = runFederation(planFor(pooled, 3), bySite);
    const model = parseFrozenModel(JSON.parse(JSON.stringify(state.model)));
    expect(model).toMatchObject({ federation: { rounds: 3, maximumRounds: 3, equalsPooledFit: true } });
    expect(state.model.evaluation.gain).toHaveLength(3);
    expect(state.model.diagnostics.map(({ code }) => code)).toContain("federated");
  });
});
