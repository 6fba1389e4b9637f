import type { SubjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { MemberTraining } from "../../../../lib/progression/member.ts";
import { trainingOf } from "../mixed-effects/simulated-courses.ts";

/** Law of simulated bounded scales: y_e = range · logistic(u_e + b_e e^ξ t) + noise, t in units of the last visit. */
export interface MapLaw {
  readonly patients: number;
  readonly visits: number;
  /** b of each endpoint. */
  readonly rates: readonly number[];
  readonly covariates: number;
  /** Effect of the first covariate on log speed and on the levels. */
  readonly onSpeed: number;
  readonly onLevel: number;
  readonly speedDeviation: number;
  readonly levelDeviation: number;
  /** Noise in units of the scale, which runs from 0 to 70. */
  readonly noise: number;
  readonly missing: number;
  readonly missingFeature: number;
  readonly jitter: number;
}

export const PLAIN_MAP: MapLaw = {
  patients: 400,
  visits: 5,
  rates: [1.5],
  covariates: 3,
  onSpeed: 0.3,
  onLevel: 0.4,
  speedDeviation: 0.4,
  levelDeviation: 0.8,
  noise: 2.5,
  missing: 0.1,
  missingFeature: 0,
  jitter: 0,
};

export const SCALE_MAXIMUM = 70;
const LAST_DAY = 700;
const MEAN_LEVEL = -0.8;

/** Simulated training patients; outcomes missing completely at random. */
export function simulatedMap(law: MapLaw, seed: number, bounded: (e: number) => boolean = () => true): MemberTraining {
  const rng = createRng(seed);
  const { patients: n, visits: V, covariates: P } = law;
  const E = law.rates.length;
  const visits = Array.from({ length: V }, (_, v) => {
    const day = Math.round((LAST_DAY * (v + 1)) / V);
    return { id: `v${v + 1}`, label: `Visit ${v + 1}`, targetDay: day, windowFrom: day - 40, windowTo: day + 40 };
  });
  const endpoints = Array.from({ length: E }, (_, e) => ({
    id: `scale${e + 1}`,
    label: `scale ${e + 1}`,
    unit: "points",
    scale: "identity" as const,
    benefit: "lower-is-better" as const,
    sourceRange: bounded(e) ? { minimum: 0, maximum: SCALE_MAXIMUM } : { minimum: 0, maximum: null },
  }));
  const covariateValues = new Float64Array(n * P);
  const baseline = new Float64Array(n * E);
  const outcomes = new Float64Array(n * E * V).fill(Number.NaN);
  const days = new Float64Array(n * E * V).fill(Number.NaN);
  const scale = (h: number) => SCALE_MAXIMUM / (1 + Math.exp(-h));
  for (let i = 0; i < n; i++) {
    const own = rng.fork(i);
    for (let p = 0; p < P; p++) covariateValues[i * P + p] = own.normal();
    const x = covariateValues[i * P]!;
    const speed = Math.exp(law.onSpeed * x + law.speedDeviation * own.normal());
    for (let e = 0; e < E; e++) {
      const level = MEAN_LEVEL + law.onLevel * x + law.levelDeviation * own.normal();
      baseline[i * E + e] = Math.min(SCALE_MAXIMUM, Math.max(0, scale(level) + law.noise * own.normal()));
      for (let v = 0; v < V; v++) {
        const day = visits[v]!.targetDay + Math.round((2 * own.uniform() - 1) * law.jitter);
        const value = scale(level + law.rates[e]! * speed * (day / LAST_DAY)) + law.noise * own.normal();
        if (own.uniform() < law.missing) continue;
        outcomes[(i * E + e) * V + v] = value;
        days[(i * E + e) * V + v] = day;
      }
    }
    for (let p = 0; p < P; p++) if (own.uniform() < law.missingFeature) covariateValues[i * P + p] = Number.NaN;
  }
  const table: SubjectTable = {
    endpoints,
    visits,
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates: Array.from({ length: P }, (_, p) => ({
      id: `x${p + 1}`,
      label: `x${p + 1}`,
      type: "continuous" as const,
      unit: "",
    })),
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
