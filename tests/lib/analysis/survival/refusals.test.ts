import { describe, expect, it } from "vitest";
import { z } from "zod";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { fitFailureTime } from "../../../../lib/analysis/survival/accelerated-failure-time.ts";
import { analyseTimeToEvent } from "../../../../lib/analysis/survival/analyse-time-to-event.ts";
import { fitCox } from "../../../../lib/analysis/survival/fit-cox.ts";
import { timeToEventSpecSchemas } from "../../../../lib/analysis/survival/time-to-event-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { eventTrial } from "./event-trial.ts";

const schema = z.discriminatedUnion("method", timeToEventSpecSchemas);
const data = eventTrial({ patients: 60 });

/** Nobody of the active arm dies. */
const noDeathInActive: TrialData = {
  ...data,
  followUp: {
    ...data.followUp,
    eventDay: new Map([
      ["death", data.followUp.eventDay.get("death")!.map((day, i) => (data.arm[i] === 1 ? Number.NaN : day))],
      ["transplant", data.followUp.eventDay.get("transplant")!],
    ]),
  },
};
/** Deaths of both arms, all on day 10. */
const allOnOneDay: TrialData = {
  ...data,
  followUp: {
    lastDay: data.followUp.lastDay.map((_, i) => (i % 3 === 0 ? 10 : 20)),
    eventDay: new Map([["death", data.followUp.lastDay.map((_, i) => (i % 3 === 0 ? 10 : Number.NaN))]]),
  },
};
const deathsOf = (trial: TrialData) => trial.followUp.eventDay.get("death")!.map((day) => (Number.isNaN(day) ? 0 : 1));
const nobodyDies: TrialData = {
  ...data,
  followUp: { ...data.followUp, eventDay: new Map([["death", new Float64Array(60).fill(Number.NaN)]]) },
};

