import { fitFailureTime } from "../../../lib/analysis/survival/accelerated-failure-time.ts";
import { compareRestrictedMeans } from "../../../lib/analysis/survival/compare-restricted-means.ts";
import { concordance } from "../../../lib/analysis/survival/concordance.ts";
import { baselineHazard } from "../../../lib/analysis/survival/cox-hazard.ts";
import { TIE_METHODS } from "../../../lib/analysis/survival/cox-problem.ts";
import { robustCovariance } from "../../../lib/analysis/survival/cox-residuals.ts";
import { FAILURE_TIME_LAWS, type FailureTimeLaw } from "../../../lib/analysis/survival/failure-time-distribution.ts";
import { fitCox } from "../../../lib/analysis/survival/fit-cox.ts";
import { kaplanMeier, survivalAt } from "../../../lib/analysis/survival/kaplan-meier.ts";
import { logRankTest } from "../../../lib/analysis/survival/log-rank.ts";
import { proportionalHazardsTest, TIME_TRANSFORMS } from "../../../lib/analysis/survival/proportional-hazards-test.ts";
import { SURVIVAL_INTERVAL_SCALES } from "../../../lib/analysis/survival/survival-interval.ts";
import { survivalQuantiles } from "../../../lib/analysis/survival/survival-quantile.ts";
import { type SurvivalTimes, timesAt } from "../../../lib/analysis/survival/survival-times.ts";
import { chiSquareUpperTail } from "../../../lib/numerics/chi-square.ts";
import { normalQuantile, normalUpperTail } from "../../../lib/numerics/normal.ts";
import { dataOf, type ReferenceCase, type ReferenceColumns, type ReferenceFile } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { formulaDesign, strataCodes } from "./survival-formula.ts";

type Input = Readonly<Record<string, unknown>>;

export const survivalSet: ReferenceSet = {
  files: /^survival$/,
  evaluate,
  tolerance: ({ expected, item, path, expectedAt }) => {
    if (typeof item.tol === "number") return item.tol * Math.abs(expected);
    // A covariance that is 0 in theory is rounding error on both sides: below a correlation of 1e-6 it counts as that.
    const cell = /^vcov\.(\d+)\.(\d+)$/.exec(path);
    if (cell !== null) {
      const [a, b] = [cell[1], cell[2]].map((i) => Number(expectedAt(`vcov.${i}.${i}`)));
      return 1e-6 * Math.max(Math.abs(expected), 1e-6 * Math.sqrt(a! * b!));
    }
    // README: 1e-7; meta: 1e-8 relative for curves and log-rank, 1e-7 for Cox, 1e-6 for survreg.
    const method = String((item.input as Input).method);
    const relative = method.startsWith("parametric") ? 1e-6 : method.startsWith("Cox") ? 1e-7 : 1e-8;
    return relative * Math.abs(expected);
  },
};

function evaluate(item: ReferenceCase, file: ReferenceFile): unknown {
  const input = item.input as Input;
  const data = dataOf(item, file);
  const method = String(input.method);
  if (method.startsWith("Kaplan-Meier")) return kaplanMeierByArm(input, data);
  if (method.startsWith("Nelson-Aalen")) return nelsonAalen(data);
  if (method.includes("logrank")) return logRank(input, data);
  if (method.startsWith("Cox")) return cox(input, data);
  if (method.startsWith("RMST")) return restrictedMeans(input, data);
  if (method.startsWith("parametric AFT")) return failureTime(input, data);
  throw new UnknownCaseError(method);
}

const timesOf = (data: ReferenceColumns): SurvivalTimes => ({
  time: Float64Array.from(data.time!, Number),
  event: Uint8Array.from(data.status!, Number),
});

function byArm(data: ReferenceColumns) {
  const { levels, codes } = strataCodes(data, ["arm"]);
  return levels.map((level, g) => {
    const rows = Array.from(codes, (_, i) => i).filter((i) => codes[i] === g);
    return { level, times: timesAt(timesOf(data), rows) };
  });
}

