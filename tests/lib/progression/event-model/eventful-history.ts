import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";

/** Hazards the simulated courses end by: logit-type, competing, over 4 yearly visits. */
export const TRUTH = {
  death: { intercept: -2.6, last: 0.9, x: 0.5 },
  dropout: { intercept: -2.2, last: 0, x: -0.6 },
};

/**
 * Patients with one endpoint (values about 20 ± 6) and one covariate x, who die or drop out in an interval with the chances of
 * `TRUTH` given z = (last value − 20)/5 and x.
 */
export function eventfulHistory(patients: number, seed: number): LongDataSet {
  const base = simulatedHistory(
    { ...DEFAULT_LAW, patients, visits: 4, covariates: 1, effect: 0, dropout: 0, sporadic: 0 },
    seed,
  );
  const visits = base.visits.map((visit, v) => ({
    ...visit,
    targetDay: 365 * (v + 1),
    windowFrom: 365 * (v + 1) - 20,
    windowTo: 365 * (v + 1) + 20,
  }));
  const rng = createRng(seed).fork("events");
  return {
    ...base,
    visits,
    patients: base.patients.map((patient, i) => {
      const own = rng.fork(i);
      const x = patient.covariates[0] as number;
      const outcomes: LongDataSet["patients"][number]["outcomes"][number] = [];
      const events: { kind: string; day: number }[] = [];
      let last = patient.baseline[0]!;
      let lastContactDay = 0;
      for (const [v, visit] of visits.entries()) {
        const cell = patient.outcomes[0]![v]!;
        const [death, dropout] = chances(last, x);
        const u = own.uniform();
        if (events.length > 0 || lastContactDay < 365 * v || u < death! + dropout!) {
          if (events.length === 0 && lastContactDay === 365 * v && u < death!) {
            events.push({ kind: "death", day: 365 * v + 1 + Math.floor(364 * own.uniform()) });
          }
          outcomes.push({ missing: "dropped-out" });
          continue;
        }
        last = "value" in cell ? cell.value : last;
        lastContactDay = visit.targetDay;
        outcomes.push({ value: last, day: visit.targetDay });
      }
      return { ...patient, outcomes: [outcomes], events, lastContactDay };
    }),
  };
}

/** True chances of death and dropout in an interval. */
export function chances(last: number, x: number): [number, number] {
  const z = (last - 20) / 5;
  const death = Math.exp(TRUTH.death.intercept + TRUTH.death.last * z + TRUTH.death.x * x);
  const dropout = Math.exp(TRUTH.dropout.intercept + TRUTH.dropout.last * z + TRUTH.dropout.x * x);
  return [death / (1 + death + dropout), dropout / (1 + death + dropout)];
}
