import { restrictedProportions } from "../analysis/proportions/restricted-proportions.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { normalCdf, normalQuantile, normalUpperTail } from "../numerics/normal.ts";
import { studentTUpperTail } from "../numerics/student-t.ts";
import type { StageData } from "./stage-data.ts";

/** One test of one hypothesis about the effect; larger effects speak against it. */
export interface StageTest {
  readonly statistic: number;
  /** One-sided. */
  readonly pValue: number;
  /** Normal score Φ⁻¹(1 − p). */
  readonly score: number;
}

/** Tests of a trial's stages. Effects are differences, or hazard ratios for survival. */
export interface StageTests {
  readonly stages: number;
  /** Null value of no effect: 0 for differences, 1 for a hazard ratio. */
  readonly neutral: number;
  /** Natural logarithm for ratios; the scale on which the effect is close to normal. */
  readonly logarithmic: boolean;
  /** Estimated effect by each analysis; shape [k]. */
  readonly effects: readonly number[];
  /** Pooled standard deviation by each analysis for means, else null. */
  readonly standardDeviations: readonly number[] | null;
  /** Rates of the experimental and control arm by each analysis, else null. */
  readonly rates: readonly (readonly [number, number])[] | null;
  /** Test of all data by an analysis (0 for the first). */
  overall(analysis: number, nullValue: number): StageTest;
  /** Test of the data of one stage alone. */
  increment(stage: number, nullValue: number): StageTest;
  /** Standard error of the effect on its normal scale by an analysis, as used for the interval after stopping. */
  standardError(analysis: number): number;
  /** Root of the information per unit of variance: 1 / √(1/n₁ + 1/n₀), √events, or 1/SE; of all data by an analysis. */
  rootSize(analysis: number): number;
  /** The same for one stage alone. */
  incrementRootSize(stage: number): number;
  /** Information by an analysis as it is planned: patients or events of both arms, 1/SE² for estimates. */
  information(analysis: number): number;
  /** Range in which limits of the effect are searched. */
  readonly range: readonly [number, number];
}

/**
 * Tests of the stages of a trial as functions of the hypothetical effect.
 *
 * @param data - Stage-wise data (`stageDataSchema`).
 * @returns Tests by analysis and by stage: pooled or Welch t test, Farrington–Manning test of rates (the pooled z test at
 *   0), log-rank test, or a normal test of estimates.
 * @throws DomainError INVALID_INPUT where events or information do not grow.
 *
 * @remarks METHODS.md eq. (G31)–(G33). Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function stageTests(data: StageData): StageTests {
  switch (data.endpoint) {
    case "means":
      return meansTests(data);
    case "rates":
      return ratesTests(data);
    case "survival":
      return survivalTests(data);
    case "estimates":
      return estimateTests(data);
  }
}

interface ArmMean {
  readonly n: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

function meansTests({ stages, variances, distribution }: Extract<StageData, { endpoint: "means" }>): StageTests {
  const arms = (key: "experimental" | "control") => accumulate(stages.map((stage) => stage[key]));
  const experimental = arms("experimental");
  const control = arms("control");
  const pooled = (a: ArmMean, b: ArmMean) =>
    Math.sqrt(((a.n - 1) * a.standardDeviation ** 2 + (b.n - 1) * b.standardDeviation ** 2) / (a.n + b.n - 2));
  const errorOf = (a: ArmMean, b: ArmMean) =>
    variances === "equal"
      ? pooled(a, b) * Math.sqrt(1 / a.n + 1 / b.n)
      : Math.sqrt(a.standardDeviation ** 2 / a.n + b.standardDeviation ** 2 / b.n);
  const freedom = (a: ArmMean, b: ArmMean) => {
    if (variances === "equal") return a.n + b.n - 2;
    const [u, v] = [a.standardDeviation ** 2 / a.n, b.standardDeviation ** 2 / b.n];
    return (u + v) ** 2 / (u ** 2 / (a.n - 1) + v ** 2 / (b.n - 1));
  };
  const test = (a: ArmMean, b: ArmMean, nullValue: number) => {
    const statistic = (a.mean - b.mean - nullValue) / errorOf(a, b);
    return distribution === "normal" ? normalTest(statistic) : tTest(statistic, freedom(a, b));
  };
  return {
    stages: stages.length,
    neutral: 0,
    logarithmic: false,
    effects: stages.map((_, k) => experimental[k]!.mean - control[k]!.mean),
    standardDeviations: stages.map((_, k) => pooled(experimental[k]!, control[k]!)),
    rates: null,
    overall: (k, nullValue) => test(experimental[k]!, control[k]!, nullValue),
    increment: (k, nullValue) => test(stages[k]!.experimental, stages[k]!.control, nullValue),
    standardError: (k) => errorOf(experimental[k]!, control[k]!),
    rootSize: (k) => rootSize(experimental[k]!.n, control[k]!.n),
    incrementRootSize: (k) => rootSize(stages[k]!.experimental.n, stages[k]!.control.n),
    information: (k) => experimental[k]!.n + control[k]!.n,
    range: [-Infinity, Infinity],
  };
}

/** Mean and standard deviation of the patients of all stages so far. METHODS.md eq. (G31). */
function accumulate(stages: readonly ArmMean[]): ArmMean[] {
  let sum = 0;
  let squares = 0;
  let total = 0;
  return stages.map(({ n, mean, standardDeviation }) => {
    const before = total === 0 ? 0 : sum / total;
    // Squares about the mean so far, brought to the new mean.
    squares += (n - 1) * standardDeviation ** 2 + ((mean - before) ** 2 * n * total) / (n + total);
    total += n;
    sum += n * mean;
    return { n: total, mean: sum / total, standardDeviation: Math.sqrt(squares / (total - 1)) };
  });
}

