import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { float64Backend } from "../../../../lib/progression/neural-boltzmann/float64-backend.ts";
import { hiddenStates } from "../../../../lib/progression/neural-boltzmann/hidden-states.ts";
import { networkLayout } from "../../../../lib/progression/neural-boltzmann/network-layout.ts";
import { networkMoments } from "../../../../lib/progression/neural-boltzmann/network-moments.ts";
import { patternReader } from "../../../../lib/progression/neural-boltzmann/observation-pattern.ts";
import { createHiddenPosterior, hiddenPosterior } from "../../../../lib/progression/neural-boltzmann/outcome-law.ts";
import { correlationOf } from "../../../../lib/progression/neural-boltzmann/residual-correlation.ts";
import { explicitConditional, explicitMixture } from "./explicit-mixture.ts";

function randomCase(seed: number, n: number, H: number, identity = false) {
  const rng = createRng(seed);
  const normal = (length: number, scale: number) => Float64Array.from({ length }, () => scale * rng.normal());
  const root = normal(n * (n + 2), 1);
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n + 2; k++) covariance[i * n + j]! += root[i * (n + 2) + k]! * root[j * (n + 2) + k]!;
  const correlation = identity ? covariance.map((_, k) => (k % (n + 1) === 0 ? 1 : 0)) : correlationOf(covariance, n);
  const law = { mean: normal(n, 2), logPrecision: normal(n, 1), coupling: normal(n * H, 0.8) };
  const outcomes = normal(n, 2).map((value) => (rng.uniform() < 0.35 ? Number.NaN : value));
  return { law, correlation, outcomes };
}

function evaluate({ law, correlation, outcomes }: ReturnType<typeof randomCase>, H: number) {
  const n = law.mean.length;
  const states = hiddenStates(H);
  const posterior = createHiddenPosterior(n, states);
  const pattern = patternReader(correlation, n)(outcomes, 0);
  hiddenPosterior(law, correlation, pattern, states, outcomes, 0, posterior);
  const mean = new Float64Array(n);
  const covariance = new Float64Array(n * n);
  networkMoments(law, pattern.remainder, posterior, mean, covariance);
  return { logDensity: posterior.logDensity, mean, covariance };
}

function largestGap(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, k) => Math.max(worst, Math.abs(value - b[k]!)), 0);
}

const sizes = {
  seed: fc.integer({ min: 0, max: 1e6 }),
  n: fc.integer({ min: 1, max: 6 }),
  H: fc.integer({ min: 0, max: 7 }),
};

