import { invalidInput } from "../../errors/domain-error.ts";
import { logGamma } from "../../numerics/log-gamma.ts";

/** Distribution and link of a generalised linear model. */
export type GlmFamily =
  | { readonly distribution: "binomial"; readonly link: "logit" | "probit" | "complementary-log-log" }
  | { readonly distribution: "poisson"; readonly link: "log" }
  /** Variance μ + μ²/size; `size` is R's theta, the reciprocal of SAS's dispersion. */
  | { readonly distribution: "negative-binomial"; readonly link: "log"; readonly size: number };

/**
 * Variance of an observation with mean μ, for one trial (METHODS.md eq. (G1)).
 */
export function varianceFunction(family: GlmFamily, mean: number): number {
  switch (family.distribution) {
    case "binomial":
      return mean * (1 - mean);
    case "poisson":
      return mean;
    case "negative-binomial":
      return mean + (mean * mean) / family.size;
  }
}

/** x log(x/m), 0 at x = 0. */
function share(x: number, m: number): number {
  return x === 0 ? 0 : x * Math.log(x / m);
}

/** Contribution of an observation to the deviance: twice the log-likelihood lost against a perfect fit. */
export function devianceOf(family: GlmFamily, response: number, mean: number, weight: number): number {
  switch (family.distribution) {
    case "binomial":
      return 2 * weight * (share(response, mean) + share(1 - response, 1 - mean));
    case "poisson":
      return 2 * weight * (share(response, mean) - (response - mean));
    case "negative-binomial": {
      const { size } = family;
      return 2 * weight * (share(response, mean) - (response + size) * Math.log((response + size) / (mean + size)));
    }
  }
}

/**
 * Log-likelihood of an observation, with its constants. `weight` is the number of trials of a binomial proportion, else a
 * weight of the observation.
 */
export function logLikelihoodOf(family: GlmFamily, response: number, mean: number, weight: number): number {
  switch (family.distribution) {
    case "binomial": {
      const events = Math.round(weight * response);
      const trials = Math.round(weight);
      const choose = trials <= 1 ? 0 : logGamma(trials + 1) - logGamma(events + 1) - logGamma(trials - events + 1);
      const part = (count: number, p: number) => (count === 0 ? 0 : count * Math.log(p));
      return choose + part(events, mean) + part(trials - events, 1 - mean);
    }
    case "poisson":
      return weight * ((response === 0 ? 0 : response * Math.log(mean)) - mean - logGamma(response + 1));
    case "negative-binomial": {
      const { size } = family;
      let rising = 0;
      // log Γ(size + y) − log Γ(size), exact for large sizes too.
      for (let j = 0; j < response; j++) rising += Math.log1p(j / size);
      return (
        weight *
        (rising -
          logGamma(response + 1) +
          (response === 0 ? 0 : response * Math.log(mean)) -
          (size + response) * Math.log1p(mean / size))
      );
    }
  }
}

/**
 * Refuses a response that the distribution cannot have.
 *
 * @throws DomainError INVALID_INPUT naming the response.
 */
export function assertResponse(family: GlmFamily, response: ArrayLike<number>): void {
  for (let i = 0; i < response.length; i++) {
    const value = response[i]!;
    if (family.distribution === "binomial") {
      if (!(value >= 0 && value <= 1))
        throw invalidInput("response", value, "must be 0, 1 or a proportion between them");
    } else if (!(Number.isInteger(value) && value >= 0))
      throw invalidInput("response", value, "must hold counts: whole numbers of at least 0");
  }
}
