import { findRoot } from "../../lib/numerics/root-finding.ts";
import type { CalibrationLaw } from "./calibration-setting.ts";
import { armOf, halves, normalMean, patientsOf, trialOf } from "./trial-frame.ts";

const VISITS = [{ id: "end", label: "End", day: 84 }];
const LOG_ODDS_RATIO = 1;
const inverseLogit = (x: number) => 1 / (1 + Math.exp(-x));

/** logit P(response) = a + z + θ·arm: a gives the proportion of the control arm, θ is 0 or 1. */
function binaryLaw(proportion: number): CalibrationLaw {
  const marginal = (shift: number) => normalMean((z) => inverseLogit(shift + z));
  const intercept = findRoot((a) => marginal(a) - proportion, -8, 8).value;
  const treated = marginal(intercept + LOG_ODDS_RATIO);
  const logOdds = (p: number) => Math.log(p / (1 - p));
  return {
    id: `response-${proportion * 100}`,
    title: `response ${proportion * 100} %`,
    description: `logistic in one standard normal covariate with coefficient 1; control arm ${proportion * 100} %, with an effect ${(100 * treated).toFixed(2)} % (conditional log odds ratio ${LOG_ODDS_RATIO})`,
    truth: {
      "risk-difference": treated - proportion,
      "log-risk-ratio": Math.log(treated / proportion),
      "log-odds-ratio": logOdds(treated) - logOdds(proportion),
      "conditional-log-odds-ratio": LOG_ODDS_RATIO,
    },
    simulate: (setting, withEffect, rng) => {
      const n = patientsOf(setting);
      const z = Float64Array.from({ length: n }, () => rng.normal());
      const values = z.map((own, i) => {
        const effect = withEffect ? LOG_ODDS_RATIO * armOf(setting, i) : 0;
        return Number(rng.uniform() < inverseLogit(intercept + own + effect));
      });
      const mean = z.map((own) => own + 0.5 * rng.normal());
      return trialOf({
        setting,
        visits: VISITS,
        endpoints: [
          {
            id: "response",
            label: "Response",
            unit: "",
            benefit: "higher",
            values,
            days: new Float64Array(n).fill(VISITS[0]!.day),
            baseline: new Float64Array(n),
          },
        ],
        covariates: [{ kind: "numeric", name: "risk", values: z }, halves(z)],
        scores: [{ endpointId: "response", visitId: "end", mean, variance: new Float64Array(n).fill(0.25) }],
      });
    },
  };
}

export const BINARY_LAWS: readonly CalibrationLaw[] = [binaryLaw(0.3), binaryLaw(0.1)];
