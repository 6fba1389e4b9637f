import { AncovaKernel } from "../analysis/ancova/ancova-kernel.ts";
import { createMmrmKernel } from "../analysis/mmrm/mmrm-kernel.ts";
import type { FailureReason } from "./chunk-tally.ts";
import type { SimulatedCourse, SimulatedTrial } from "./generate-trial.ts";
import type { PreparedCell } from "./prepared-cell.ts";

/** Analysis of the patients known so far; the estimates stay until the next call of `solve`. */
export interface LookAnalysis {
  /** Experimental minus control at the primary visit. */
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  reset(): void;
  /** Adds patient i of a trial; false when the patient has no outcome that the analysis reads. */
  add(trial: SimulatedTrial, i: number): boolean;
  solve(): "estimated" | FailureReason;
}

/** Analysis of the cell's design. */
export function createLookAnalysis(cell: PreparedCell): LookAnalysis {
  return cell.course === null ? new LookAncova(cell) : new LookMmrm(cell, cell.course.earlierVisits);
}

/** Least squares at the primary visit, METHODS.md eq. (M8). */
class LookAncova implements LookAnalysis {
  private readonly kernel: AncovaKernel;
  /** Columns taken from the trial's covariates; the score, if used, comes after them. */
  private readonly baselineColumns: number;
  private readonly useScore: boolean;
  private readonly row: Float64Array;
  private readonly counts = new Int32Array(2);

  constructor(cell: PreparedCell) {
    const columns = cell.covariates + (cell.useScore ? 1 : 0);
    this.kernel = new AncovaKernel(columns);
    this.baselineColumns = cell.covariates;
    this.useScore = cell.useScore;
    this.row = new Float64Array(Math.max(1, columns));
  }

  get estimate(): number {
    return this.kernel.estimate;
  }

  get standardError(): number {
    return this.kernel.standardError;
  }

  get degreesOfFreedom(): number {
    return this.kernel.degreesOfFreedom;
  }

  reset(): void {
    this.kernel.reset();
    this.counts.fill(0);
  }

  add(trial: SimulatedTrial, i: number): boolean {
    if (trial.completes[i] === 0) return false;
    const { row, baselineColumns } = this;
    for (let j = 0; j < baselineColumns; j++) row[j] = trial.covariate[i * trial.covariates + j]!;
    if (this.useScore) row[baselineColumns] = trial.score[i]!;
    this.kernel.add(trial.outcome[i]!, trial.arm[i]!, row, 0);
    this.counts[trial.arm[i]!]!++;
    return true;
  }

  solve(): "estimated" | FailureReason {
    const { kernel, counts } = this;
    if (Math.min(counts[0]!, counts[1]!) < 2) return "too-few-patients";
    if (counts[0]! + counts[1]! - 2 - kernel.covariateCount < 1) return "too-few-patients";
    return kernel.solve() && kernel.standardError > 0 ? "estimated" : "singular-design";
  }
}

/**
 * Unstructured REML with Satterthwaite degrees of freedom over the visits up to the primary one, every predictor with a
 * coefficient at every visit; METHODS.md eq. (M18).
 */
class LookMmrm implements LookAnalysis {
  private readonly kernel: ReturnType<typeof createMmrmKernel>;
  private readonly visits: number;
  private readonly baselineColumns: number;
  private readonly useScore: boolean;
  /** Intercept, treatment, covariates, score. */
  private readonly row: Float64Array;
  private readonly outcome: Float64Array;
  private readonly weights: Float64Array;
  private readonly result = new Float64Array(3);
  /** Patients seen at each visit, [visit · arm]. */
  private readonly seen: Int32Array;

  constructor(cell: PreparedCell, earlierVisits: number) {
    const predictors = 2 + cell.covariates + (cell.useScore ? 1 : 0);
    this.visits = earlierVisits + 1;
    this.kernel = createMmrmKernel({
      visitCount: this.visits,
      predictors: Array.from({ length: predictors }, () => "by-visit" as const),
    });
    this.baselineColumns = cell.covariates;
    this.useScore = cell.useScore;
    this.row = new Float64Array(predictors);
    this.outcome = new Float64Array(this.visits);
    this.weights = new Float64Array(this.kernel.coefficientCount);
    this.weights[this.kernel.coefficientIndex(earlierVisits, 1)] = 1;
    this.seen = new Int32Array(2 * this.visits);
  }

  get estimate(): number {
    return this.result[0]!;
  }

  get standardError(): number {
    return this.result[1]!;
  }

  get degreesOfFreedom(): number {
    return this.result[2]!;
  }

  reset(): void {
    this.kernel.reset();
    this.seen.fill(0);
  }

  add(trial: SimulatedTrial, i: number): boolean {
    const { course } = trial;
    if (course === null || !this.readOutcomes(trial, course, i)) return false;
    const { row, baselineColumns } = this;
    row[0] = 1;
    row[1] = trial.arm[i]!;
    for (let j = 0; j < baselineColumns; j++) row[2 + j] = trial.covariate[i * trial.covariates + j]!;
    if (this.useScore) row[2 + baselineColumns] = trial.score[i]!;
    this.kernel.addPatient(row, 0, this.outcome, 0);
    return true;
  }

  private readOutcomes(trial: SimulatedTrial, course: SimulatedCourse, i: number): boolean {
    const { outcome, visits } = this;
    const completes = trial.completes[i] === 1;
    const reached = completes ? visits : course.reached[i]!;
    for (let v = 0; v < visits; v++) {
      if (v >= reached) outcome[v] = Number.NaN;
      else {
        outcome[v] = v === visits - 1 ? trial.outcome[i]! : course.outcome[i * (visits - 1) + v]!;
        this.seen[2 * v + trial.arm[i]!]!++;
      }
    }
    return reached > 0;
  }

  solve(): "estimated" | FailureReason {
    for (let v = 0; v < this.visits; v++) {
      const [control, experimental] = [this.seen[2 * v]!, this.seen[2 * v + 1]!];
      if (Math.min(control, experimental) < 2 || control + experimental - this.row.length < 1)
        return "too-few-patients";
    }
    if (!this.kernel.fit()) return "not-converged";
    this.kernel.contrast(this.weights, this.result);
    return this.result[1]! > 0 && this.result[2]! > 0 ? "estimated" : "not-converged";
  }
}
