import type { LongDataSet, PatientRecord } from "../../lib/data/long-data-set.ts";
import type { Rng } from "../../lib/numerics/rng.ts";
import { alzheimerStudy } from "../../lib/samples/alzheimer/alzheimer-study.ts";
import {
  AGE,
  APOE4_CARRIER_PROBABILITY,
  adasCog,
  CDR_SUM_OF_BOXES,
  dropoutProbability,
  EDUCATION,
  FACTORS,
  type Factor,
  MMSE,
  quantityValue,
  VISIT_WEEKS,
} from "../../lib/samples/alzheimer/progression-law.ts";

const NO_SHIFT = { levelShift: 0, slopeShift: 0 };

/**
 * Placebo patients of one study of the simulated Alzheimer's law (lib/samples/METHODS.md (L1)–(L6)), unrounded.
 *
 * @param count - Number of patients.
 * @param dropout - Whether patients leave; without it every course is complete.
 * @param rng - Forked per patient.
 */
export function lawPatients(count: number, dropout: boolean, rng: Rng): LongDataSet {
  const { endpoints, visits } = alzheimerStudy.specification;
  const continuous = (id: string) => ({ type: "continuous" as const, id, label: id, unit: "" });
  return {
    format: "understudy-data/1",
    name: "simulated law",
    role: "historical-control",
    origin: "simulated",
    endpoints: [...endpoints],
    visits: [...visits],
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates: [
      continuous("age"),
      { type: "categorical", id: "apoe4", label: "APOE ε4", levels: ["carrier", "non-carrier"] },
      continuous("education"),
      continuous("mmse"),
      continuous("cdrsb"),
    ],
    patients: Array.from({ length: count }, (_, i) => patient(i, dropout, rng.fork(i))),
  };
}

function patient(index: number, dropout: boolean, rng: Rng): PatientRecord {
  const factors = Object.fromEntries(FACTORS.map((factor) => [factor, rng.normal()])) as Record<Factor, number>;
  const carrier = rng.uniform() < APOE4_CARRIER_PROBABILITY;
  const value = (quantity: Parameters<typeof quantityValue>[0]) => quantityValue(quantity, factors, carrier);
  const baseline = value(adasCog(NO_SHIFT, 0));
  let latest = baseline;
  let gone = false;
  const outcomes = VISIT_WEEKS.map((week, v) => {
    gone ||= rng.uniform() < (dropout ? dropoutProbability(latest - baseline) : 0);
    if (gone) return { missing: "dropped-out" as const };
    latest = value(adasCog(NO_SHIFT, v + 1));
    return { value: latest, day: 7 * week };
  });
  return {
    id: `L${index + 1}`,
    study: "law",
    site: null,
    arm: "placebo",
    covariates: [
      value(AGE),
      carrier ? "carrier" : "non-carrier",
      value(EDUCATION),
      value(MMSE),
      value(CDR_SUM_OF_BOXES),
    ],
    baseline: [baseline],
    outcomes: [outcomes],
    lastContactDay: null,
    events: [],
  };
}
