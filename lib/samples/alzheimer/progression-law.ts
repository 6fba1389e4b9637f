/**
 * The law behind the simulated Alzheimer's programme (lib/samples/METHODS.md, equations (L1)–(L6)).
 *
 * Every quantity of one patient is linear in independent standard normal factors and two independent binary
 * characteristics, so its mean and covariance are known exactly and what the program estimates can be held against them.
 */

export interface StudyLaw {
  readonly id: string;
  readonly patients: number;
  /** a_s of (L3): difference of the study's baseline level, points. */
  readonly levelShift: number;
  /** d_s of (L4): difference of the study's worsening over 78 weeks, points. */
  readonly slopeShift: number;
}

export const HISTORICAL_STUDIES: readonly StudyLaw[] = [
  { id: "SIM-H1", patients: 220, levelShift: 0, slopeShift: 0 },
  { id: "SIM-H2", patients: 180, levelShift: 1.2, slopeShift: 0.8 },
  { id: "SIM-H3", patients: 260, levelShift: -0.8, slopeShift: -0.6 },
];

export const NEW_TRIAL: StudyLaw = { id: "SIM-T1", patients: 240, levelShift: 0.4, slopeShift: 0.3 };

export const VISIT_WEEKS = [12, 26, 39, 52, 65, 78] as const;
export const LAST_WEEK = 78;

/** Experimental minus control at week 78, points of ADAS-Cog 11; grows in proportion to time, (L6). */
export const TRUE_EFFECT_AT_LAST_WEEK = -1.5;

export const APOE4_CARRIER_PROBABILITY = 0.6;
export const FEMALE_PROBABILITY = 0.55;

/** Independent standard normal factors of one patient, in this order; `noise0…6` belong to baseline and the six visits. */
export const FACTORS = [
  "age",
  "education",
  "severity",
  "mmseError",
  "cdrError",
  "level",
  "slope",
  "noise0",
  "noise1",
  "noise2",
  "noise3",
  "noise4",
  "noise5",
  "noise6",
] as const;
export type Factor = (typeof FACTORS)[number];

/** A quantity as constant + Σ loading × factor + apoe4 × (carrier − P(carrier)). */
export interface LinearQuantity {
  readonly constant: number;
  readonly apoe4: number;
  readonly loadings: Partial<Record<Factor, number>>;
}

const LEVEL: LinearQuantity = { constant: 24, apoe4: 0, loadings: { severity: 6, level: 1.5 } };
const SLOPE: LinearQuantity = { constant: 6, apoe4: 1.6, loadings: { age: -0.56, severity: 1.1, slope: 3.6 } };
const NOISE_SD = 2.6;

export const AGE: LinearQuantity = { constant: 72.5, apoe4: 0, loadings: { age: 7 } };
export const EDUCATION: LinearQuantity = { constant: 14, apoe4: 0, loadings: { education: 3 } };
export const MMSE: LinearQuantity = { constant: 21.5, apoe4: 0, loadings: { severity: -2.2, mmseError: 1.6 } };
export const CDR_SUM_OF_BOXES: LinearQuantity = { constant: 4.6, apoe4: 0, loadings: { severity: 1.3, cdrError: 1.1 } };

/** ADAS-Cog 11 at baseline (visit 0) or at the v-th planned visit (1 … 6) under control, (L3)–(L5). */
export function adasCog(study: Pick<StudyLaw, "levelShift" | "slopeShift">, visit: number): LinearQuantity {
  const time = visit === 0 ? 0 : (VISIT_WEEKS[visit - 1] ?? LAST_WEEK) / LAST_WEEK;
  const loadings: Partial<Record<Factor, number>> = { ...LEVEL.loadings };
  for (const factor of FACTORS) {
    const added = time * (SLOPE.loadings[factor] ?? 0);
    if (added !== 0) loadings[factor] = (loadings[factor] ?? 0) + added;
  }
  const noise = FACTORS[FACTORS.indexOf("noise0") + visit];
  if (noise !== undefined) loadings[noise] = NOISE_SD;
  return {
    constant: LEVEL.constant + study.levelShift + time * (SLOPE.constant + study.slopeShift),
    apoe4: LEVEL.apoe4 + time * SLOPE.apoe4,
    loadings,
  };
}

/** Value for given factor draws. */
export function quantityValue(quantity: LinearQuantity, factors: Record<Factor, number>, carrier: boolean): number {
  let value = quantity.constant + quantity.apoe4 * ((carrier ? 1 : 0) - APOE4_CARRIER_PROBABILITY);
  for (const factor of FACTORS) value += (quantity.loadings[factor] ?? 0) * factors[factor];
  return value;
}

/** Exact covariance of two quantities within a study. */
export function covarianceOf(a: LinearQuantity, b: LinearQuantity): number {
  let covariance = a.apoe4 * b.apoe4 * APOE4_CARRIER_PROBABILITY * (1 - APOE4_CARRIER_PROBABILITY);
  for (const factor of FACTORS) covariance += (a.loadings[factor] ?? 0) * (b.loadings[factor] ?? 0);
  return covariance;
}

/** Probability of leaving before the next visit given the worsening since baseline seen so far, (L6): missing at random. */
export function dropoutProbability(worsening: number): number {
  return 1 / (1 + Math.exp(3.7 - 0.08 * worsening));
}
