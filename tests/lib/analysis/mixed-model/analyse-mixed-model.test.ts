import { describe, expect, it } from "vitest";
import { analysisReportSchema } from "../../../../lib/analysis/analysis-report.ts";
import { ANALYSIS_FILE, analysisTableCsv } from "../../../../lib/analysis/analysis-table.ts";
import { analyseMixedModel } from "../../../../lib/analysis/mixed-model/analyse-mixed-model.ts";
import { mixedModelColumns } from "../../../../lib/analysis/mixed-model/mixed-model-columns.ts";
import { mixedModelTable } from "../../../../lib/analysis/mixed-model/mixed-model-program.ts";
import { type MixedModelSpec, mixedModelSpecSchema } from "../../../../lib/analysis/mixed-model/mixed-model-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { rProgramBatch } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const spec = (given: Partial<MixedModelSpec> = {}): MixedModelSpec =>
  mixedModelSpecSchema.parse({ method: "mixed-model", endpoint: "scale", ...given });

/** The small trial with days that differ between patients. */
function unscheduled(options: Parameters<typeof smallTrialData>[0] = {}): TrialData {
  const trial = smallTrialData(options);
  const rng = createRng(77);
  return {
    ...trial,
    endpoints: trial.endpoints.map((endpoint) => ({
      ...endpoint,
      days: endpoint.days.map((day) => day + rng.integer(9) - 4),
    })),
  };
}

const effectOf = (given: Partial<MixedModelSpec>, data: TrialData, index = 0) =>
  analyseMixedModel(spec(given), data).effects[index]!.result;

describe("the printed R program", () => {
  const cases: [string, Partial<MixedModelSpec>, (readonly string[])?][] = [
    ["lmer, Satterthwaite", { covariates: ["age", "site"] }],
    [
      "lmer, Kenward–Roger, baseline as an outcome, common start",
      { baseline: "outcome", treatment: "slope", degreesOfFreedom: "kenward-roger", timeUnit: "week" },
      ["placebo", "active", "double dose"],
    ],
    [
      "lmer, ML, change, score, covariates by time, margin",
      {
        likelihood: "ML",
        outcome: "change",
        score: true,
        covariatesByTime: true,
        covariates: ["site"],
        nullValue: 0.2,
      },
    ],
    [
      "lme, continuous AR(1), between-within, planned days",
      {
        residual: "continuous-autoregressive",
        degreesOfFreedom: "between-within",
        randomEffects: "intercept",
        time: "planned-day",
        baseline: "none",
      },
    ],
  ];
  const batch = rProgramBatch(
    cases.map(([, given, arms]) => () => {
      const data = unscheduled({ seed: 12, patients: 90, ...(arms === undefined ? {} : { arms }) });
      const chosen = spec(given);
      const report = analyseMixedModel(chosen, data);
      return {
        report,
        program: report.code.r,
        packages: ["lme4", "lmerTest", "pbkrtest", "nlme"],
        files: { [ANALYSIS_FILE]: analysisTableCsv(mixedModelTable(data, mixedModelColumns(chosen, data))) },
        returns: ["effects", "parameters"],
      };
    }),
  );
  it.each(cases.map(([name], k) => [name, k] as const))("%s gives the same numbers", (_, k) => {
    const { report, frames } = batch(k);
    if (frames === null) return;
    const { effects, parameters } = frames;
    report.effects.forEach(({ result }, index) => {
      const column = (name: string) => Number(effects![name]![index]);
      const error = result.standardError!;
      expect(Math.abs(column("estimate") - result.estimate) / error).toBeLessThan(2e-4);
      expect(column("se") / error).toBeCloseTo(1, 4);
      expect(column("df") / result.degreesOfFreedom!).toBeCloseTo(1, 3);
      expect(Math.abs(column("p") - result.twoSidedPValue)).toBeLessThan(2e-4);
      expect(Math.abs(column("lower") - result.interval.lower!) / error).toBeLessThan(1e-3);
    });
    const statistics = report.tables.find(({ id }) => id === "fit-statistics")!.rows;
    const logLikelihood = Number(statistics.find(([name]) => String(name).endsWith("og-likelihood"))![1]);
    // Never below R's maximum; above it by what R's search leaves (nlme: 1e-4).
    const above = logLikelihood - Number(parameters!.value!.at(-1));
    expect(above).toBeGreaterThan(-1e-6);
    expect(above).toBeLessThan(report.code.rPackages.includes("nlme") ? 1e-4 : 1e-6);
  });
});

