import { describe, expect, it } from "vitest";
import { z } from "zod";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseTimeToEvent, timeToEventTable } from "../../../../lib/analysis/survival/analyse-time-to-event.ts";
import { type TimeToEventSpec, timeToEventSpecSchemas } from "../../../../lib/analysis/survival/time-to-event-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { hasR, runRProgram } from "../../../support/run-r-program.ts";
import { eventTrial } from "./event-trial.ts";

const schema = z.discriminatedUnion("method", timeToEventSpecSchemas);
const trial = eventTrial();
const threeArms = eventTrial({ seed: 8, patients: 150, arms: ["placebo", "low dose", "high dose"], horizon: 40 });
const score = { endpoint: "scale", visit: "week12" };

const cases: readonly [string, TrialData, z.input<typeof schema>][] = [
  ["log-rank", trial, { method: "log-rank", events: ["death"] }],
  [
    "log-rank, stratified, composite, cutoff, three arms",
    threeArms,
    { method: "log-rank", events: ["death", "transplant"], strata: ["site"], cutoffDay: 30, confidence: 0.9 },
  ],
  ["log-rank, early weights", threeArms, { method: "log-rank", events: ["death"], rho: 1 }],
  [
    "log-rank, late weights, stratified",
    threeArms,
    { method: "log-rank", events: ["death"], rho: 0.5, gamma: 1, strata: ["site"] },
  ],
  ["log-rank adjusted for the score", trial, { method: "log-rank", events: ["death"], score }],
  [
    "log-rank adjusted for covariates within strata, three arms, many ties",
    threeArms,
    { method: "log-rank", events: ["death"], covariates: ["age"], score, strata: ["site"] },
  ],
  ["Cox, Efron", trial, { method: "cox", events: ["death"], covariates: ["age", "site"], score }],
  [
    "Cox, Breslow, robust, strata, three arms, margin",
    threeArms,
    {
      method: "cox",
      events: ["death"],
      covariates: ["age"],
      strata: ["site"],
      ties: "breslow",
      variance: "robust",
      timeTransform: "rank",
      nullHazardRatio: 1.3,
      otherEvents: "ignore",
    },
  ],
  [
    "Cox, Efron, robust, identity",
    threeArms,
    { method: "cox", events: ["death"], covariates: ["site"], variance: "robust", timeTransform: "identity" },
  ],
  [
    "Cox, exact",
    threeArms,
    { method: "cox", events: ["death"], covariates: ["age"], ties: "exact", timeTransform: "log" },
  ],
  ["restricted mean", trial, { method: "restricted-mean", events: ["death"], horizon: 50 }],
  ["restricted mean, horizon from the data", threeArms, { method: "restricted-mean", events: ["death"] }],
  [
    "restricted mean, adjusted",
    threeArms,
    { method: "restricted-mean", events: ["death"], horizon: 30, covariates: ["age", "site"], score, nullValue: -2 },
  ],
  ["milestone", trial, { method: "milestone", events: ["death"], day: 45, nullValue: 0.05 }],
  ["milestone, log-log", threeArms, { method: "milestone", events: ["death"], day: 20, scale: "log-log" }],
  [
    "Kaplan-Meier",
    threeArms,
    { method: "kaplan-meier", events: ["death"], times: [10, 20, 30], intervalScale: "arcsin" },
  ],
  ...(
    ["weibull", "exponential", "rayleigh", "lognormal", "loglogistic", "gaussian", "logistic", "extreme"] as const
  ).map((law): [string, TrialData, z.input<typeof schema>] => [
    `failure time, ${law}`,
    law === "weibull" ? threeArms : trial,
    { method: "failure-time", events: ["death"], law, covariates: ["age", "site"] },
  ]),
];

const prepared = cases.map(([name, data, input]) => {
  const spec: TimeToEventSpec = schema.parse(input);
  const report = analyseTimeToEvent(spec, data);
  return { name, spec, report, csv: analysisTableCsv(timeToEventTable(spec, data)) };
});

/** All programs in one session of R, each with its own data. */
function runAll() {
  const program = prepared
    .map(({ report }, k) =>
      [
        `invisible(file.copy("data-${k}.csv", "analysis-data.csv", overwrite = TRUE))`,
        `result <- local({\n${report.code.r}\nlist(effects, if (exists("hazards", inherits = FALSE)) hazards else data.frame(none = 0))\n})`,
        `effects_${k} <- result[[1]]`,
        `hazards_${k} <- result[[2]]`,
      ].join("\n"),
    )
    .join("\n");
  const files = Object.fromEntries(prepared.map(({ csv }, k) => [`data-${k}.csv`, csv]));
  return runRProgram(
    program,
    files,
    prepared.flatMap((_, k) => [`effects_${k}`, `hazards_${k}`]),
  );
}

describe("the R program of a time to event gives the same numbers", () => {
  const found = hasR(["survival"]) ? runAll() : null;
  prepared.forEach(({ name, spec, report }, k) => {
    it(name, () => {
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      if (found === null) return;
      const effects = found[`effects_${k}`]!;
      expect(report.effects.map(({ label }) => label)).toEqual(effects.effect);
      const results = report.effects.map(({ result }) => result);
      expectClose(
        results.map((r) => r.estimate),
        effects.estimate!,
      );
      expectClose(
        results.map((r) => r.standardError!),
        effects.se!,
      );
      expectClose(
        results.map((r) => r.testStatistic!),
        effects.z!,
      );
      expectClose(
        results.map((r) => r.twoSidedPValue),
        effects.p!,
      );
      expectClose(
        results.map((r) => r.interval.lower!),
        effects.lower!,
      );
      expectClose(
        results.map((r) => r.interval.upper!),
        effects.upper!,
      );
      if (spec.method !== "cox") return;
      const table = report.tables.find(({ id }) => id === "proportional-hazards")!;
      expectClose(
        table.rows.map((row) => Number(row[1])),
        found[`hazards_${k}`]!.chisq!,
      );
    });
  });
});

function expectClose(actual: readonly number[], wanted: readonly (number | string)[]): void {
  expect(actual.length).toBe(wanted.length);
  const wrong = actual
    .map((value, i) => ({ value, wanted: Number(wanted[i]) }))
    .filter((pair) => !(Math.abs(pair.value - pair.wanted) <= 1e-6 * Math.abs(pair.wanted)));
  expect(wrong).toEqual([]);
}
