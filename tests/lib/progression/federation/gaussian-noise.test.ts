import { describe, expect, it } from "vitest";
import { normalCdf } from "../../../../lib/numerics/normal.ts";
import { analyticNoise, releaseSensitivity } from "../../../../lib/progression/federation/gaussian-noise.ts";
import { planFor, runFederation, splitHistory } from "./federated-sites.ts";

describe("noise", () => {
  it.each([
    [0.1, 1e-5],
    [1, 1e-5],
    [5, 1e-8],
  ])("is the least that ε = %d, δ = %d allow, and less than the classical bound asks for", (epsilon, delta) => {
    const sigma = analyticNoise(epsilon, delta, 1);
    const spent = (s: number) =>
      normalCdf(1 / (2 * s) - epsilon * s) - Math.exp(epsilon) * normalCdf(-1 / (2 * s) - epsilon * s);
    expect(spent(sigma)).toBeLessThanOrEqual(delta * (1 + 1e-9));
    expect(spent(0.999 * sigma)).toBeGreaterThan(delta);
    if (epsilon <= 1) expect(sigma).toBeLessThan(Math.sqrt(2 * Math.log(1.25 / delta)) / epsilon);
    expect(analyticNoise(epsilon, delta, 7)).toBeCloseTo(7 * sigma, 8);
  });

  it("is for one patient's count, values and products, each of at most 1", () => {
    expect(releaseSensitivity(2) ** 2).toBeCloseTo(1 + 2 + 3, 12);
  });

  it("is spent in one round, makes a usable model that claims nothing, and says that it is not the pooled one", () => {
    const { pooled, bySite } = splitHistory({ sites: 2, patterns: [[]], patients: 2000, seed: 3 }, 4);
    const plan = planFor(pooled, 2, {
      evaluation: "none",
      noise: {
        epsilon: 50,
        delta: 1e-6,
        endpointRanges: [{ endpointId: "score1", range: { minimum: -10, maximum: 60 } }],
        covariateRanges: ["x1", "x2"].map((covariateId) => ({ covariateId, range: { minimum: -4, maximum: 4 } })),
      },
    });
    const { state, answers } = runFederation(plan, bySite);
    expect(state.record).toMatchObject({ rounds: 1, maximumRounds: 1, equalsPooledFit: false });
    expect(state.model.diagnostics.map(({ code }) => code)).toContain("noise-added");
    for (const value of [...state.fit.law.mean, ...state.fit.law.covariance]) expect(Number.isFinite(value)).toBe(true);
    const truth = runFederation(planFor(pooled, 2, { evaluation: "none" }), bySite).state.fit.law;
    for (const [k, mean] of state.fit.law.mean.entries())
      expect(Math.abs(mean - truth.mean[k]!)).toBeLessThan(Math.sqrt(truth.covariance[k * (truth.mean.length + 1)]!));
    expect(answers.flatMap(({ answers: own }) => own)).toHaveLength(2);
    expect(JSON.stringify(answers)).not.toContain("seed");
  });

  it("is refused where further rounds would spend it again", () => {
    const { pooled } = splitHistory({ sites: 2, patterns: [[]], patients: 50, seed: 3 }, 4);
    const noise = { epsilon: 1, delta: 1e-6, endpointRanges: [], covariateRanges: [] };
    expect(() => planFor(pooled, 2, { noise })).toThrow(/spend ε again/);
    expect(() => planFor(pooled, 2, { noise, evaluation: "none" })).toThrow(/score1, x1, x2/);
  });
});