describe("the law of one network", () => {
  it("is the mixture of 2^H Gaussians, whatever is missing: density, mean and covariance", () => {
    fc.assert(
      fc.property(fc.record(sizes), ({ seed, n, H }) => {
        const given = randomCase(seed, n, H);
        const brute = explicitConditional(explicitMixture(given.law, given.correlation), given.outcomes);
        const result = evaluate(given, H);
        expect(Math.abs(result.logDensity - brute.logDensity)).toBeLessThan(1e-10 * (1 + Math.abs(brute.logDensity)));
        const scale = 1 + Math.max(...brute.covariance.map(Math.abs), ...brute.mean.map(Math.abs));
        expect(largestGap(result.mean, brute.mean)).toBeLessThan(1e-10 * scale);
        expect(largestGap(result.covariance, brute.covariance)).toBeLessThan(1e-9 * scale);
      }),
      { numRuns: 60, seed: 20260101 },
    );
  });

  it("with R = I is the published machine: free energy, normalising constant, exact mean, covariance", () => {
    fc.assert(
      fc.property(fc.record({ ...sizes, H: fc.integer({ min: 1, max: 6 }) }), ({ seed, n, H }) => {
        const given = randomCase(seed, n, H, true);
        const { mean, logPrecision, coupling } = given.law;
        const outcomes = given.outcomes.map((value) => (Number.isNaN(value) ? 0.3 : value));
        const P = logPrecision.map(Math.exp);
        const r = outcomes.map((value, j) => value - mean[j]!);
        let freeEnergy = 0.5 * r.reduce((sum, value, j) => sum + P[j]! * value * value, 0);
        for (let k = 0; k < H; k++) {
          freeEnergy -= Math.log(Math.cosh(r.reduce((sum, value, j) => sum + coupling[j * H + k]! * value, 0)));
        }
        // log Z over y and h, divided by the 2^H of the cosh product.
        let sum = 0;
        for (let code = 0; code < 2 ** H; code++) {
          let energy = 0;
          for (let j = 0; j < n; j++) {
            let pull = 0;
            for (let k = 0; k < H; k++) pull += (code >> k) & 1 ? -coupling[j * H + k]! : coupling[j * H + k]!;
            energy += (0.5 * pull * pull) / P[j]!;
          }
          sum += Math.exp(energy);
        }
        const logZ =
          0.5 * n * Math.log(2 * Math.PI) -
          0.5 * logPrecision.reduce((a, b) => a + b, 0) +
          Math.log(sum) -
          H * Math.LN2;
        const result = evaluate({ ...given, outcomes }, H);
        expect(result.logDensity).toBeCloseTo(-freeEnergy - logZ, 9);
        const blank = evaluate({ ...given, outcomes: outcomes.map(() => Number.NaN) }, H);
        expect(largestGap(blank.mean, mean)).toBe(0);
      }),
      { numRuns: 40, seed: 20260102 },
    );
  });

  it("without couplings is a Gaussian regression", () => {
    const given = randomCase(5, 4, 3);
    const plain = { ...given, law: { ...given.law, coupling: new Float64Array(12) } };
    const without = { ...given, law: { ...given.law, coupling: new Float64Array(0) } };
    expect(evaluate(plain, 3).logDensity).toBeCloseTo(evaluate(without, 0).logDensity, 12);
  });

  it("stays finite for couplings and residuals far out", () => {
    const given = randomCase(7, 4, 6);
    const far = { ...given, law: { ...given.law, coupling: given.law.coupling.map((w) => 60 * w) } };
    const result = evaluate({ ...far, outcomes: Float64Array.from([1e4, Number.NaN, -1e4, 0]) }, 6);
    expect(Number.isFinite(result.logDensity)).toBe(true);
    expect(result.mean.every(Number.isFinite)).toBe(true);
  });
});

describe("the gradient", () => {
  it("is that of the log-density, by central differences", () => {
    fc.assert(
      fc.property(
        fc.record({ seed: fc.integer({ min: 0, max: 1e6 }), H: fc.constantFrom(0, 1, 2, 4) }),
        ({ seed, H }) => {
          const rng = createRng(seed);
          const shape = { inputs: 3, outcomes: 4, hidden: H, meanUnits: 5 };
          const layout = networkLayout(shape);
          const N = 6;
          const normal = (length: number, scale: number) => Float64Array.from({ length }, () => scale * rng.normal());
          const problem = {
            shape,
            inputs: normal(N * 3, 1),
            outcomes: normal(N * 4, 1).map((value) => (rng.uniform() < 0.3 ? Number.NaN : value)),
            correlation: randomCase(seed, 4, 1).correlation,
            patientWeights: Float64Array.from({ length: N }, () => 0.5 + rng.uniform()),
          };
          const likelihood = float64Backend.open(problem);
          const rows = Int32Array.from({ length: N }, (_, i) => i);
          const weights = normal(layout.size, 0.5);
          const gradient = new Float64Array(layout.size);
          likelihood.evaluate(weights, rows, gradient);
          for (let k = 0; k < layout.size; k++) {
            const step = 1e-5;
            const at = (shift: number) => {
              const moved = weights.slice();
              moved[k]! += shift;
              return likelihood.evaluate(moved, rows, null);
            };
            const difference = (at(step) - at(-step)) / (2 * step);
            expect(Math.abs(gradient[k]! - difference)).toBeLessThan(1e-6 * (1 + Math.abs(difference)));
          }
        },
      ),
      { numRuns: 12, seed: 20260103 },
    );
  });
});