describe("what cannot be analysed is refused by the field at fault", () => {
  const cases: readonly [string, z.input<typeof schema>, TrialData, string][] = [
    ["unknown event", { method: "cox", events: ["stroke"] }, data, "events.0"],
    ["event twice", { method: "cox", events: ["death", "death"] }, data, "events.1"],
    ["unknown covariate", { method: "cox", events: ["death"], covariates: ["weight"] }, data, "covariates.0"],
    ["unknown stratum", { method: "log-rank", events: ["death"], strata: ["region"] }, data, "strata.0"],
    ["continuous stratum", { method: "log-rank", events: ["death"], strata: ["age"] }, data, "strata.0"],
    [
      "score without twins",
      { method: "cox", events: ["death"], score: { endpoint: "scale", visit: "week52" } },
      data,
      "score",
    ],
    ["no event at all", { method: "log-rank", events: ["death"] }, nobodyDies, "events"],
    ["Cox with an arm without events", { method: "cox", events: ["death"] }, noDeathInActive, "events"],
    ["horizon beyond follow-up", { method: "restricted-mean", events: ["death"], horizon: 5000 }, data, "horizon"],
    [
      "adjusted horizon beyond follow-up",
      { method: "restricted-mean", events: ["death"], horizon: 5000, covariates: ["age"] },
      data,
      "horizon",
    ],
    ["horizon before every event", { method: "restricted-mean", events: ["death"], horizon: 0.5 }, data, "horizon"],
    [
      "covariate that tells who dies",
      { method: "cox", events: ["death"], covariates: ["died"] },
      { ...data, covariates: [...data.covariates, { kind: "numeric", name: "died", values: deathsOf(data) }] },
      "covariates",
    ],
    ["milestone beyond follow-up", { method: "milestone", events: ["death"], day: 5000 }, data, "day"],
    ["milestone before any event", { method: "milestone", events: ["death"], day: 0.5 }, data, "day"],
    ["days beyond follow-up", { method: "kaplan-meier", events: ["death"], times: [5000] }, data, "times"],
    ["weights with covariates", { method: "log-rank", events: ["death"], rho: 1, covariates: ["age"] }, data, "rho"],
    [
      "robust with exact ties",
      { method: "cox", events: ["death"], ties: "exact", variance: "robust" },
      data,
      "variance",
    ],
    [
      "margin on the log-log scale",
      { method: "milestone", events: ["death"], day: 40, scale: "log-log", nullValue: 0.1 },
      data,
      "nullValue",
    ],
  ];
  for (const [name, input, trial, field] of cases) {
    it(name, () => {
      try {
        analyseTimeToEvent(schema.parse(input), trial);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        expect((error as DomainError).detail.argument).toBe(field);
        expect((error as DomainError).message).not.toMatch(/NaN|undefined/);
        return;
      }
      throw new Error("nothing was refused");
    });
  }

  it("all events on one day: no test of proportional hazards, and the rest stands", () => {
    const report = analyseTimeToEvent(schema.parse({ method: "cox", events: ["death"] }), allOnOneDay);
    const hazards = report.tables.find(({ id }) => id === "proportional-hazards")!;
    expect(hazards.rows.map((row) => [row[1], row[3]])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
  });

  it("a covariate whose hazard ratio overflows has its coefficient only", () => {
    const covariates = data.covariates.map((covariate) =>
      covariate.kind === "numeric" ? { ...covariate, values: covariate.values.map((x) => x / 1e7) } : covariate,
    );
    const report = analyseTimeToEvent(schema.parse({ method: "cox", events: ["death"], covariates: ["age"] }), {
      ...data,
      covariates,
    });
    const age = report.tables[0]!.rows[1]!;
    expect(age[1]).toBeGreaterThan(1e4);
    expect(age[5]).toBeNull();
    expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
  });

  it("a restricted mean of an arm without events says that its standard error is too small", () => {
    const report = analyseTimeToEvent(
      schema.parse({ method: "restricted-mean", events: ["death"], horizon: 20 }),
      noDeathInActive,
    );
    expect(report.diagnostics.map(({ code }) => code)).toContain("no-event-in-arm");
  });

  it("a milestone or a curve of an arm without events says that its standard error is too small", () => {
    const inputs = [
      { method: "milestone", events: ["death"], day: 30 },
      { method: "kaplan-meier", events: ["death"], times: [30] },
    ] as const;
    for (const input of inputs) {
      const [found] = analyseTimeToEvent(schema.parse(input), noDeathInActive).diagnostics;
      expect(found?.code).toBe("no-event-in-arm");
      expect(found?.message).toMatch(/active by day 30.*exact interval/);
      expect(analyseTimeToEvent(schema.parse(input), data).diagnostics).toEqual([]);
    }
  });

  it("an arm without events keeps its log-rank test, with the one-step hazard ratio and a diagnostic", () => {
    for (const input of [
      { method: "log-rank", events: ["death"] } as const,
      { method: "log-rank", events: ["death"], covariates: ["age"] } as const,
    ]) {
      const report = analyseTimeToEvent(schema.parse(input), noDeathInActive);
      expect(report.diagnostics.map(({ code }) => code)).toContain("one-step-hazard-ratio");
      expect(Number.isFinite(report.effects[0]!.result.estimate)).toBe(true);
      expect(report.effects[0]!.result.twoSidedPValue).toBeLessThan(0.05);
      expect(analysisReportSchema.safeParse(report).error).toBeUndefined();
      expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
    }
  });

  it("patients without known follow-up and with missing covariates are counted, not analysed", () => {
    const lastDay = data.followUp.lastDay.slice();
    const death = data.followUp.eventDay.get("death")!.slice();
    const transplant = data.followUp.eventDay.get("transplant")!.slice();
    for (const days of [lastDay, death, transplant]) days[0] = Number.NaN;
    const covariates = data.covariates.map((covariate) =>
      covariate.kind === "numeric"
        ? { ...covariate, values: covariate.values.map((value, i) => (i === 5 ? Number.NaN : value)) }
        : covariate,
    );
    const trial = {
      ...data,
      covariates,
      followUp: {
        lastDay,
        eventDay: new Map([
          ["death", death],
          ["transplant", transplant],
        ]),
      },
    };
    const report = analyseTimeToEvent(schema.parse({ method: "cox", events: ["death"], covariates: ["age"] }), trial);
    expect(report.diagnostics.map(({ code }) => code)).toEqual(["no-follow-up", "patients-left-out"]);
    expect(report.effects[0]!.result.subjectsUsed).toBe(58);
  });

  it("the cutoff censors, events of other kinds censor or are ignored, composites take the first", () => {
    const events = (input: z.input<typeof schema>) => {
      const report = analyseTimeToEvent(schema.parse(input), data);
      const table = report.tables.find(({ id }) => id === "events")!;
      return table.rows.reduce((sum, row) => sum + Number(row[2]), 0);
    };
    const deaths = events({ method: "log-rank", events: ["death"] });
    const both = events({ method: "log-rank", events: ["death", "transplant"] });
    const seen = (kind: string) => data.followUp.eventDay.get(kind)!.filter((day) => !Number.isNaN(day)).length;
    expect(deaths).toBe(seen("death"));
    expect(both).toBe(seen("death") + seen("transplant"));
    const early = data.followUp.eventDay.get("death")!.filter((day) => day <= 20).length;
    expect(events({ method: "log-rank", events: ["death"], cutoffDay: 20 })).toBe(early);
  });
});

describe("likelihoods without a maximum are refused", () => {
  const time = Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const separated = [{ name: "marker", values: Float64Array.from([1, 1, 1, 1, 0, 0, 0, 0]) }];
  it("Cox: all events in one level", () => {
    const event = Uint8Array.from([1, 1, 1, 1, 0, 0, 0, 0]);
    for (const ties of ["efron", "breslow", "exact"] as const)
      expect(() => fitCox({ time, event }, separated, { ties })).toThrow(/marker/);
  });
  it("Cox: a combination of columns separates", () => {
    const event = Uint8Array.from([1, 1, 1, 1, 0, 0, 0, 0]);
    const columns = [
      { name: "a", values: Float64Array.from([2, 1, 3, 2, 1, 0, 2, 1]) },
      { name: "b", values: Float64Array.from([1, 0, 2, 1, 1, 0, 2, 1]) },
    ];
    expect(() => fitCox({ time, event }, columns)).toThrow(DomainError);
  });
  it("parametric: a level without events", () => {
    const event = Uint8Array.from([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(() => fitFailureTime({ time, event }, separated, "weibull")).toThrow(DomainError);
  });
  it("a redundant column is left out with a diagnostic", () => {
    const event = Uint8Array.from([1, 0, 1, 1, 0, 1, 1, 1]);
    const x = Float64Array.from([1, 0, 2, 1, 2, 0, 1, 3]);
    const fit = fitCox({ time, event }, [
      { name: "x", values: x },
      { name: "again", values: x.map((value) => 2 * value + 1) },
    ]);
    expect(Number.isNaN(fit.coefficients[1]!)).toBe(true);
    expect(fit.diagnostics.map(({ concerns }) => concerns)).toEqual(["again"]);
  });
});
