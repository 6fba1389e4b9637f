import { integrateGaussLegendre } from "../../lib/numerics/quadrature.ts";
import type { CalibrationLaw } from "./calibration-setting.ts";
import { armOf, halves, normalMean, patientsOf, trialOf } from "./trial-frame.ts";

const VISITS = [{ id: "end", label: "End", day: 720 }];
const LOG_HAZARD_RATIO = Math.log(0.6);
/** Day of the restricted mean and of the milestone; every patient is followed that long unless the event comes first. */
export const HORIZON = 360;

interface SurvivalLaw {
  readonly id: string;
  readonly title: string;
  /** Events a day at z = 0. */
  readonly hazard: number;
  /** Log hazard ratio of the covariate. */
  readonly coefficient: number;
  readonly description: string;
}

const LAWS: readonly SurvivalLaw[] = [
  {
    id: "exponential",
    title: "exponential",
    hazard: 1 / 700,
    coefficient: 0,
    description: "exponential times with mean 700 days, covariate without influence",
  },
  {
    id: "covariate",
    title: "covariate acts",
    hazard: 1 / 700,
    coefficient: 0.8,
    description: "hazard exp(0.8 z)/700 a day with a standard normal covariate z",
  },
  {
    id: "few-events",
    title: "few events",
    hazard: 1 / 3000,
    coefficient: 0,
    description: "exponential times with mean 3000 days, covariate without influence",
  },
];

/** Censoring is uniform from day 360 to day 720 in both arms; with an effect the hazard ratio given z is 0.6. */
export const SURVIVAL_LAWS: readonly CalibrationLaw[] = LAWS.map((law): CalibrationLaw => {
  const { id, title, description, hazard, coefficient } = law;
  const survival = (day: number, shift: number) =>
    normalMean((z) => Math.exp(-hazard * day * Math.exp(coefficient * z + shift)));
  const difference = (day: number) => survival(day, LOG_HAZARD_RATIO) - survival(day, 0);
  const isMarginal = coefficient === 0;
  return {
    id,
    title,
    description,
    truth: {
      "conditional-log-hazard-ratio": LOG_HAZARD_RATIO,
      ...(isMarginal ? { "log-hazard-ratio": LOG_HAZARD_RATIO } : {}),
      "log-time-ratio": -LOG_HAZARD_RATIO,
      "survival-difference": difference(HORIZON),
      "restricted-mean-difference": integrateGaussLegendre(difference, 0, HORIZON, 40),
    },
    simulate: (setting, withEffect, rng) => {
      const n = patientsOf(setting);
      const z = Float64Array.from({ length: n }, () => rng.normal());
      const lastDay = new Float64Array(n);
      const death = new Float64Array(n).fill(Number.NaN);
      for (let i = 0; i < n; i++) {
        const effect = withEffect ? LOG_HAZARD_RATIO * armOf(setting, i) : 0;
        const time = rng.exponential() / (hazard * Math.exp(coefficient * z[i]! + effect));
        const censored = HORIZON * (1 + rng.uniform());
        lastDay[i] = Math.min(time, censored);
        if (time <= censored) death[i] = time;
      }
      return trialOf({
        setting,
        visits: VISITS,
        covariates: [{ kind: "numeric", name: "risk", values: z }, halves(z)],
        lastDay,
        eventDay: new Map([["death", death]]),
      });
    },
  };
});
