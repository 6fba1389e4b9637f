import { choleskyDecompose, choleskyLogDeterminant, choleskySolve } from "../../../../lib/numerics/cholesky.ts";
import type { OutcomeLaw } from "../../../../lib/progression/neural-boltzmann/outcome-law.ts";

/** All 2^H Gaussians of a law written out, with dense linear algebra: nothing is shared with the code under test. */
export interface ExplicitMixture {
  readonly shares: number[];
  readonly means: Float64Array[];
  /** [n × n], the same for all. */
  readonly covariance: Float64Array;
}

export function explicitMixture(law: OutcomeLaw, correlation: Float64Array): ExplicitMixture {
  const n = law.mean.length;
  const H = law.coupling.length / n;
  const s = law.logPrecision.map((value) => Math.exp(-0.5 * value));
  const covariance = correlation.map((r, k) => r * s[Math.floor(k / n)]! * s[k % n]!);
  const energies: number[] = [];
  const means: Float64Array[] = [];
  for (let code = 0; code < 2 ** H; code++) {
    const h = Array.from({ length: H }, (_, k) => ((code >> k) & 1 ? -1 : 1));
    const pull = Float64Array.from({ length: n }, (_, j) =>
      h.reduce((sum, sign, k) => sum + sign * law.coupling[j * H + k]!, 0),
    );
    const shift = pull.map((_, j) => pull.reduce((sum, value, i) => sum + covariance[j * n + i]! * value, 0));
    energies.push(0.5 * pull.reduce((sum, value, j) => sum + value * shift[j]!, 0));
    means.push(law.mean.map((value, j) => value + shift[j]!));
  }
  const largest = Math.max(...energies);
  const total = energies.reduce((sum, energy) => sum + Math.exp(energy - largest), 0);
  return { shares: energies.map((energy) => Math.exp(energy - largest) / total), means, covariance };
}

/** log density of the observed outcomes, and mean and covariance of all given them. */
export function explicitConditional(mixture: ExplicitMixture, outcomes: Float64Array) {
  const { shares, means, covariance } = mixture;
  const n = outcomes.length;
  const o = [...outcomes.keys()].filter((j) => !Number.isNaN(outcomes[j]!));
  const sub = Float64Array.from(o.flatMap((a) => o.map((b) => covariance[a * n + b]!)));
  const factored = choleskyDecompose(sub, o.length);
  if (!factored.ok) throw new Error("not positive definite");
  const { factor } = factored;
  const logs: number[] = [];
  const conditionalMeans: Float64Array[] = [];
  means.forEach((mean, c) => {
    const residual = Float64Array.from(o, (j) => outcomes[j]! - mean[j]!);
    const solved = choleskySolve(factor, o.length, residual);
    const quadratic = residual.reduce((sum, value, a) => sum + value * solved[a]!, 0);
    const constant = o.length * Math.log(2 * Math.PI) + choleskyLogDeterminant(factor, o.length);
    logs.push(Math.log(shares[c]!) - 0.5 * (constant + quadratic));
    conditionalMeans.push(
      mean.map((value, j) => value + o.reduce((sum, b, a) => sum + covariance[j * n + b]! * solved[a]!, 0)),
    );
  });
  const largest = Math.max(...logs);
  const logDensity = largest + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  const posterior = logs.map((value) => Math.exp(value - logDensity));
  const mean = new Float64Array(n);
  const second = new Float64Array(n * n);
  posterior.forEach((share, c) => {
    for (let i = 0; i < n; i++) {
      mean[i]! += share * conditionalMeans[c]![i]!;
      for (let j = 0; j < n; j++) second[i * n + j]! += share * conditionalMeans[c]![i]! * conditionalMeans[c]![j]!;
    }
  });
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const column = Float64Array.from(o, (b) => covariance[i * n + b]!);
    const solved = choleskySolve(factor, o.length, column);
    for (let j = 0; j < n; j++) {
      const explained = o.reduce((sum, b, a) => sum + covariance[j * n + b]! * solved[a]!, 0);
      result[i * n + j] = second[i * n + j]! - mean[i]! * mean[j]! + covariance[i * n + j]! - explained;
    }
  }
  return { logDensity: o.length === 0 ? 0 : logDensity, mean, covariance: result };
}