function kaplanMeierByArm(input: Input, data: ReferenceColumns) {
  const scale = SURVIVAL_INTERVAL_SCALES.find((name) => name === input.conf_type);
  if (scale === undefined) throw new UnknownCaseError(`conf_type ${String(input.conf_type)}`);
  const curves = byArm(data).map(({ level, times }) => ({ level, curve: kaplanMeier(times, { scale }) }));
  const wanted = [input.times as number | number[]].flat().sort((a, b) => a - b);
  const rows = curves.flatMap(({ level, curve }) =>
    wanted.flatMap((at) => {
      const point = survivalAt(curve, at);
      return point === null ? [] : [{ arm: `arm=${level}`, ...point }];
    }),
  );
  const quantiles = curves.map(({ curve }) => survivalQuantiles(curve, [0.25, 0.5, 0.75]));
  return {
    arm: rows.map(({ arm }) => arm),
    time: rows.map(({ time }) => time),
    n_risk: rows.map(({ atRisk }) => atRisk),
    surv: rows.map(({ survival }) => survival),
    se: rows.map(({ standardError }) => standardError),
    lower: rows.map(({ lower }) => lower),
    upper: rows.map(({ upper }) => upper),
    events: curves.map(({ curve }) => curve.eventTotal),
    n: curves.map(({ curve }) => curve.subjects),
    quantiles: quantiles.map((row) => row.map(({ quantile }) => quantile)),
    quantile_lower: quantiles.map((row) => row.map(({ lower }) => lower)),
    quantile_upper: quantiles.map((row) => row.map(({ upper }) => upper)),
  };
}

function nelsonAalen(data: ReferenceColumns) {
  const curve = kaplanMeier(timesOf(data));
  // Fifteen of the curve's times, evenly spaced in their order.
  const shown = evenlySpaced(curve.time.length, 15).map(Math.trunc);
  return {
    time: shown.map((i) => curve.time[i - 1]),
    cumhaz: shown.map((i) => curve.cumulativeHazard[i - 1]),
    se: shown.map((i) => curve.cumulativeHazardStandardError[i - 1]),
  };
}

function logRank(input: Input, data: ReferenceColumns) {
  const { levels, codes: group } = strataCodes(data, ["arm"]);
  const strata = input.strata === null || input.strata === undefined ? [] : [input.strata as string | string[]].flat();
  const all = timesOf(data);
  const codes = strata.length === 0 ? null : strataCodes(data, strata).codes;
  const rows = Array.from(group, (_, i) => i).filter((i) => group[i]! >= 0 && (codes === null || codes[i]! >= 0));
  const at = (values: ArrayLike<number>) => Int32Array.from(rows, (row) => values[row]!);
  const test = logRankTest(timesAt(all, rows), at(group), levels.length, {
    weights: { rho: Number(input.rho ?? 0), gamma: Number(input.gamma ?? 0) },
    ...(codes === null ? {} : { strata: at(codes) }),
  });
  const k = levels.length;
  return {
    observed: Array.from(test.observed),
    expected: Array.from(test.expected),
    var: levels.map((_, g) => Array.from(test.covariance.subarray(g * k, (g + 1) * k))),
    chisq: test.chiSquare,
    df: test.degreesOfFreedom,
    p: test.pValue,
  };
}

function cox(input: Input, data: ReferenceColumns) {
  const ties = TIE_METHODS.find((name) => name === input.ties);
  if (ties === undefined) throw new UnknownCaseError(`ties ${String(input.ties)}`);
  const transform = TIME_TRANSFORMS.find((name) => name === (input.transform ?? input.zph_transform ?? "km"));
  if (transform === undefined) throw new UnknownCaseError("transform of time");
  const design = formulaDesign(String(input.formula), data);
  const times = timesAt(timesOf(data), design.rows);
  const fit = fitCox(times, design.columns, { ties, ...(design.strata === null ? {} : { strata: design.strata }) });
  const q = fit.used.length;
  const coefficient = Array.from(fit.coefficients);
  const inModel = (values: Float64Array) => {
    const row: number[] = coefficient.map(() => Number.NaN);
    fit.used.forEach((column, j) => {
      row[column] = Math.sqrt(values[j * q + j]!);
    });
    return row;
  };
  const se = inModel(fit.covariance);
  const z = coefficient.map((value, j) => value / se[j]!);
  const half = -normalQuantile(0.025);
  const exact = ties === "exact";
  const chi = (statistic: number) => [statistic, q, chiSquareUpperTail(statistic, q)];
  const zph = proportionalHazardsTest(fit, design.terms, transform);
  const ordering = exact ? null : concordance(times, fit.linearPredictor, design.strata ?? undefined);
  const [baseline] = exact || design.strata !== null ? [] : baselineHazard(fit);
  const shown = baseline === undefined ? [] : evenlySpaced(baseline.time.length, 8).map(roundHalfEven);
  const wald = chi(fit.waldStatistic);
  // summary.coxph prints Wald's statistic with two decimals, and that is what was stored.
  wald[0] = Math.round(fit.waldStatistic * 100) / 100;
  return {
    names: fit.names,
    coef: coefficient,
    hr: coefficient.map(Math.exp),
    se,
    z,
    p: z.map((value) => 2 * normalUpperTail(Math.abs(value))),
    lower95: coefficient.map((value, j) => Math.exp(value - half * se[j]!)),
    upper95: coefficient.map((value, j) => Math.exp(value + half * se[j]!)),
    loglik: [fit.logLikelihood.null, fit.logLikelihood.fitted],
    lr_test: chi(2 * (fit.logLikelihood.fitted - fit.logLikelihood.null)),
    score_test: chi(fit.scoreStatistic),
    wald_test: wald,
    robust_se: exact ? null : inModel(robustCovariance(fit)),
    concordance: ordering === null ? null : [ordering.concordance, ordering.standardError],
    zph: {
      term: zph.map(({ term }) => (term === "global" ? "GLOBAL" : term)),
      chisq: zph.map(({ chiSquare }) => chiSquare),
      df: zph.map(({ degreesOfFreedom }) => degreesOfFreedom),
      p: zph.map(({ pValue }) => pValue),
    },
    baseline_cumhaz_x0:
      baseline === undefined
        ? null
        : {
            time: shown.map((i) => baseline.time[i - 1]),
            hazard: shown.map((i) => baseline.cumulativeHazard[i - 1]),
          },
    n: fit.subjects,
    events: fit.events,
  };
}

