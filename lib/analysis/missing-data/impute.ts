import type { Rng } from "../../numerics/rng.ts";
import { conditionalNormal } from "./conditional-normal.ts";
import type { ImputationData, ImputationParameters } from "./imputation-model.ts";
import { strategyCovariance, strategyMean } from "./imputation-strategy.ts";

/** Patients who share arm, event and visits observed: one regression imputes all of them. */
interface ImputationPattern {
  readonly arm: number;
  readonly firstAfter: number;
  readonly observed: Int32Array;
  readonly missing: Int32Array;
  readonly patients: readonly number[];
}

/** Imputes a trial again and again from different parameters. */
export interface Imputer {
  /** 1 where a value is imputed, [patient · visit]. */
  readonly imputed: Uint8Array;
  /**
   * Completes the outcomes (METHODS.md eq. (D4)–(D6)).
   *
   * @param rng - Draws from the conditional distribution; its mean is taken when null.
   * @param out - Receives observed and imputed values, [patient · visit].
   */
  readonly impute: (parameters: ImputationParameters, rng: Rng | null, out: Float64Array) => void;
}

/** Groups the patients of a trial for imputation. */
export function createImputer(data: ImputationData): Imputer {
  const { patientCount, visitCount: m, columnCount: p } = data;
  const patterns = imputationPatterns(data);
  const own = new Float64Array(m);
  const reference = new Float64Array(m);
  const mean = new Float64Array(m);
  const deviations = new Float64Array(m);

  const setMean = (design: Float64Array, patient: number, coefficients: Float64Array, into: Float64Array) => {
    for (let visit = 0; visit < m; visit++) {
      const row = (patient * m + visit) * p;
      let sum = 0;
      for (let j = 0; j < p; j++) sum += design[row + j]! * coefficients[j]!;
      into[visit] = sum;
    }
  };

  const imputed = new Uint8Array(patientCount * m);
  for (let cell = 0; cell < imputed.length; cell++) imputed[cell] = Number.isFinite(data.outcome[cell]!) ? 0 : 1;
  return {
    imputed,
    impute: ({ coefficients, covariances }, rng, out) => {
      out.set(data.outcome);
      for (const { arm, firstAfter, observed, missing, patients } of patterns) {
        const strategy = data.strategy[arm]!;
        const referenceArm = data.reference[arm]!;
        const covariance = strategyCovariance(strategy, covariances[arm]!, covariances[referenceArm]!, firstAfter, m);
        const { slopes, factor } = conditionalNormal(covariance, m, observed, missing);
        const seen = observed.length;
        const gone = missing.length;
        for (const patient of patients) {
          setMean(data.ownDesign, patient, coefficients, own);
          setMean(data.referenceDesign, patient, coefficients, reference);
          strategyMean(strategy, own, reference, firstAfter, mean);
          if (rng !== null) for (let t = 0; t < gone; t++) deviations[t] = rng.normal();
          for (let t = 0; t < gone; t++) {
            let value = mean[missing[t]!]!;
            for (let a = 0; a < seen; a++) {
              const visit = observed[a]!;
              value += slopes[t * seen + a]! * (data.outcome[patient * m + visit]! - mean[visit]!);
            }
            if (rng !== null) for (let s = 0; s <= t; s++) value += factor[t * gone + s]! * deviations[s]!;
            out[patient * m + missing[t]!] = value;
          }
        }
      }
    },
  };
}

function imputationPatterns(data: ImputationData): ImputationPattern[] {
  const { patientCount, visitCount: m } = data;
  const found = new Map<string, { readonly first: number; readonly patients: number[] }>();
  const isSeen = (patient: number, visit: number) => Number.isFinite(data.outcome[patient * m + visit]!);
  for (let patient = 0; patient < patientCount; patient++) {
    let mask = "";
    for (let visit = 0; visit < m; visit++) mask += isSeen(patient, visit) ? "x" : ".";
    if (!mask.includes(".")) continue;
    const key = `${data.arm[patient]}:${data.firstAfter[patient]}:${mask}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { first: patient, patients: [patient] });
    else known.patients.push(patient);
  }
  return [...found.values()].map(({ first, patients }) => {
    const visits = Array.from({ length: m }, (_, visit) => visit);
    return {
      arm: data.arm[first]!,
      firstAfter: data.firstAfter[first]!,
      observed: Int32Array.from(visits.filter((visit) => isSeen(first, visit))),
      missing: Int32Array.from(visits.filter((visit) => !isSeen(first, visit))),
      patients,
    };
  });
}