interface ArmRate {
  readonly n: number;
  readonly events: number;
}

function ratesTests({ stages }: Extract<StageData, { endpoint: "rates" }>): StageTests {
  const sums = (key: "experimental" | "control") => {
    let n = 0;
    let events = 0;
    return stages.map((stage) => {
      n += stage[key].n;
      events += stage[key].events;
      return { n, events };
    });
  };
  const experimental = sums("experimental");
  const control = sums("control");
  const rate = (arm: ArmRate) => arm.events / arm.n;
  const test = (a: ArmRate, b: ArmRate, nullValue: number) => {
    const table = { experimentalEvents: a.events, experimentalTotal: a.n, controlEvents: b.events, controlTotal: b.n };
    const { experimental: p, control: q } = restrictedProportions(table, "risk-difference", nullValue);
    const error = Math.sqrt((p * (1 - p)) / a.n + (q * (1 - q)) / b.n);
    const difference = rate(a) - rate(b) - nullValue;
    // Without any event, or nothing but events, the data do not speak for either arm.
    return normalTest(error === 0 ? Math.sign(difference) * (difference === 0 ? 0 : Infinity) : difference / error);
  };
  return {
    stages: stages.length,
    neutral: 0,
    logarithmic: false,
    effects: stages.map((_, k) => rate(experimental[k]!) - rate(control[k]!)),
    standardDeviations: null,
    rates: stages.map((_, k) => [rate(experimental[k]!), rate(control[k]!)] as const),
    overall: (k, nullValue) => test(experimental[k]!, control[k]!, nullValue),
    increment: (k, nullValue) => test(stages[k]!.experimental, stages[k]!.control, nullValue),
    standardError: (k) => {
      const [a, b] = [experimental[k]!, control[k]!];
      return Math.sqrt((rate(a) * (1 - rate(a))) / a.n + (rate(b) * (1 - rate(b))) / b.n);
    },
    rootSize: (k) => rootSize(experimental[k]!.n, control[k]!.n),
    incrementRootSize: (k) => rootSize(stages[k]!.experimental.n, stages[k]!.control.n),
    information: (k) => experimental[k]!.n + control[k]!.n,
    range: [-1 + 1e-9, 1 - 1e-9],
  };
}

