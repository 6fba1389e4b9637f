import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnalysisReport } from "../../../lib/analysis/analysis-report.ts";
import type { Covariate } from "../../../lib/analysis/covariate.ts";
import type { TrialData } from "../../../lib/analysis/trial-data.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { analyseTrial } from "../../../lib/trial-analysis/analyse-trial.ts";
import { type AnalysisSpec, analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";

const VISITS = [
  { id: "v1", label: "Visit 1", day: 30 },
  { id: "v2", label: "Visit 2", day: 60 },
  { id: "v3", label: "Visit 3", day: 90 },
];

/** A trial of n patients from a simple law, with dropout, unequal arms, a site, an age and deaths. */
function simulatedTrial(seed: number, n: number, experimentalShare: number): TrialData {
  const rng = createRng(seed);
  const arm = Int32Array.from({ length: n }, (_, i) => (i < 6 ? i % 2 : Number(rng.uniform() < experimentalShare)));
  const age = Float64Array.from({ length: n }, () => 60 + 8 * rng.normal());
  const site = Int32Array.from({ length: n }, () => Math.floor(3 * rng.uniform()));
  const baseline = Float64Array.from({ length: n }, () => 20 + 5 * rng.normal());
  const values = new Float64Array(n * VISITS.length).fill(Number.NaN);
  const days = new Float64Array(n * VISITS.length).fill(Number.NaN);
  const lastDay = new Float64Array(n);
  const death = new Float64Array(n).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    const level = baseline[i]! + 0.05 * (age[i]! - 60) + 2 * rng.normal();
    const kept = i < 24 || rng.uniform() < 0.8 ? VISITS.length : 1 + Math.floor(2 * rng.uniform());
    VISITS.forEach(({ day }, v) => {
      const value = level + (v + 1) * (1 - 0.4 * arm[i]!) + 2 * rng.normal();
      if (v >= kept) return;
      values[i * VISITS.length + v] = value;
      days[i * VISITS.length + v] = day + Math.round(4 * rng.uniform() - 2);
    });
    lastDay[i] = 95 + Math.round(60 * rng.uniform());
    if (rng.uniform() < 0.45) {
      death[i] = 20 + Math.round(70 * rng.uniform()) + i / (10 * n);
      lastDay[i] = death[i]!;
    }
  }
  const covariates: Covariate[] = [
    { kind: "numeric", name: "age", values: age },
    { kind: "categorical", name: "site", levels: ["A", "B", "C"], codes: site },
  ];
  return {
    patientIds: Array.from({ length: n }, (_, i) => `p${i}`),
    armNames: ["control", "experimental"],
    arm,
    visits: VISITS,
    endpoints: [{ id: "y", label: "outcome", unit: "points", benefit: "higher", values, days, baseline }],
    covariates,
    scores: VISITS.map(({ id }, v) => ({
      endpointId: "y",
      visitId: id,
      mean: baseline.map((value, i) => value + v + 0.05 * (age[i]! - 60)),
      variance: new Float64Array(n).fill(4),
    })),
    followUp: { lastDay, eventDay: new Map([["death", death]]) },
  };
}

const AT = { endpoint: "y", visit: "v3" };
const RESPONSE = { kind: "threshold", ...AT, of: "change", comparison: ">=", threshold: 2, missing: "complete-cases" };
const spec = (fields: object): AnalysisSpec => analysisSpecSchema.parse(fields);

const CONTINUOUS: readonly (readonly [string, AnalysisSpec])[] = [
  ["ANCOVA", spec({ method: "ancova", ...AT, covariates: ["age", "site"] })],
  ["ANCOVA with interaction", spec({ method: "ancova", ...AT, covariates: ["age"], interaction: "arm-by-covariate" })],
  ["PROCOVA", spec({ method: "ancova", ...AT, score: true, covariates: ["site"] })],
  ["t test", spec({ method: "two-sample-test", ...AT })],
  ["rank sum test", spec({ method: "two-sample-test", ...AT, test: "rank-sum-normal" })],
  ["MMRM", spec({ method: "mmrm", endpoint: "y", covariates: ["site"] })],
  [
    "MMRM, Toeplitz, Kenward–Roger",
    spec({
      method: "mmrm",
      endpoint: "y",
      structure: "toeplitz-heterogeneous",
      degreesOfFreedom: "kenward-roger-linear",
    }),
  ],
  ["random slopes", spec({ method: "mixed-model", endpoint: "y", randomEffects: "intercept" })],
  ["imputation at random", spec({ method: "multiple-imputation", ...AT, strategy: "MAR" })],
];

const OTHERS: readonly (readonly [string, AnalysisSpec])[] = [
  ["standardised risks", spec({ method: "binary-regression", outcome: RESPONSE, covariates: ["age"] })],
  ["two proportions", spec({ method: "two-proportions", outcome: RESPONSE })],
  ["strata", spec({ method: "cochran-mantel-haenszel", outcome: RESPONSE, strata: ["site"] })],
  ["log-rank", spec({ method: "log-rank", events: ["death"] })],
  ["Cox", spec({ method: "cox", events: ["death"], covariates: ["age"] })],
  ["restricted mean", spec({ method: "restricted-mean", events: ["death"], horizon: 80 })],
];

const first = (report: AnalysisReport) => report.effects[0]!.result;

