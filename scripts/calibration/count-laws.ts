import type { Rng } from "../../lib/numerics/rng.ts";
import type { CalibrationLaw } from "./calibration-setting.ts";
import { armOf, patientsOf, trialOf } from "./trial-frame.ts";

const VISITS = [{ id: "end", label: "End", day: 84 }];
const LOG_RATE = Math.log(1.5);
const COEFFICIENT = 0.5;
const LOG_RATE_RATIO = Math.log(0.6);

/** Log rate linear in z; the frailty of the negative binomial law has mean 1 and variance ½ (two exponentials). */
function countLaw(kind: "poisson" | "negative-binomial"): CalibrationLaw {
  const rate = Math.exp(LOG_RATE + COEFFICIENT ** 2 / 2);
  return {
    id: kind,
    title: kind === "poisson" ? "Poisson" : "negative binomial",
    description: `${kind === "poisson" ? "Poisson" : "negative binomial with dispersion 0.5"}, log rate log 1.5 + 0.5 z with standard normal z; with an effect the rate ratio is 0.6`,
    truth: { "log-rate-ratio": LOG_RATE_RATIO, "rate-difference": rate * Math.expm1(LOG_RATE_RATIO) },
    simulate: (setting, withEffect, rng) => {
      const n = patientsOf(setting);
      const z = Float64Array.from({ length: n }, () => rng.normal());
      const values = z.map((own, i) => {
        const effect = withEffect ? LOG_RATE_RATIO * armOf(setting, i) : 0;
        const frailty = kind === "poisson" ? 1 : (rng.exponential() + rng.exponential()) / 2;
        return poissonDraw(frailty * Math.exp(LOG_RATE + COEFFICIENT * own + effect), rng);
      });
      return trialOf({
        setting,
        visits: VISITS,
        endpoints: [
          {
            id: "attacks",
            label: "Attacks",
            unit: "",
            benefit: "lower",
            values,
            days: new Float64Array(n).fill(VISITS[0]!.day),
            baseline: new Float64Array(n),
          },
        ],
        covariates: [{ kind: "numeric", name: "risk", values: z }],
      });
    },
  };
}

/** Arrivals within a unit of time. */
function poissonDraw(mean: number, rng: Rng): number {
  let count = 0;
  for (let time = rng.exponential(); time <= mean; time += rng.exponential()) count++;
  return count;
}

export const COUNT_LAWS: readonly CalibrationLaw[] = [countLaw("poisson"), countLaw("negative-binomial")];
