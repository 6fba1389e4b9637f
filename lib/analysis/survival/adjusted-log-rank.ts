import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import { normalUpperTail } from "../../numerics/normal.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import type { CoxColumn } from "./fit-cox.ts";
import { assertSurvivalTimes, orderByTime, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

export interface AdjustedLogRank {
  /** √n U / σ at no effect; positive when the experimental arm has more events than expected. */
  readonly statistic: number;
  readonly twoSidedPValue: number;
  /** Log hazard ratio for which the adjusted score vanishes; null when an arm has no event. */
  readonly logHazardRatio: number | null;
  readonly standardError: number | null;
  /** The same without the covariates. */
  readonly unadjusted: {
    readonly statistic: number;
    readonly logHazardRatio: number | null;
    readonly standardError: number | null;
  };
  /** Share of the variance of the log-rank score that the covariates take off. */
  readonly varianceReduction: number;
  readonly events: readonly [number, number];
  readonly subjects: readonly [number, number];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the sums over time give at one log hazard ratio. */
interface ScoreSums {
  /** n U_L(θ). */
  readonly score: number;
  /** n σ²_L(θ), with and without the factor of ties. */
  readonly variance: number;
  readonly varianceWithTies: number;
  /** Derived outcomes O, [n]. */
  readonly outcome: Float64Array;
}

/** Columns whose within-arm variation is below this share of their own are constant or determined. */
const COLLINEAR = 1e-9;

/**
 * Log-rank test and unconditional hazard ratio adjusted for covariates: valid whether or not the covariates' model is right,
 * never less precise than the plain test in large trials. With a prognostic score as covariate this is the counterpart of
 * PROCOVA for a time to event.
 *
 * @param times - Right-censored times, shape [n].
 * @param arm - 0 control, 1 experimental, shape [n].
 * @param columns - Covariates; constant ones are left out with a diagnostic.
 * @param strata - Codes, shape [n]; the test is then within strata.
 * @throws DomainError INSUFFICIENT_DATA without events or without patients in an arm.
 *
 * METHODS.md eq. (V22). Source: Ye, Shao & Yi (2024), Biometrika 111, 691–705; variance of ties and the estimate as in
 * RobinCar and RobinCar2.
 */
export function adjustedLogRank(
  times: SurvivalTimes,
  arm: ArrayLike<number>,
  columns: readonly CoxColumn[],
  strata?: ArrayLike<number>,
): AdjustedLogRank {
  assertSurvivalTimes(times);
  const n = times.time.length;
  const mended = { time: withTiesMended(times.time), event: times.event };
  const events: [number, number] = [0, 0];
  const subjects: [number, number] = [0, 0];
  for (let i = 0; i < n; i++) {
    const a = arm[i] === 1 ? 1 : 0;
    subjects[a]++;
    events[a] += mended.event[i]!;
  }
  assertArms(subjects, events);
  const sums = scoreSums(mended, arm, strata);
  const adjustment = covariateAdjustment(arm, columns, strata, n);
  const atNull = sums(0);
  const nullAdjustment = adjustment.at(atNull.outcome);
  const nullVariance = atNull.varianceWithTies - nullAdjustment.variance;
  if (!(nullVariance > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "covariates",
      received: columns.length,
      requirement: "must leave some variance of the log-rank score; there are too many covariates for the events",
      hint: "Leave out covariates.",
    });
  const statistic = (atNull.score - nullAdjustment.score) / Math.sqrt(nullVariance);
  const plainStatistic = atNull.score / Math.sqrt(atNull.varianceWithTies);
  const estimable = events[0] > 0 && events[1] > 0;
  const plainEstimate = estimable ? rootOfScore((theta) => sums(theta).score) : null;
  let logHazardRatio: number | null = null;
  let standardError: number | null = null;
  let plainError: number | null = null;
  if (plainEstimate !== null) {
    const atEstimate = sums(plainEstimate);
    plainError = 1 / Math.sqrt(atEstimate.variance);
    const adjusted = adjustment.at(atEstimate.outcome);
    logHazardRatio = rootOfScore((theta) => sums(theta).score - adjusted.score);
    if (logHazardRatio !== null) {
      const information = sums(logHazardRatio).variance;
      standardError = Math.sqrt(Math.max(information - adjusted.variance, 0)) / information;
    }
  }
  return {
    statistic,
    twoSidedPValue: 2 * normalUpperTail(Math.abs(statistic)),
    logHazardRatio,
    standardError,
    unadjusted: { statistic: plainStatistic, logHazardRatio: plainEstimate, standardError: plainError },
    varianceReduction: nullAdjustment.variance / atNull.varianceWithTies,
    events,
    subjects,
    diagnostics: adjustment.diagnostics,
  };
}

/** Sums over time as a function of the log hazard ratio. */
function scoreSums(
  { time, event }: SurvivalTimes,
  arm: ArrayLike<number>,
  strata: ArrayLike<number> | undefined,
): (theta: number) => ScoreSums {
  const n = time.length;
  const order = orderByTime({ time, event }, strata);
  const outcome = new Float64Array(n);
  return (theta) => {
    const hazardRatio = Math.exp(theta);
    let score = 0;
    let variance = 0;
    let varianceWithTies = 0;
    for (let start = 0; start < n; ) {
      let end = start;
      const atRisk = [0, 0];
      for (; end < n && strata?.[order[end]!] === strata?.[order[start]!]; end++) atRisk[arm[order[end]!]!]!++;
      let controlIntegral = 0;
      let experimentalIntegral = 0;
      for (let at = start; at < end; ) {
        const now = time[order[at]!]!;
        let next = at;
        let dead = 0;
        for (; next < end && time[order[next]!] === now; next++) dead += event[order[next]!]!;
        const y1 = hazardRatio * atRisk[1]!;
        const y0 = atRisk[0]!;
        const y = y1 + y0;
        if (dead > 0) {
          controlIntegral += (y1 * dead) / (y * y);
          experimentalIntegral += (hazardRatio * y0 * dead) / (y * y);
          const part = (dead * y1 * y0) / (y * y);
          variance += part;
          varianceWithTies += dead === 1 ? part : (part * (y - dead)) / (y - 1);
        }
        for (let k = at; k < next; k++) {
          const i = order[k]!;
          const experimental = arm[i] === 1;
          const seen = event[i] === 1 ? (experimental ? y0 : y1) / y : 0;
          if (event[i] === 1) score += (experimental ? 1 : 0) - y1 / y;
          outcome[i] = seen - (experimental ? experimentalIntegral : controlIntegral);
          atRisk[arm[i]!]!--;
        }
        at = next;
      }
      start = end;
    }
    return { score, variance, varianceWithTies, outcome };
  };
}

/** What the covariates take off the score and its variance, both times n, given the derived outcomes. */
function covariateAdjustment(
  arm: ArrayLike<number>,
  all: readonly CoxColumn[],
  strata: ArrayLike<number> | undefined,
  n: number,
) {
  const cells = centredCells(arm, strata, n);
  const used = usableColumns(all, cells);
  const columns = used.map((j) => all[j]!.values);
  const p = columns.length;
  const cross = cells.arms.map((groups) => crossProducts(columns, groups));
  const factors = cross.map((matrix) => {
    const result = choleskyDecompose(matrix, p);
    if (!result.ok) throw tooFew(all[used[result.pivot]!]!.name);
    return result.factor;
  });
  const share = subjectsIn(cells.arms[1]!) / n;
  const covariance = pooledCovariance(columns, cells.strata);
  const shift = armShift(columns, cells.strata, arm);
  return {
    diagnostics: all
      .filter((_, j) => !used.includes(j))
      .map(({ name }) =>
        diagnostic(
          "warning",
          "column-left-out",
          `${name} is constant or determined by the other covariates within an arm; the test does not adjust for it.`,
          name,
        ),
      ),
    at: (outcome: Float64Array): { readonly score: number; readonly variance: number } => {
      if (p === 0) return { score: 0, variance: 0 };
      const [control, experimental] = cells.arms.map((groups, a) =>
        choleskySolve(factors[a]!, p, crossWith(columns, outcome, groups)),
      ) as [Float64Array, Float64Array];
      let score = 0;
      let variance = 0;
      for (let i = 0; i < p; i++) {
        score += shift.experimental[i]! * experimental[i]! - shift.control[i]! * control[i]!;
        for (let j = 0; j < p; j++)
          variance += (experimental[i]! + control[i]!) * covariance[i * p + j]! * (experimental[j]! + control[j]!);
      }
      return { score, variance: n * share * (1 - share) * variance };
    },
  };
}

interface Cells {
  /** Patients of each arm by stratum: [arm][stratum][patient]. */
  readonly arms: readonly (readonly (readonly number[])[])[];
  /** Patients of each stratum. */
  readonly strata: readonly (readonly number[])[];
}

function centredCells(arm: ArrayLike<number>, strata: ArrayLike<number> | undefined, n: number): Cells {
  const codes = new Map<number, number>();
  const arms: number[][][] = [[], []];
  const all: number[][] = [];
  for (let i = 0; i < n; i++) {
    const code = strata?.[i] ?? 0;
    let s = codes.get(code);
    if (s === undefined) {
      s = codes.size;
      codes.set(code, s);
      all.push([]);
      arms[0]!.push([]);
      arms[1]!.push([]);
    }
    all[s]!.push(i);
    arms[arm[i] === 1 ? 1 : 0]![s]!.push(i);
  }
  return { arms, strata: all };
}

const subjectsIn = (groups: readonly (readonly number[])[]) => groups.reduce((sum, group) => sum + group.length, 0);

function meanOver(values: ArrayLike<number>, group: readonly number[]): number {
  let sum = 0;
  for (const i of group) sum += values[i]!;
  return sum / group.length;
}

/** Σ (x − x̄)(x − x̄)ᵀ within the groups. */
function crossProducts(columns: readonly Float64Array[], groups: readonly (readonly number[])[]): Float64Array {
  const p = columns.length;
  const matrix = new Float64Array(p * p);
  for (const group of groups) {
    if (group.length === 0) continue;
    const means = columns.map((column) => meanOver(column, group));
    for (const i of group)
      for (let a = 0; a < p; a++)
        for (let b = 0; b < p; b++) matrix[a * p + b]! += (columns[a]![i]! - means[a]!) * (columns[b]![i]! - means[b]!);
  }
  return matrix;
}

function crossWith(
  columns: readonly Float64Array[],
  outcome: Float64Array,
  groups: readonly (readonly number[])[],
): Float64Array {
  const result = new Float64Array(columns.length);
  for (const group of groups) {
    if (group.length === 0) continue;
    columns.forEach((column, a) => {
      const mean = meanOver(column, group);
      for (const i of group) result[a]! += (column[i]! - mean) * outcome[i]!;
    });
  }
  return result;
}

/** Covariance of the covariates within strata, weighted by their sizes; strata of one patient have none. */
function pooledCovariance(columns: readonly Float64Array[], strata: Cells["strata"]): Float64Array {
  const p = columns.length;
  const large = strata.filter((group) => group.length > 1);
  const total = subjectsIn(large);
  const covariance = new Float64Array(p * p);
  for (const group of large) {
    const cross = crossProducts(columns, [group]);
    for (let k = 0; k < p * p; k++) covariance[k]! += (cross[k]! / (group.length - 1)) * (group.length / total);
  }
  return covariance;
}

/** Σ (x − x̄) over the patients of each arm, x̄ the mean of the stratum. */
function armShift(columns: readonly Float64Array[], strata: Cells["strata"], arm: ArrayLike<number>) {
  const control = new Float64Array(columns.length);
  const experimental = new Float64Array(columns.length);
  columns.forEach((column, a) => {
    for (const group of strata) {
      const mean = meanOver(column, group);
      for (const i of group) {
        if (arm[i] === 1) experimental[a]! += column[i]! - mean;
        else control[a]! += column[i]! - mean;
      }
    }
  });
  return { control, experimental };
}

/** Columns with variation of their own within both arms. */
function usableColumns(columns: readonly CoxColumn[], cells: Cells): number[] {
  const used: number[] = [];
  columns.forEach((_, candidate) => {
    const trial = [...used, candidate].map((j) => columns[j]!.values);
    const p = trial.length;
    const independent = cells.arms.every((groups) => {
      const matrix = crossProducts(trial, groups);
      const diagonal = matrix[p * p - 1]!;
      let whole = 0;
      for (const group of groups) for (const i of group) whole += trial[p - 1]![i]! ** 2;
      if (!(diagonal > COLLINEAR * COLLINEAR * whole)) return false;
      const result = choleskyDecompose(matrix, p);
      return result.ok && result.factor[p * p - 1]! ** 2 > COLLINEAR * diagonal;
    });
    if (independent) used.push(candidate);
  });
  return used;
}

/** Root of a decreasing score in the log hazard ratio; null when there is none within ±30. */
function rootOfScore(score: (theta: number) => number): number | null {
  let reach = 1;
  while (reach <= 32 && !(score(-reach) > 0 && score(reach) < 0)) reach *= 2;
  if (reach > 32) return null;
  return findRoot(score, -reach, reach, { absoluteTolerance: 1e-13 }).value;
}

function assertArms(subjects: readonly [number, number], events: readonly [number, number]): void {
  for (const [a, count] of subjects.entries())
    if (count === 0)
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "arm",
        received: a,
        requirement: "must have patients in both arms",
      });
  if (events[0] + events[1] === 0)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "times.event",
      received: 0,
      requirement: "must hold at least one event",
      hint: "Count more kinds of events, or follow up longer.",
    });
}

function tooFew(name: string): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "covariates",
    received: name,
    requirement: "must not be determined by the other covariates within an arm",
    hint: "Leave it out.",
  });
}
