import type { SubjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { Rng } from "../../../../lib/numerics/rng.ts";
import { baselineFeatures, encodeFeatures } from "../../../../lib/progression/feature-encoding.ts";
import type { MemberTraining } from "../../../../lib/progression/member.ts";
import type { Covariate } from "../../../../lib/trial/covariate.ts";

/** A law of outcomes given covariates that a test knows in full. */
export interface KnownLaw {
  readonly covariates: number;
  readonly visits: number;
  mean(x: Float64Array): Float64Array;
  deviation(x: Float64Array): Float64Array;
  /** Share of the residual variance common to all visits (equicorrelated normal residuals). */
  readonly common: number;
}

export interface Missingness {
  /** Probability per visit of leaving for good, and of one value missing. */
  readonly dropout: number;
  readonly sporadic: number;
  /** Probability that one covariate is missing. */
  readonly covariate: number;
}

export const COMPLETE: Missingness = { dropout: 0, sporadic: 0, covariate: 0 };

/** Patients drawn from a known law, one endpoint, as a training set; outcomes also complete. */
export function drawPatients(law: KnownLaw, count: number, missing: Missingness, seed: number) {
  const rng = createRng(seed);
  const { covariates: P, visits: V } = law;
  const covariates = Array.from(
    { length: P },
    (_, p): Covariate => ({
      id: `x${p + 1}`,
      label: `x${p + 1}`,
      type: "continuous",
      unit: "",
    }),
  );
  const table: SubjectTable = {
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
    visits: Array.from({ length: V }, (_, v) => {
      const day = 90 * (v + 1);
      return { id: `v${v + 1}`, label: `Visit ${v + 1}`, targetDay: day, windowFrom: day - 10, windowTo: day + 10 };
    }),
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates,
    count,
    ids: Array.from({ length: count }, (_, i) => `P${i}`),
    studies: Array.from({ length: count }, () => "study"),
    arm: new Int32Array(count),
    covariateValues: new Float64Array(count * P),
    baseline: new Float64Array(count),
    outcomes: new Float64Array(count * V),
    days: new Float64Array(count * V).fill(Number.NaN),
    eventKinds: [],
    eventDays: new Float64Array(0),
    lastDays: new Float64Array(count),
  };
  const complete = new Float64Array(count * V);
  for (let i = 0; i < count; i++) drawPatient(law, rng.fork(i), i, missing, table, complete);
  const features = baselineFeatures(table.endpoints, covariates);
  const training: MemberTraining = {
    table,
    features,
    covariates,
    featureValues: encodeFeatures(table, features, covariates),
    weights: new Float64Array(count).fill(1),
  };
  return { training, complete };
}

/** x: the covariates; the baseline value is the last of them, so that it carries information like any other. */
function drawPatient(
  law: KnownLaw,
  rng: Rng,
  i: number,
  missing: Missingness,
  table: SubjectTable,
  complete: Float64Array,
): void {
  const { covariates: P, visits: V } = law;
  const x = Float64Array.from({ length: P + 1 }, () => rng.normal());
  const mean = law.mean(x);
  const deviation = law.deviation(x);
  const shared = rng.normal();
  for (let v = 0; v < V; v++) {
    const noise = Math.sqrt(law.common) * shared + Math.sqrt(1 - law.common) * rng.normal();
    complete[i * V + v] = mean[v]! + deviation[v]! * noise;
  }
  let gone = V;
  for (let v = V - 1; v > 0; v--) if (rng.uniform() < missing.dropout) gone = v;
  for (let v = 0; v < V; v++) {
    const seen = v < gone && !(rng.uniform() < missing.sporadic);
    table.outcomes[i * V + v] = seen ? complete[i * V + v]! : Number.NaN;
    if (seen) table.days[i * V + v] = 90 * (v + 1);
  }
  table.baseline[i] = x[P]!;
  for (let p = 0; p < P; p++) table.covariateValues[i * P + p] = rng.uniform() < missing.covariate ? Number.NaN : x[p]!;
}

/** Linear mean, constant SD. */
export function linearLaw(covariates: number, visits: number, common = 0.5): KnownLaw {
  return {
    covariates,
    visits,
    common,
    mean: (x) =>
      Float64Array.from({ length: visits }, (_, v) => 10 + v + (v + 1) * 0.3 * (x[0]! - 0.5 * x[1]! + x[covariates]!)),
    deviation: () => new Float64Array(visits).fill(2),
  };
}

/** Curved mean with an interaction, SD that doubles over two SDs of one covariate. */
export function curvedLaw(covariates: number, visits: number, common = 0.3): KnownLaw {
  return {
    covariates,
    visits,
    common,
    mean: (x) =>
      Float64Array.from(
        { length: visits },
        (_, v) => 10 + v + x[covariates]! + (1 + 0.2 * v) * (1.5 * Math.abs(x[0]!) + Math.max(0, x[1]!) * 1.5),
      ),
    deviation: (x) => Float64Array.from({ length: visits }, () => Math.exp(0.35 * x[2]!)),
  };
}
