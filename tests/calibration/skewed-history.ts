import type { LongDataSet, VisitValue } from "../../lib/data/long-data-set.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import type { Rng } from "../../lib/numerics/rng.ts";

/** What a history holds; see {@link skewedHistory}. */
export interface SkewedLaw {
  readonly patients: number;
  /** Covariates that mean nothing, besides the two that may. */
  readonly useless: number;
  /** Slope of the last outcome on the two covariates; 0 makes them useless as well. */
  readonly signal: number;
  /** Dropout that depends on the last value seen, and missing covariates. */
  readonly incomplete: boolean;
}

/**
 * Control patients unlike the model's assumptions: a skewed covariate, t-distributed errors (5 df), a three-level site that
 * matters for level and slope, a covariate correlated with the baseline value. Two visits.
 */
export function skewedHistory(law: SkewedLaw, seed: number): LongDataSet {
  const rng = createRng(seed);
  const count = 2 + law.useless;
  return {
    format: "understudy-data/1",
    name: "skewed",
    role: "historical-control",
    origin: "simulated",
    endpoints: [
      {
        id: "y",
        label: "y",
        unit: "u",
        scale: "identity",
        benefit: "higher-is-better",
        sourceRange: { minimum: null, maximum: null },
      },
    ],
    visits: [90, 180].map((day, v) => ({
      id: `v${v}`,
      label: `v${v}`,
      targetDay: day,
      windowFrom: day - 20,
      windowTo: day + 20,
    })),
    arms: [{ id: "control", label: "Control", role: "control" }],
    covariates: [
      ...Array.from({ length: count }, (_, p) => ({
        id: `x${p}`,
        label: `x${p}`,
        type: "continuous" as const,
        unit: "",
      })),
      { id: "site", label: "Site", type: "categorical" as const, levels: ["a", "b", "c"] },
    ],
    patients: Array.from({ length: law.patients }, (_, i) => patient(law, count, i, rng.fork(i))),
  };
}

function patient(law: SkewedLaw, count: number, i: number, rng: Rng): LongDataSet["patients"][number] {
  const shared = rng.normal();
  const x = Array.from({ length: count }, () => rng.normal());
  x[0] = rng.exponential() - 1;
  x[1] = 0.6 * shared + 0.8 * x[1]!;
  const draw = rng.uniform();
  const site = draw < 0.5 ? "a" : draw < 0.8 ? "b" : "c";
  const level = 3 * rng.normal() + 0.8 * shared + (site === "b" ? 1 : site === "c" ? -1.5 : 0);
  const slope = -2 + 0.7 * law.signal * (x[0] + x[1]) + 1.2 * rng.normal() + (site === "c" ? 0.8 : 0);
  const baseline = 50 + level + 1.5 * heavyTailed(rng);
  let last = baseline;
  let gone = false;
  const outcomes = [0.5, 1].map((time, v): VisitValue => {
    const value = 50 + 0.9 * level + time * slope + 1.5 * heavyTailed(rng);
    gone = gone || (law.incomplete && rng.uniform() < (last > 52 ? 0.12 : 0.03));
    last = value;
    return gone ? { missing: "dropped-out" } : { value, day: 90 * (v + 1) };
  });
  const seen = x.map((value) => (law.incomplete && rng.uniform() < 0.04 ? null : value));
  return {
    id: `P${i}`,
    study: "one",
    site: null,
    arm: "control",
    covariates: [...seen, site],
    baseline: [baseline],
    outcomes: [outcomes],
    lastContactDay: null,
    events: [],
  };
}

/** Student's t with 5 degrees of freedom, scaled to variance 1. */
function heavyTailed(rng: Rng): number {
  let squares = 0;
  for (let k = 0; k < 5; k++) squares += rng.normal() ** 2;
  return (rng.normal() / Math.sqrt(squares / 5)) * Math.sqrt(3 / 5);
}
