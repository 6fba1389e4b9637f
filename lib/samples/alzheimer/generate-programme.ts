import { createRng } from "../../numerics/philox.ts";
import type { Rng } from "../../numerics/rng.ts";
import {
  AGE,
  APOE4_CARRIER_PROBABILITY,
  adasCog,
  CDR_SUM_OF_BOXES,
  dropoutProbability,
  EDUCATION,
  FACTORS,
  type Factor,
  FEMALE_PROBABILITY,
  HISTORICAL_STUDIES,
  LAST_WEEK,
  MMSE,
  NEW_TRIAL,
  quantityValue,
  type StudyLaw,
  TRUE_EFFECT_AT_LAST_WEEK,
  VISIT_WEEKS,
} from "./progression-law.ts";

const HEADER = "STUDYID,USUBJID,SITEID,ARM,AGE,SEX,APOE4,EDUC,MMSE,CDRSB,AVISIT,ADY,ADAS11";
/** Scale limits of ADAS-Cog 11; the law leaves them with probability below 0.001. */
const SCALE = { minimum: 0, maximum: 70 } as const;

/** CSV of the three simulated historical studies: placebo patients only. */
export function generateHistoricalCsv(seed: number): string {
  const rng = createRng(seed).fork("alzheimer-history");
  return [HEADER, ...HISTORICAL_STUDIES.flatMap((study) => studyRows(study, rng.fork(study.id), false))]
    .join("\n")
    .concat("\n");
}

/** CSV of the simulated new trial: placebo and active, 1:1. */
export function generateTrialCsv(seed: number): string {
  const rng = createRng(seed).fork("alzheimer-trial");
  return [HEADER, ...studyRows(NEW_TRIAL, rng.fork(NEW_TRIAL.id), true)].join("\n").concat("\n");
}

function studyRows(study: StudyLaw, rng: Rng, randomised: boolean): string[] {
  const rows: string[] = [];
  for (let i = 0; i < study.patients; i++) rows.push(...patientRows(study, i, rng.fork(i), randomised));
  return rows;
}

function patientRows(study: StudyLaw, index: number, rng: Rng, randomised: boolean): string[] {
  const factors = Object.fromEntries(FACTORS.map((factor) => [factor, rng.normal()])) as Record<Factor, number>;
  const carrier = rng.uniform() < APOE4_CARRIER_PROBABILITY;
  const female = rng.uniform() < FEMALE_PROBABILITY;
  const active = randomised && index % 2 === 1;
  const site = `${study.id}-${String(1 + rng.integer(12)).padStart(2, "0")}`;
  const fixed = [
    study.id,
    `${study.id}-${String(index + 1).padStart(4, "0")}`,
    site,
    active ? "Active" : "Placebo",
    quantityValue(AGE, factors, carrier).toFixed(1),
    female ? "F" : "M",
    carrier ? "carrier" : "non-carrier",
    quantityValue(EDUCATION, factors, carrier).toFixed(1),
    quantityValue(MMSE, factors, carrier).toFixed(1),
    quantityValue(CDR_SUM_OF_BOXES, factors, carrier).toFixed(1),
  ].join(",");
  const baseline = quantityValue(adasCog(study, 0), factors, carrier);
  const rows = [`${fixed},Baseline,1,${onScale(baseline)}`];
  let latest = baseline;
  for (const [v, week] of VISIT_WEEKS.entries()) {
    // One stay-or-leave draw before every visit keeps the stream aligned whatever happened before.
    const leaves = rng.uniform() < dropoutProbability(latest - baseline);
    const dayOffset = rng.integer(15) - 7;
    if (leaves) break;
    latest =
      quantityValue(adasCog(study, v + 1), factors, carrier) +
      (active ? (TRUE_EFFECT_AT_LAST_WEEK * week) / LAST_WEEK : 0);
    rows.push(`${fixed},Week ${week},${week * 7 + 1 + dayOffset},${onScale(latest)}`);
  }
  return rows;
}

function onScale(value: number): string {
  return Math.min(SCALE.maximum, Math.max(SCALE.minimum, value)).toFixed(1);
}
