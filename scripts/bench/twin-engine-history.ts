import type { LongDataSet, VisitValue } from "../../lib/data/long-data-set.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import type { Rng } from "../../lib/numerics/rng.ts";

const VISITS = 8;
/** Monotone dropout over the whole course, and values missing here and there. */
const DROPOUT = 0.2;
const INTERMITTENT = 0.05;
/** Continuous covariates beside one of three levels and the baseline value: 15 features in all. */
const CONTINUOUS = 12;
const LEVELS = ["north", "south", "west"];

/**
 * Control patients with random intercepts and slopes, effects of covariates on the course and a threshold that no linear model
 * follows.
 */
export function benchHistory(patients: number, seed: number): LongDataSet {
  const rng = createRng(seed);
  return {
    format: "understudy-data/1",
    name: "bench",
    role: "historical-control",
    origin: "simulated",
    endpoints: [
      {
        id: "score",
        label: "score",
        unit: "points",
        scale: "identity",
        benefit: "lower-is-better",
        sourceRange: { minimum: null, maximum: null },
      },
    ],
    visits: Array.from({ length: VISITS }, (_, v) => {
      const day = 45 * (v + 1);
      return { id: `v${v + 1}`, label: `Visit ${v + 1}`, targetDay: day, windowFrom: day - 20, windowTo: day + 20 };
    }),
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates: [
      ...Array.from({ length: CONTINUOUS }, (_, p) => ({
        id: `x${p + 1}`,
        label: `x${p + 1}`,
        type: "continuous" as const,
        unit: "",
      })),
      { id: "region", label: "Region", type: "categorical", levels: LEVELS },
    ],
    patients: Array.from({ length: patients }, (_, i) => patient(i, rng.fork(i))),
  };
}

function patient(i: number, rng: Rng): LongDataSet["patients"][number] {
  const x = Array.from({ length: CONTINUOUS }, () => rng.normal());
  const level = 5 * rng.normal();
  const slope = 3 + x[0]! + x[1]! + 2 * rng.normal() + (x[2]! > 0.5 ? 4 : 0);
  const lastVisit = rng.uniform() < DROPOUT ? rng.integer(VISITS) : VISITS;
  const outcomes = Array.from({ length: VISITS }, (_, v): VisitValue => {
    const day = 45 * (v + 1);
    const value = 20 + level + (slope * day) / 365 + 2 * rng.normal();
    if (v >= lastVisit) return { missing: "dropped-out" };
    return rng.uniform() < INTERMITTENT ? { missing: "not-measured" } : { value, day };
  });
  return {
    id: `P${String(i + 1).padStart(5, "0")}`,
    study: "bench",
    site: null,
    arm: "placebo",
    covariates: [...x.map((value) => (rng.uniform() < INTERMITTENT ? null : value)), LEVELS[rng.integer(3)]!],
    baseline: [20 + level + 2 * rng.normal()],
    outcomes: [outcomes],
    lastContactDay: null,
    events: [],
  };
}
