import type { Covariate } from "../../lib/analysis/covariate.ts";
import type { TrialData } from "../../lib/analysis/trial-data.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { eventTrial } from "../lib/analysis/survival/event-trial.ts";

/** Names that a program must quote, that its own columns have, or that a language reserves. */
export const AWKWARD = {
  age: 'Age (years), it\'s "so"',
  region: "größe µ\\n `x`",
  /** Determined by the region, so constant within its strata. */
  zone: "outcome",
  /** The same for everybody. */
  constant: "if",
  /** Levels that look like numbers, formulas and missing values. */
  code: "2nd",
} as const;

/**
 * A trial whose names, levels, arms and patient numbers are as awkward as files hold them, with missing covariates, one
 * that is determined by another and one that is constant.
 */
export function awkwardTrial(
  seed = 5,
  patients = 120,
  arms: readonly string[] = ['Plazebo "ä"', "10 mg\\d"],
): TrialData {
  const base = eventTrial({ seed, patients, arms, horizon: 60 });
  const rng = createRng(seed + 77);
  const [age, site] = base.covariates as readonly [
    Extract<Covariate, { kind: "numeric" }>,
    Extract<Covariate, { kind: "categorical" }>,
  ];
  const each = <T>(make: (i: number) => T) => Array.from({ length: patients }, (_, i) => make(i));
  const codes = each(() => rng.integer(3));
  const names = ["=cmd|1", 'O\'Brien "1"', "007", "-1", "a,b"];
  return {
    ...base,
    patientIds: base.patientIds.map((id, i) => names[i] ?? id),
    covariates: [
      { kind: "numeric", name: AWKWARD.age, values: age.values.map((value) => (rng.uniform() < 0.05 ? NaN : value)) },
      { kind: "categorical", name: AWKWARD.region, levels: ["ä ö", '日本 "2"', "c\\n'd"], codes: site.codes },
      { kind: "numeric", name: AWKWARD.zone, values: Float64Array.from(site.codes, (code) => 0.1 + 0.7 * code) },
      { kind: "categorical", name: AWKWARD.constant, levels: ["NA", "TRUE"], codes: Int32Array.from(each(() => 1)) },
      {
        kind: "categorical",
        name: AWKWARD.code,
        levels: ["1", "01", "=1+1"],
        codes: Int32Array.from(codes, (code) => (rng.uniform() < 0.05 ? -1 : code)),
      },
    ],
  };
}