describe("laws", () => {
  const data = unscheduled({ seed: 5, patients: 80 });

  it("swapping the arms flips the sign", () => {
    const swapped = { ...data, armNames: [...data.armNames].reverse(), arm: data.arm.map((code) => 1 - code) };
    const [one, other] = [effectOf({}, data), effectOf({}, swapped)];
    expect(other.estimate).toBeCloseTo(-one.estimate, 7);
    expect(other.standardError).toBeCloseTo(one.standardError!, 7);
    expect(other.degreesOfFreedom).toBeCloseTo(one.degreesOfFreedom!, 4);
    expect(other.twoSidedPValue).toBeCloseTo(one.twoSidedPValue, 7);
  });

  it("a rescaled outcome rescales the effect", () => {
    const scaled = {
      ...data,
      endpoints: data.endpoints.map((endpoint) => ({
        ...endpoint,
        values: endpoint.values.map((value) => 1000 * value),
        baseline: endpoint.baseline.map((value) => 1000 * value),
      })),
    };
    const given = { degreesOfFreedom: "kenward-roger" } as const;
    expect(effectOf(given, scaled).estimate / effectOf(given, data).estimate).toBeCloseTo(1000, 4);
    expect(effectOf(given, scaled).twoSidedPValue).toBeCloseTo(effectOf(given, data).twoSidedPValue, 7);
  });

  it.each([
    {},
    { degreesOfFreedom: "kenward-roger" },
    { degreesOfFreedom: "kenward-roger", residual: "continuous-autoregressive", randomEffects: "intercept" },
  ] as const)("another unit of time rescales the effect and leaves the test: %o", (given) => {
    const at = (timeUnit: "day" | "month" | "year") => effectOf({ ...given, timeUnit }, data);
    const [month, day, year] = [at("month"), at("day"), at("year")];
    expect(day.estimate * 30.4375).toBeCloseTo(month.estimate, 6);
    expect(day.twoSidedPValue).toBeCloseTo(month.twoSidedPValue, 6);
    expect(day.degreesOfFreedom! / month.degreesOfFreedom!).toBeCloseTo(1, 4);
    expect((year.standardError! * 30.4375) / 365.25 / month.standardError!).toBeCloseTo(1, 5);
  });

  it("Kenward–Roger corrects the standard error of correlated residuals upwards, a little", () => {
    for (const randomEffects of ["intercept", "independent-intercept-and-slope"] as const) {
      const given = { residual: "continuous-autoregressive", randomEffects, timeUnit: "year" } as const;
      const plain = effectOf({ ...given, degreesOfFreedom: "satterthwaite" }, data).standardError!;
      const corrected = effectOf({ ...given, degreesOfFreedom: "kenward-roger" }, data).standardError!;
      expect(corrected / plain).toBeGreaterThan(1);
      expect(corrected / plain).toBeLessThan(1.1);
    }
  });

  it("the order of patients does not matter", () => {
    const order = data.patientIds.map((_, i) => i).sort((a, b) => ((a * 37) % 80) - ((b * 37) % 80));
    const width = data.visits.length;
    const by = (values: Float64Array) => Float64Array.from(order, (i) => values[i]!);
    const cells = (values: Float64Array) =>
      Float64Array.from(order.flatMap((i) => [...values.subarray(i * width, (i + 1) * width)]));
    const permuted: TrialData = {
      ...data,
      patientIds: order.map((i) => data.patientIds[i]!),
      arm: Int32Array.from(order, (i) => data.arm[i]!),
      endpoints: data.endpoints.map((endpoint) => ({
        ...endpoint,
        values: cells(endpoint.values),
        days: cells(endpoint.days),
        baseline: by(endpoint.baseline),
      })),
    };
    expect(effectOf({}, permuted).estimate).toBeCloseTo(effectOf({}, data).estimate, 9);
    expect(effectOf({}, permuted).twoSidedPValue).toBeCloseTo(effectOf({}, data).twoSidedPValue, 8);
  });

  it("a constant score is left out with a diagnostic", () => {
    const constant = { ...data, scores: data.scores.map((score) => ({ ...score, mean: score.mean.map(() => 30) })) };
    const report = analyseMixedModel(spec({ score: true }), constant);
    expect(report.diagnostics.map(({ code }) => code)).toContain("constant-score");
    expect(report.effects[0]!.result.estimate).toBe(effectOf({}, data).estimate);
  });

  it("a report holds finite numbers and fits its schema", () => {
    for (const residual of ["independent", "continuous-autoregressive-with-measurement-error"] as const) {
      const report = analyseMixedModel(spec({ residual, baseline: "outcome", treatment: "slope" }), data);
      expect(() => analysisReportSchema.parse(report)).not.toThrow();
      expect(report.fitNotes.at(-1)).toMatch(/^Converged/);
      expect(report.tables.map(({ id }) => id)).toEqual([
        "slopes",
        "means-by-visit",
        "differences-by-visit",
        "variance-components",
        "fixed-effects",
        "fit-statistics",
      ]);
    }
  });
});

describe("refusals name the field", () => {
  const data = smallTrialData({ patients: 40 });
  const refusal = (given: Partial<MixedModelSpec>, trial: TrialData = data): DomainError => {
    try {
      analyseMixedModel(spec(given), trial);
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
    throw new Error("was not refused");
  };
  it.each([
    ["endpoint", { endpoint: "nothing" }],
    ["visits.0", { visits: ["nothing"] }],
    ["covariates.0", { covariates: ["nothing"] }],
    ["outcome", { baseline: "outcome", outcome: "change" }],
    ["score", { baseline: "outcome", score: true }],
    ["degreesOfFreedom", { likelihood: "ML", degreesOfFreedom: "kenward-roger" }],
    ["randomEffects", { visits: ["week4", "week8"], randomEffects: "intercept-and-slope" }],
  ] satisfies [string, Partial<MixedModelSpec>][])("%s", (field, given) => {
    const error = refusal(given);
    expect(error.detail.argument).toBe(field);
    expect(error.message).not.toMatch(/NaN|undefined/);
  });

  it("one time only leaves no slope", () => {
    const error = refusal({ visits: ["week4"], time: "planned-day", randomEffects: "intercept" });
    expect(["randomEffects", "treatment"]).toContain(error.detail.argument);
  });

  it("two observations of a patient on a day need a measurement error", () => {
    const same = {
      ...data,
      endpoints: data.endpoints.map((endpoint) => ({ ...endpoint, days: endpoint.days.map(() => 30) })),
    };
    expect(refusal({ residual: "continuous-autoregressive" }, same).detail.argument).toBe("residual");
  });
});
