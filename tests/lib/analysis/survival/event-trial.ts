import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

export interface EventTrialOptions {
  readonly seed?: number;
  readonly patients?: number;
  readonly arms?: readonly string[];
  /** Log hazard ratio of each arm against the control, per code. */
  readonly effect?: number;
  /** Whole days up to this; few days make many ties. */
  readonly horizon?: number;
}

/** A simulated trial with deaths and transplants that depend on age, site and the score; whole days, so that days tie. */
export function eventTrial({
  seed = 3,
  patients = 120,
  arms = ["placebo", "active"],
  effect = -0.6,
  horizon = 100,
}: EventTrialOptions = {}): TrialData {
  const data = smallTrialData({ seed, patients, arms });
  const rng = createRng(seed + 1000);
  const age = data.covariates[0]!;
  const site = data.covariates[1]!;
  const score = data.scores[2]!.mean;
  const death = new Float64Array(patients).fill(Number.NaN);
  const transplant = new Float64Array(patients).fill(Number.NaN);
  const lastDay = new Float64Array(patients);
  for (let i = 0; i < patients; i++) {
    const years = age.kind === "numeric" ? (age.values[i]! - 60) / 8 : 0;
    const code = site.kind === "categorical" ? site.codes[i]! : 0;
    const risk = Math.exp(0.4 * years + 0.25 * code + 0.08 * (score[i]! - 27) + effect * data.arm[i]!);
    const deathDay = Math.ceil((-Math.log(1 - rng.uniform()) * horizon) / (0.9 * risk));
    const transplantDay = Math.ceil(-Math.log(1 - rng.uniform()) * horizon * 4);
    const end = Math.ceil(horizon * (0.4 + 0.6 * rng.uniform()));
    lastDay[i] = Math.min(end, deathDay, transplantDay);
    if (deathDay <= Math.min(end, transplantDay)) death[i] = deathDay;
    else if (transplantDay <= end) transplant[i] = transplantDay;
  }
  return {
    ...data,
    followUp: {
      lastDay,
      eventDay: new Map([
        ["death", death],
        ["transplant", transplant],
      ]),
    },
  };
}