function reordered(data: TrialData, order: readonly number[]): TrialData {
  const width = data.visits.length;
  const one = (values: Float64Array) => Float64Array.from(order, (i) => values[i]!);
  const wide = (values: Float64Array) =>
    Float64Array.from(
      { length: order.length * width },
      (_, k) => values[order[Math.floor(k / width)]! * width + (k % width)]!,
    );
  return {
    ...data,
    patientIds: order.map((i) => data.patientIds[i]!),
    arm: Int32Array.from(order, (i) => data.arm[i]!),
    endpoints: data.endpoints.map((endpoint) => ({
      ...endpoint,
      values: wide(endpoint.values),
      days: wide(endpoint.days),
      baseline: one(endpoint.baseline),
    })),
    covariates: data.covariates.map((covariate) =>
      covariate.kind === "numeric"
        ? { ...covariate, values: one(covariate.values) }
        : { ...covariate, codes: Int32Array.from(order, (i) => covariate.codes[i]!) },
    ),
    scores: data.scores.map((score) => ({ ...score, mean: one(score.mean), variance: one(score.variance) })),
    followUp: {
      lastDay: one(data.followUp.lastDay),
      eventDay: new Map([...data.followUp.eventDay].map(([kind, days]) => [kind, one(days)])),
    },
  };
}

const trials = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  n: fc.integer({ min: 90, max: 160 }),
  share: fc.constantFrom(0.5, 0.75),
});
const RUNS = { numRuns: 5, seed: 20261122 };

function expectSame(actual: number | null, expected: number | null, scale: number): void {
  expect(actual === null).toBe(expected === null);
  if (actual !== null && expected !== null) expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-5 * scale);
}

describe("laws that every analysis keeps", () => {
  it.each([...CONTINUOUS, ...OTHERS])("%s: arms swapped, the sign flips", (_, chosen) => {
    fc.assert(
      fc.property(trials, ({ seed, n, share }) => {
        const data = simulatedTrial(seed, n, share);
        const swapped = { ...data, arm: data.arm.map((code) => 1 - code) };
        const a = first(analyseTrial(chosen, data));
        const b = first(analyseTrial(chosen, swapped));
        const scale = Math.max(Math.abs(a.estimate), a.standardError ?? 0);
        expectSame(b.estimate, -a.estimate, scale);
        expectSame(b.standardError, a.standardError, scale);
        expectSame(b.twoSidedPValue, a.twoSidedPValue, 1);
      }),
      RUNS,
    );
  });

  it.each([...CONTINUOUS, ...OTHERS])("%s: patients in another order give the same", (_, chosen) => {
    fc.assert(
      fc.property(trials, ({ seed, n, share }) => {
        const data = simulatedTrial(seed, n, share);
        const rng = createRng(seed + 1);
        const order = Array.from({ length: n }, (_, i) => ({ i, key: rng.uniform() }))
          .sort((a, b) => a.key - b.key)
          .map(({ i }) => i);
        const a = first(analyseTrial(chosen, data));
        const b = first(analyseTrial(chosen, reordered(data, order)));
        const scale = Math.max(Math.abs(a.estimate), a.standardError ?? 0);
        expectSame(b.estimate, a.estimate, scale);
        expectSame(b.standardError, a.standardError, scale);
      }),
      RUNS,
    );
  });

  it.each(CONTINUOUS)("%s: a rescaled outcome rescales the estimate", (_, chosen) => {
    fc.assert(
      fc.property(trials, fc.constantFrom(0.01, 37), ({ seed, n, share }, factor) => {
        const data = simulatedTrial(seed, n, share);
        const times = (values: Float64Array) => values.map((value) => factor * value);
        const scaled: TrialData = {
          ...data,
          endpoints: data.endpoints.map((endpoint) => ({
            ...endpoint,
            values: times(endpoint.values),
            baseline: times(endpoint.baseline),
          })),
          scores: data.scores.map((score) => ({
            ...score,
            mean: times(score.mean),
            variance: score.variance.map((value) => factor * factor * value),
          })),
        };
        const a = first(analyseTrial(chosen, data));
        const b = first(analyseTrial(chosen, scaled));
        const scale = factor * Math.max(Math.abs(a.estimate), a.standardError ?? 0);
        expectSame(b.estimate, factor * a.estimate, scale);
        expectSame(b.standardError, a.standardError === null ? null : factor * a.standardError, scale);
        expectSame(b.twoSidedPValue, a.twoSidedPValue, 1);
      }),
      RUNS,
    );
  });

  it("a constant score is dropped with a caveat and changes nothing", () => {
    const data = simulatedTrial(5, 120, 0.5);
    const constant = { ...data, scores: data.scores.map((score) => ({ ...score, mean: score.mean.map(() => 7) })) };
    for (const fields of [
      { method: "ancova", ...AT },
      { method: "mmrm", endpoint: "y" },
    ]) {
      const without = analyseTrial(spec(fields), constant);
      const withScore = analyseTrial(spec({ ...fields, score: true }), constant);
      expectSame(first(withScore).estimate, first(without).estimate, Math.abs(first(without).estimate));
      expectSame(first(withScore).standardError, first(without).standardError, first(without).standardError ?? 1);
      const said = [...withScore.diagnostics, ...first(withScore).diagnostics].map(({ message }) => message).join(" ");
      expect(said).toMatch(/score/i);
    }
  });
});
