import { DomainError } from "../errors/domain-error.ts";
import { choleskyDecompose } from "../numerics/cholesky.ts";
import type { Rng } from "../numerics/rng.ts";
import { type ConditionalLaw, conditionalLaw } from "./gaussian-joint/conditional.ts";
import { patternKey } from "./gaussian-joint/missing-patterns.ts";
import type { OutcomeMoments } from "./member.ts";
import { drawNormal } from "./normal-draws.ts";

/** Outcomes normal about a mean that differs between patients, with one covariance: conditioning and draws. */
export interface GaussianForecast {
  /** Moments of all outcomes given those observed; `mean` is the mean before anything was observed. */
  moments(mean: Float64Array, observed: Float64Array): OutcomeMoments;
  mean(mean: Float64Array, observed: Float64Array): Float64Array;
  draw(mean: Float64Array, observed: Float64Array, count: number, rng: Rng, into: Float64Array): void;
}

interface PatternLaw {
  readonly law: ConditionalLaw;
  readonly factor: Float64Array;
}

/**
 * @param covariance - [cells × cells] symmetric positive definite.
 * @param cells - Number of outcomes.
 * @throws DomainError NOT_ESTIMABLE at first use when the covariance is not positive definite.
 */
export function createGaussianForecast(covariance: Float64Array, cells: number): GaussianForecast {
  const laws = new Map<string, PatternLaw>();
  const lawOf = (observed: Float64Array): PatternLaw => {
    const key = patternKey(observed, 0, cells);
    const known = laws.get(key);
    if (known !== undefined) return known;
    const given: number[] = [];
    const target: number[] = [];
    for (let j = 0; j < cells; j++) (Number.isNaN(observed[j]!) ? target : given).push(j);
    const law = conditionalLaw(covariance, cells, Int32Array.from(given), Int32Array.from(target));
    const factored = choleskyDecompose(law.covariance, target.length);
    if (!factored.ok) throw notPositiveDefinite(cells);
    const made = { law, factor: factored.factor };
    laws.set(key, made);
    return made;
  };
  const condition = (law: ConditionalLaw, mean: Float64Array, observed: Float64Array): Float64Array => {
    const into = Float64Array.from(observed);
    const g = law.given.length;
    law.target.forEach((j, a) => {
      let sum = mean[j]!;
      law.given.forEach((k, b) => {
        sum += law.coefficients[a * g + b]! * (observed[k]! - mean[k]!);
      });
      into[j] = sum;
    });
    return into;
  };
  return {
    moments(mean, observed) {
      const { law } = lawOf(observed);
      const t = law.target.length;
      const full = new Float64Array(cells * cells);
      for (let a = 0; a < t; a++) {
        for (let b = 0; b < t; b++) full[law.target[a]! * cells + law.target[b]!] = law.covariance[a * t + b]!;
      }
      return { mean: condition(law, mean, observed), covariance: full, numericalError: 0 };
    },
    mean: (mean, observed) => condition(lawOf(observed).law, mean, observed),
    draw(mean, observed, count, rng, into) {
      const { law, factor } = lawOf(observed);
      drawNormal(condition(law, mean, observed), law.target, factor, count, rng, into);
    },
  };
}

function notPositiveDefinite(cells: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "parameters.covariance",
    received: `${cells} × ${cells} matrix`,
    requirement: "must be positive definite",
    hint: "Use the model file as it was written; check its hash.",
  });
}
