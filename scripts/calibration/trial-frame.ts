import type { Covariate } from "../../lib/analysis/covariate.ts";
import type { TrialData, TrialEndpoint, TrialScore } from "../../lib/analysis/trial-data.ts";
import { normalDensity } from "../../lib/numerics/normal.ts";
import { integrateGaussLegendre } from "../../lib/numerics/quadrature.ts";
import type { CalibrationSetting } from "./calibration-setting.ts";

/** Parts of a simulated trial that its law makes. */
export interface TrialParts {
  readonly setting: CalibrationSetting;
  readonly visits: TrialData["visits"];
  readonly endpoints?: readonly TrialEndpoint[];
  readonly covariates: readonly Covariate[];
  readonly scores?: readonly TrialScore[];
  readonly lastDay?: Float64Array;
  readonly eventDay?: ReadonlyMap<string, Float64Array>;
}

/** A trial of two arms, controls first. */
export function trialOf(parts: TrialParts): TrialData {
  const { setting, visits, endpoints = [], covariates, scores = [] } = parts;
  const n = patientsOf(setting);
  return {
    patientIds: Array.from({ length: n }, (_, i) => `P${i + 1}`),
    armNames: ["Control", "Experimental"],
    arm: Int32Array.from({ length: n }, (_, i) => armOf(setting, i)),
    visits,
    endpoints,
    covariates,
    scores,
    followUp: {
      lastDay: parts.lastDay ?? new Float64Array(n).fill(visits[visits.length - 1]!.day),
      eventDay: parts.eventDay ?? new Map(),
    },
  };
}

export function patientsOf({ control, experimental }: CalibrationSetting): number {
  return control + experimental;
}

export function armOf({ control }: CalibrationSetting, patient: number): 0 | 1 {
  return patient < control ? 0 : 1;
}

/** A stratum of two levels: below or above the mean of the covariate. */
export function halves(values: Float64Array): Covariate {
  return {
    kind: "categorical",
    name: "stratum",
    levels: ["low", "high"],
    codes: Int32Array.from(values, (value) => Number(value > 0)),
  };
}

/** Mean of f(z) over a standard normal z, f smooth. */
export function normalMean(f: (z: number) => number): number {
  return integrateGaussLegendre((z) => f(z) * normalDensity(z), -9, 9, 80);
}
