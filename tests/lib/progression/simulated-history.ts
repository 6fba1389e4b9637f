import type { LongDataSet, VisitValue } from "../../../lib/data/long-data-set.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import type { Rng } from "../../../lib/numerics/rng.ts";
import type { TrainingSpec } from "../../../lib/progression/model-document.ts";

/** A law under which everything a progression model should find is known. */
export interface SimulatedLaw {
  readonly patients: number;
  readonly studies: number;
  readonly visits: number;
  readonly endpoints: number;
  /** Continuous covariates; `effect` is what one SD of the mean of the first three adds per year of follow-up. */
  readonly covariates: number;
  readonly effect: number;
  /** Probability per visit of leaving for good. */
  readonly dropout: number;
  /** Probability that a single value is missing. */
  readonly sporadic: number;
}

export const DEFAULT_LAW: SimulatedLaw = {
  patients: 200,
  studies: 1,
  visits: 3,
  endpoints: 1,
  covariates: 4,
  effect: 2,
  dropout: 0.06,
  sporadic: 0.02,
};

/**
 * Control patients with y(t) = 20 + u + (3 + effect·x̄ + s)·t + e: u and s normal, x̄ the standardised mean of three
 * covariates. A tenth of the patients is of the second region; a last covariate of two levels means nothing.
 */
export function simulatedHistory(
  law: SimulatedLaw,
  seed: number,
  role: LongDataSet["role"] = "historical-control",
): LongDataSet {
  const rng = createRng(seed);
  const endpoints = Array.from({ length: law.endpoints }, (_, e) => ({
    id: `score${e + 1}`,
    label: `score ${e + 1}`,
    unit: "points",
    scale: "identity" as const,
    benefit: "lower-is-better" as const,
    sourceRange: { minimum: null, maximum: null },
  }));
  const visits = Array.from({ length: law.visits }, (_, v) => {
    const day = Math.round((365 * 1.5 * (v + 1)) / law.visits);
    return { id: `visit${v + 1}`, label: `Visit ${v + 1}`, targetDay: day, windowFrom: day - 10, windowTo: day + 10 };
  });
  const arms =
    role === "enrolled"
      ? [
          { id: "placebo", label: "Placebo", role: "control" as const },
          { id: "active", label: "Active", role: "experimental" as const },
        ]
      : [{ id: "placebo", label: "Placebo", role: "control" as const }];
  return {
    format: "understudy-data/1",
    name: "simulated history",
    role,
    origin: "simulated",
    endpoints,
    visits,
    arms,
    covariates: [
      ...Array.from({ length: law.covariates }, (_, p) => ({
        id: `x${p + 1}`,
        label: `x${p + 1}`,
        type: "continuous" as const,
        unit: "",
      })),
      { id: "region", label: "Region", type: "categorical" as const, levels: ["north", "south"] },
    ],
    patients: Array.from({ length: law.patients }, (_, i) =>
      patient(
        law,
        i,
        rng.fork(i),
        visits.map((visit) => visit.targetDay),
        arms,
      ),
    ),
  };
}

function patient(
  law: SimulatedLaw,
  i: number,
  rng: Rng,
  days: readonly number[],
  arms: LongDataSet["arms"],
): LongDataSet["patients"][number] {
  const x = Array.from({ length: law.covariates }, () => rng.normal());
  const used = x.slice(0, 3);
  const mean = used.length === 0 ? 0 : used.reduce((sum, value) => sum + value, 0) / Math.sqrt(used.length);
  const level = Array.from({ length: law.endpoints }, () => 5 * rng.normal());
  const slope = Array.from({ length: law.endpoints }, () => 2 * rng.normal());
  let gone = days.length;
  for (let v = days.length - 1; v >= 0; v--) if (rng.uniform() < law.dropout) gone = v;
  const outcomes = level.map((u, e) =>
    days.map((day, v): VisitValue => {
      const value = 20 + u + (3 + law.effect * mean + slope[e]!) * (day / 365) + 2 * rng.normal();
      if (v >= gone) return { missing: "dropped-out" };
      return rng.uniform() < law.sporadic ? { missing: "not-measured" } : { value, day };
    }),
  );
  return {
    id: `P${String(i + 1).padStart(4, "0")}`,
    study: `study ${1 + (i % law.studies)}`,
    site: null,
    arm: arms[i % arms.length]!.id,
    covariates: [
      ...x.map((value) => (rng.uniform() < law.sporadic ? null : value)),
      rng.uniform() < 0.9 ? "north" : "south",
    ],
    baseline: level.map((u) => 20 + u + 2 * rng.normal()),
    outcomes,
    lastContactDay: null,
    events: [],
  };
}

/** Training specification with everything allowed and modest bootstrap. */
export function trainingFor(data: LongDataSet, change: Partial<TrainingSpec> = {}): TrainingSpec {
  return {
    format: "understudy-training/1",
    covariateIds: data.covariates.map((covariate) => covariate.id),
    strata: ["region"],
    primary: { endpointId: data.endpoints[0]!.id, visitId: data.visits.at(-1)!.id },
    folds: 5,
    repeats: 1,
    bootstrapReplicates: 500,
    shrinkage: { kind: "chosen" },
    acknowledgedLeakage: "simulated: covariates were drawn before the outcomes",
    seed: 20260101,
    ...change,
  };
}
