import type { SubjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineFeatures, encodeFeatures } from "../../../../lib/progression/feature-encoding.ts";
import type { MemberTraining } from "../../../../lib/progression/member.ts";

/** Law of simulated courses: y_e(t) = level + slope t + β_e x + residual, t in units of the last visit. */
export interface CourseLaw {
  readonly patients: number;
  readonly visits: number;
  readonly endpoints: number;
  readonly covariates: number;
  /** Effect of the first covariate on level and on slope. */
  readonly level: number;
  readonly slope: number;
  /** SDs of random intercept and slope; correlation of the slopes of neighbouring endpoints. */
  readonly interceptDeviation: number;
  readonly slopeDeviation: number;
  readonly slopeCorrelation: number;
  /** SDs of the Ornstein–Uhlenbeck part and of white noise, rate of decay. */
  readonly processDeviation: number;
  readonly rate: number;
  readonly noiseDeviation: number;
  /** Correlation of the white noise of neighbouring endpoints at one visit. */
  readonly noiseCorrelation: number;
  /** Probability that an outcome is missing, and that a feature is. */
  readonly missing: number;
  readonly missingFeature: number;
  /** Days are moved by up to this many days either way. */
  readonly jitter: number;
  readonly curve: (t: number) => number;
}

export const PLAIN_LAW: CourseLaw = {
  patients: 300,
  visits: 5,
  endpoints: 1,
  covariates: 3,
  level: 0.8,
  slope: 1.5,
  interceptDeviation: 1,
  slopeDeviation: 1.2,
  slopeCorrelation: 0,
  processDeviation: 0,
  rate: 1,
  noiseDeviation: 0.7,
  noiseCorrelation: 0,
  missing: 0.1,
  missingFeature: 0,
  jitter: 0,
  curve: (t) => 10 + 2 * t,
};

const LAST_DAY = 500;

/** Simulated training patients; outcomes missing completely at random. */
export function simulatedCourses(law: CourseLaw, seed: number): MemberTraining {
  const rng = createRng(seed);
  const { patients: n, visits: V, endpoints: E, covariates: P } = law;
  const visits = Array.from({ length: V }, (_, v) => {
    const day = Math.round((LAST_DAY * (v + 1)) / V);
    return { id: `v${v + 1}`, label: `Visit ${v + 1}`, targetDay: day, windowFrom: day - 40, windowTo: day + 40 };
  });
  const endpoints = Array.from({ length: E }, (_, e) => ({
    id: `score${e + 1}`,
    label: `score ${e + 1}`,
    unit: "points",
    scale: "identity" as const,
    benefit: "lower-is-better" as const,
    sourceRange: { minimum: null, maximum: null },
  }));
  const covariates = Array.from({ length: P }, (_, p) => ({
    id: `x${p + 1}`,
    label: `x${p + 1}`,
    type: "continuous" as const,
    unit: "",
  }));
  const covariateValues = new Float64Array(n * P);
  const baseline = new Float64Array(n * E);
  const outcomes = new Float64Array(n * E * V).fill(Number.NaN);
  const days = new Float64Array(n * E * V).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    const own = rng.fork(i);
    const shared = own.normal();
    for (let p = 0; p < P; p++) covariateValues[i * P + p] = 0.6 * shared + 0.8 * own.normal();
    const x = covariateValues[i * P]!;
    const visitNoise = Array.from({ length: V }, () => own.normal());
    const commonSlope = own.normal();
    const dayOf = visits.map(({ targetDay }) => targetDay + Math.round((2 * own.uniform() - 1) * law.jitter));
    for (let e = 0; e < E; e++) {
      const intercept = law.interceptDeviation * own.normal();
      const slope = law.slopeDeviation * mixed(commonSlope, own.normal(), law.slopeCorrelation);
      baseline[i * E + e] = law.curve(0) + intercept + law.level * x + law.noiseDeviation * own.normal();
      let process = own.normal();
      let before = 0;
      for (let v = 0; v < V; v++) {
        const t = dayOf[v]! / LAST_DAY;
        const kept = Math.exp(-law.rate * (t - before));
        process = kept * process + Math.sqrt(1 - kept * kept) * own.normal();
        before = t;
        const noise = law.noiseDeviation * mixed(visitNoise[v]!, own.normal(), law.noiseCorrelation);
        const value = law.curve(t) + intercept + law.level * x + (slope + law.slope * x) * t;
        if (own.uniform() < law.missing) continue;
        outcomes[(i * E + e) * V + v] = value + law.processDeviation * process + noise;
        days[(i * E + e) * V + v] = dayOf[v]!;
      }
    }
    for (let p = 0; p < P; p++) if (own.uniform() < law.missingFeature) covariateValues[i * P + p] = Number.NaN;
  }
  const table: SubjectTable = {
    endpoints,
    visits,
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates,
    count: n,
    ids: Array.from({ length: n }, (_, i) => `P${i}`),
    studies: new Array<string>(n).fill("s"),
    arm: new Int32Array(n),
    covariateValues,
    baseline,
    outcomes,
    days,
    eventKinds: [],
    eventDays: new Float64Array(0),
    lastDays: new Float64Array(n),
  };
  return trainingOf(table);
}

/** Training input of a table with all its covariates and equal weights. */
export function trainingOf(table: SubjectTable): MemberTraining {
  const features = baselineFeatures(table.endpoints, table.covariates);
  return {
    table,
    features,
    covariates: table.covariates,
    featureValues: encodeFeatures(table, features, table.covariates),
    weights: new Float64Array(table.count).fill(1),
  };
}

/** [E·V] planned days. */
export function plannedDays(table: SubjectTable): Float64Array {
  return Float64Array.from(table.endpoints.flatMap(() => table.visits.map(({ targetDay }) => targetDay)));
}

/** Two standard normals with a shared part so that patients' values at neighbouring endpoints correlate by `rho`. */
function mixed(shared: number, own: number, rho: number): number {
  return Math.sqrt(rho) * shared + Math.sqrt(1 - rho) * own;
}
