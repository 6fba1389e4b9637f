import type { Covariate } from "../../lib/analysis/covariate.ts";
import type { TrialData } from "../../lib/analysis/trial-data.ts";
import { createRng } from "../../lib/numerics/philox.ts";

/** Size and shape of a simulated trial. */
export interface SmallTrialOptions {
  readonly seed?: number;
  readonly patients?: number;
  readonly arms?: readonly string[];
  /** Chance that a patient leaves before each visit after the first. */
  readonly dropout?: number;
}

/**
 * A simulated trial of one endpoint at three visits: a numeric and a categorical covariate, twins whose variance says
 * something about the residuals, monotone dropout, an event "rescue" for some who leave.
 */
export function smallTrialData({
  seed = 1,
  patients = 60,
  arms = ["placebo", "active"],
  dropout = 0.12,
}: SmallTrialOptions = {}): TrialData {
  const rng = createRng(seed);
  const visits = [
    { id: "week4", label: "Week 4", day: 28 },
    { id: "week8", label: "Week 8", day: 56 },
    { id: "week12", label: "Week 12", day: 84 },
  ];
  const width = visits.length;
  const each = <T>(make: (i: number) => T) => Array.from({ length: patients }, (_, i) => make(i));
  const arm = Int32Array.from(each((i) => i % arms.length));
  const age = Float64Array.from(each(() => 60 + 8 * rng.normal()));
  const site = Int32Array.from(each(() => rng.integer(3)));
  const baseline = Float64Array.from(each((i) => 24 + 0.1 * (age[i]! - 60) + 5 * rng.normal()));
  const spread = Float64Array.from(each(() => Math.exp(0.5 * rng.normal())));
  const values = new Float64Array(patients * width);
  const days = new Float64Array(patients * width);
  const lastDay = new Float64Array(patients);
  const rescue = new Float64Array(patients).fill(Number.NaN);
  const score = visits.map(() => new Float64Array(patients));
  for (let i = 0; i < patients; i++) {
    const own = 3 * rng.normal();
    let present = true;
    for (let v = 0; v < width; v++) {
      const expected = baseline[i]! + (v + 1) * (0.8 + 0.05 * (age[i]! - 60));
      score[v]![i] = expected + 0.4 * own + rng.normal();
      const value = expected + own - 0.9 * (v + 1) * arm[i]! + 2.5 * spread[i]! * rng.normal();
      if (v > 0 && present && rng.uniform() < dropout) {
        present = false;
        if (rng.uniform() < 0.5) rescue[i] = visits[v]!.day - 10;
      }
      values[i * width + v] = present ? value : Number.NaN;
      days[i * width + v] = present ? visits[v]!.day : Number.NaN;
      if (present) lastDay[i] = visits[v]!.day;
    }
  }
  const covariates: Covariate[] = [
    { kind: "numeric", name: "age", values: age },
    { kind: "categorical", name: "site", levels: ["north", "south", "west"], codes: site },
  ];
  return {
    patientIds: each((i) => `P-${String(i + 1).padStart(3, "0")}`),
    armNames: arms,
    arm,
    visits,
    endpoints: [{ id: "scale", label: "Symptom scale", unit: "points", benefit: "lower", values, days, baseline }],
    covariates,
    scores: visits.map(({ id }, v) => ({
      endpointId: "scale",
      visitId: id,
      mean: score[v]!,
      variance: spread.map((s) => 4 * s * s),
    })),
    followUp: { lastDay, eventDay: new Map([["rescue", rescue]]) },
  };
}
