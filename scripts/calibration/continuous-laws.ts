import type { Rng } from "../../lib/numerics/rng.ts";
import type { CalibrationLaw, CalibrationSetting } from "./calibration-setting.ts";
import { armOf, patientsOf, trialOf } from "./trial-frame.ts";

const VISITS = [1, 2, 3].map((month) => ({ id: `month${month}`, label: `Month ${month}`, day: 28 * month }));
const DAYS_A_MONTH = 28;

interface ContinuousLaw {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** A variable with mean 0 and variance 1. */
  readonly deviate: (rng: Rng) => number;
  /** Standard deviation of the residuals of an arm relative to the other laws. */
  readonly spread: readonly [control: number, experimental: number];
  /** Whether the residual variance of a patient is in proportion to the variance of the twin. */
  readonly byTwin: boolean;
}

const normal = (rng: Rng) => rng.normal();

const LAWS: readonly ContinuousLaw[] = [
  {
    id: "normal",
    title: "normal",
    description: "normal residuals with the same variance in both arms",
    deviate: normal,
    spread: [1, 1],
    byTwin: false,
  },
  {
    id: "control-varies",
    title: "control varies more",
    description:
      "normal residuals; standard deviation of the control arm (the smaller one with 1:3) twice that of the other",
    deviate: normal,
    spread: [2, 1],
    byTwin: false,
  },
  {
    id: "experimental-varies",
    title: "experimental varies more",
    description:
      "normal residuals; standard deviation of the experimental arm (the larger one with 1:3) twice that of the other",
    deviate: normal,
    spread: [1, 2],
    byTwin: false,
  },
  {
    id: "skewed",
    title: "skewed",
    description: "residuals made of exponential variables less their mean (each with skewness 2), same in both arms",
    deviate: (rng) => rng.exponential() - 1,
    spread: [1, 1],
    byTwin: false,
  },
  {
    id: "twin-variance",
    title: "variance as twins say",
    description: "normal residuals whose variance is in proportion to the variance of the patient's twin",
    deviate: normal,
    spread: [1, 1],
    byTwin: true,
  },
];

/** Laws of a scale at three visits, complete. */
export const COMPLETE_LAWS: readonly CalibrationLaw[] = LAWS.map((law) => calibrationLaw(law, false));

/** The same with patients who leave depending on their last value (missing at random). */
export const DROPOUT_LAWS: readonly CalibrationLaw[] = LAWS.filter(
  ({ byTwin, id }) => !byTwin && id !== "experimental-varies",
).map((law) => calibrationLaw(law, true));

function calibrationLaw(law: ContinuousLaw, dropout: boolean): CalibrationLaw {
  const { id, title, description } = law;
  return {
    id,
    title,
    description,
    truth: null,
    simulate: (setting, _withEffect, rng) => simulate(law, dropout, setting, rng),
  };
}

/**
 * y(t) = 50 + 6z + 2x + t + 3a + bt + 2.5e, t in months, a, b and e residuals of patient, slope and visit; baseline
 * 50 + 7z + 3e′; the twin predicts 50 + 6z + 2x + t + 2e″.
 */
function simulate(law: ContinuousLaw, dropout: boolean, setting: CalibrationSetting, rng: Rng) {
  const n = patientsOf(setting);
  const width = VISITS.length;
  const values = new Float64Array(n * width).fill(Number.NaN);
  const days = new Float64Array(n * width).fill(Number.NaN);
  const baseline = new Float64Array(n);
  const age = new Float64Array(n);
  const twinVariance = new Float64Array(n);
  const twinMean = VISITS.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const z = rng.normal();
    const x = rng.normal();
    const twinError = 2 * rng.normal();
    const uncertainty = Math.exp(0.6 * rng.normal());
    const spread = law.spread[armOf(setting, i)] * (law.byTwin ? Math.sqrt(uncertainty) : 1);
    const level = 3 * law.deviate(rng);
    const slope = law.deviate(rng);
    baseline[i] = 50 + 7 * z + 3 * rng.normal();
    age[i] = 60 + 8 * x;
    twinVariance[i] = 20 * uncertainty;
    let present = true;
    for (let v = 0; v < width; v++) {
      const day = VISITS[v]!.day + rng.integer(7) - 3;
      const time = day / DAYS_A_MONTH;
      const value = 50 + 6 * z + 2 * x + time + spread * (level + slope * time + 2.5 * law.deviate(rng));
      const leaves = rng.uniform() < 1 / (1 + Math.exp(2 - 0.1 * (value - 50)));
      twinMean[v]![i] = 50 + 6 * z + 2 * x + v + 1 + twinError;
      if (present) {
        values[i * width + v] = value;
        days[i * width + v] = day;
      }
      if (dropout && leaves) present = false;
    }
  }
  return trialOf({
    setting,
    visits: VISITS,
    endpoints: [{ id: "scale", label: "Scale", unit: "points", benefit: "higher", values, days, baseline }],
    covariates: [{ kind: "numeric", name: "age", values: age }],
    scores: VISITS.map(({ id }, v) => ({
      endpointId: "scale",
      visitId: id,
      mean: twinMean[v]!,
      variance: twinVariance,
    })),
  });
}