function survivalTests({ stages }: Extract<StageData, { endpoint: "survival" }>): StageTests {
  const allocation = (ratio: number) => Math.sqrt(ratio) / (1 + ratio);
  const increments = stages.map(({ events, logRank, allocationRatio }, k) => {
    const before = k === 0 ? { events: 0, logRank: 0, allocationRatio: 1 } : stages[k - 1]!;
    const added = events - before.events;
    if (!(added > 0))
      throw invalidInput(`data.stages.${k}.events`, events, "must exceed the events of the analysis before");
    return {
      events: added,
      logRank: (Math.sqrt(events) * logRank - Math.sqrt(before.events) * before.logRank) / Math.sqrt(added),
      allocationRatio: (events * allocationRatio - before.events * before.allocationRatio) / added,
    };
  });
  const test = (stage: (typeof increments)[number], nullValue: number) =>
    normalTest(stage.logRank - Math.sqrt(stage.events) * allocation(stage.allocationRatio) * Math.log(nullValue));
  const error = (stage: (typeof increments)[number]) =>
    1 / (allocation(stage.allocationRatio) * Math.sqrt(stage.events));
  return {
    stages: stages.length,
    neutral: 1,
    logarithmic: true,
    effects: stages.map((stage) => Math.exp(stage.logRank * error(stage))),
    standardDeviations: null,
    rates: null,
    overall: (k, nullValue) => test(stages[k]!, nullValue),
    increment: (k, nullValue) => test(increments[k]!, nullValue),
    standardError: (k) => error(stages[k]!),
    rootSize: (k) => Math.sqrt(stages[k]!.events),
    incrementRootSize: (k) => Math.sqrt(increments[k]!.events),
    information: (k) => stages[k]!.events,
    range: [0, Infinity],
  };
}

function estimateTests({ stages }: Extract<StageData, { endpoint: "estimates" }>): StageTests {
  const increments = stages.map(({ estimate, standardError }, k) => {
    const before = k === 0 ? { estimate: 0, information: 0 } : informationOf(stages[k - 1]!);
    const information = standardError ** -2;
    const added = information - before.information;
    if (!(added > 0))
      throw invalidInput(
        `data.stages.${k}.standardError`,
        standardError,
        "must be smaller than at the analysis before: information grows",
      );
    const mean = (estimate * information - before.estimate * before.information) / added;
    return { estimate: mean, standardError: 1 / Math.sqrt(added) };
  });
  const test = (stage: { readonly estimate: number; readonly standardError: number }, nullValue: number) =>
    normalTest((stage.estimate - nullValue) / stage.standardError);
  return {
    stages: stages.length,
    neutral: 0,
    logarithmic: false,
    effects: stages.map((stage) => stage.estimate),
    standardDeviations: null,
    rates: null,
    overall: (k, nullValue) => test(stages[k]!, nullValue),
    increment: (k, nullValue) => test(increments[k]!, nullValue),
    standardError: (k) => stages[k]!.standardError,
    rootSize: (k) => 1 / stages[k]!.standardError,
    incrementRootSize: (k) => 1 / increments[k]!.standardError,
    information: (k) => stages[k]!.standardError ** -2,
    range: [-Infinity, Infinity],
  };
}

const informationOf = (stage: { readonly estimate: number; readonly standardError: number }) => ({
  estimate: stage.estimate,
  information: stage.standardError ** -2,
});

const rootSize = (n1: number, n0: number) => 1 / Math.sqrt(1 / n1 + 1 / n0);

function normalTest(statistic: number): StageTest {
  return { statistic, pValue: normalUpperTail(statistic), score: statistic };
}

/** The score comes from the smaller tail, which keeps its digits. */
function tTest(statistic: number, degreesOfFreedom: number): StageTest {
  const tail = studentTUpperTail(Math.abs(statistic), degreesOfFreedom);
  const score = -normalQuantile(tail);
  return {
    statistic,
    pValue: statistic >= 0 ? tail : 1 - tail,
    score: statistic >= 0 ? score : -score,
  };
}

/** The same test when smaller effects speak against the hypothesis. */
export function reversed(test: StageTest): StageTest {
  return { statistic: test.statistic, pValue: normalCdf(test.score), score: -test.score };
}