function restrictedMeans(input: Input, data: ReferenceColumns) {
  const arms = byArm(data);
  const [control, experimental] = arms.map(({ times }) => kaplanMeier(times));
  if (control === undefined || experimental === undefined || arms.length !== 2)
    throw new UnknownCaseError("restricted means need two arms");
  const result = compareRestrictedMeans(experimental, control, Number(input.tau));
  const row = ({ estimate, standardError, lower, upper }: (typeof result)["experimental"]["mean"]) => [
    estimate,
    standardError,
    lower,
    upper,
  ];
  const between = ({ estimate, lower, upper, pValue }: (typeof result)["difference"]) => [
    estimate,
    lower,
    upper,
    pValue,
  ];
  return {
    rmst_arm1: row(result.experimental.mean),
    rmst_arm0: row(result.control.mean),
    rmtl_arm1: row(result.experimental.timeLost),
    rmtl_arm0: row(result.control.timeLost),
    columns: ["est", "se", "lower", "upper"],
    between: [between(result.difference), between(result.ratio), between(result.timeLostRatio)],
    between_rows: ["RMST (arm=1)-(arm=0)", "RMST (arm=1)/(arm=0)", "RMTL (arm=1)/(arm=0)"],
    between_cols: ["Est.", "lower .95", "upper .95", "p"],
  };
}

const LAW_NAMES: Readonly<Record<string, FailureTimeLaw>> = { loggaussian: "lognormal" };

function failureTime(input: Input, data: ReferenceColumns) {
  const name = String(input.dist);
  const law = LAW_NAMES[name] ?? FAILURE_TIME_LAWS.find((each) => each === name);
  if (law === undefined) throw new UnknownCaseError(`dist ${name}`);
  const stated = String(input.formula);
  const note = /\(rows with time ?> ?0\)/;
  const design = formulaDesign(stated.replace(note, ""), data);
  const rows = note.test(stated) ? design.rows.filter((row) => Number(data.time![row]) > 0) : design.rows;
  const kept = design.rows.map((row, position) => [row, position] as const).filter(([row]) => rows.includes(row));
  const columns = design.columns.map((column) => ({
    name: column.name,
    values: Float64Array.from(kept, ([, position]) => column.values[position]!),
  }));
  const fit = fitFailureTime(timesAt(timesOf(data), rows), columns, law);
  const q = Math.sqrt(fit.covariance.length);
  return {
    coef: Array.from(fit.coefficients),
    scale: fit.scale,
    loglik: [fit.logLikelihood.interceptOnly, fit.logLikelihood.fitted],
    vcov: Array.from({ length: q }, (_, i) => Array.from(fit.covariance.subarray(i * q, (i + 1) * q))),
  };
}

/** seq(1, n, length.out = count) */
const evenlySpaced = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) => 1 + (i * (n - 1)) / (count - 1));

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
