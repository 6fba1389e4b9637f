import type { FailureReason } from "./chunk-tally.ts";
import {
  addCohort,
  analyseKnownData,
  clearKnownData,
  createKnownData,
  enrolledBy,
  type KnownData,
  lookMonth,
} from "./cut-data.ts";
import { createTrialWorkspace, generateTrial, replicateRng, type SimulatedTrial } from "./generate-trial.ts";
import type { PreparedCell } from "./prepared-cell.ts";
import type { ExampleTrial } from "./simulation-document.ts";
import { TScaleBound, zFromT } from "./t-scale-bound.ts";

/** How one trial ended; overwritten by the next replicate. */
export interface ReplicateOutcome {
  status: "estimated" | FailureReason;
  /** Index of the look at which the trial ended. */
  look: number;
  ending: "early-efficacy" | "early-futility" | "final-success" | "final-failure";
  estimate: number;
  standardError: number;
  degreesOfFreedom: number;
  /** Patients randomised by the end. */
  patients: number;
  months: number;
}

/** Memory and remembered bounds of one cell, for as many replicates as one likes. */
export interface ReplicateWorkspace {
  readonly trial: SimulatedTrial;
  readonly known: KnownData;
  readonly upper: readonly TScaleBound[];
  readonly lower: readonly TScaleBound[];
  readonly outcome: ReplicateOutcome;
}

/** Called after every look of a replicate that somebody watches. */
export type LookWatcher = (look: ExampleTrial["looks"][number]) => void;

/** Room for the replicates of a cell. */
export function createReplicateWorkspace(cell: PreparedCell): ReplicateWorkspace {
  return {
    trial: createTrialWorkspace(cell),
    known: createKnownData(cell),
    upper: cell.bounds.upper.map((z) => new TScaleBound(z, cell.totalPatients)),
    lower: cell.bounds.lower.map((z) => new TScaleBound(z, cell.totalPatients)),
    outcome: {
      status: "estimated",
      look: 0,
      ending: "final-failure",
      estimate: 0,
      standardError: 0,
      degreesOfFreedom: 0,
      patients: 0,
      months: 0,
    },
  };
}

/**
 * Runs one replicate: generates the trial, analyses what is known at each look, and stops as the design says.
 *
 * @param cell - Prepared cell.
 * @param replicate - Whole number ≥ 0; with seed and scenario it fixes every draw.
 * @param workspace - From {@link createReplicateWorkspace} for the same cell.
 * @param watch - Sees every look, for example trials; costs nothing when absent.
 * @returns `workspace.outcome`. A look that cannot be analysed makes the replicate a failure, which is data.
 */
export function runReplicate(
  cell: PreparedCell,
  replicate: number,
  workspace: ReplicateWorkspace,
  watch?: LookWatcher,
): ReplicateOutcome {
  const { trial, known, outcome } = workspace;
  const { analysis } = known;
  generateTrial(cell, replicateRng(cell.seed, cell.scenario.id, replicate), trial);
  clearKnownData(known);
  const last = cell.cohorts.length - 1;
  let cohortBefore = 0;
  let enrolled = 0;
  for (let k = 0; k <= last; k++) {
    const cohort = cell.cohorts[k]!;
    addCohort(trial, cohortBefore, cohort, known);
    cohortBefore = cohort;
    const status = analyseKnownData(known);
    if (status !== "estimated") {
      outcome.status = status;
      return outcome;
    }
    const t = (cell.direction * analysis.estimate) / analysis.standardError;
    const success = t >= workspace.upper[k]!.at(analysis.degreesOfFreedom);
    const futile = !success && k < last && t <= workspace.lower[k]!.at(analysis.degreesOfFreedom);
    const ends = success || futile || k === last;
    if (ends || watch !== undefined) {
      const month = lookMonth(trial, cohort, cell.followUpMonths);
      enrolled = enrolledBy(trial, month, Math.max(enrolled, cohort));
      watch?.(describeLook(cell, workspace, k, month, enrolled, decisionOf(success, futile, k === last)));
      if (ends) {
        outcome.status = "estimated";
        outcome.look = k;
        outcome.ending = endingOf(success, k === last);
        outcome.estimate = analysis.estimate;
        outcome.standardError = analysis.standardError;
        outcome.degreesOfFreedom = analysis.degreesOfFreedom;
        outcome.patients = enrolled;
        outcome.months = month;
        return outcome;
      }
    }
  }
  return outcome;
}

/**
 * Runs one replicate again and writes down every look.
 *
 * @returns The example, or null when the replicate cannot be analysed.
 */
export function describeReplicate(
  cell: PreparedCell,
  replicate: number,
  workspace: ReplicateWorkspace,
): ExampleTrial | null {
  const looks: ExampleTrial["looks"] = [];
  const outcome = runReplicate(cell, replicate, workspace, (look) => looks.push(look));
  return outcome.status === "estimated" ? { replicate, title: titleOf(outcome), looks } : null;
}

function endingOf(success: boolean, final: boolean): ReplicateOutcome["ending"] {
  if (final) return success ? "final-success" : "final-failure";
  return success ? "early-efficacy" : "early-futility";
}

function decisionOf(success: boolean, futile: boolean, final: boolean): ExampleTrial["looks"][number]["decision"] {
  if (final) return success ? "final-success" : "final-failure";
  if (success) return "stop-efficacy";
  return futile ? "stop-futility" : "continue";
}

function describeLook(
  cell: PreparedCell,
  { known }: ReplicateWorkspace,
  k: number,
  month: number,
  enrolled: number,
  decision: ExampleTrial["looks"][number]["decision"],
): ExampleTrial["looks"][number] {
  const upper = cell.bounds.upper[k]!;
  const lower = cell.bounds.lower[k]!;
  return {
    look: k + 1,
    month,
    experimental: known.experimental,
    control: known.control,
    enrolled,
    estimate: known.analysis.estimate,
    standardError: known.analysis.standardError,
    z: zFromT(
      (cell.direction * known.analysis.estimate) / known.analysis.standardError,
      known.analysis.degreesOfFreedom,
    ),
    efficacyBound: Number.isFinite(upper) ? upper : null,
    futilityBound: k < cell.cohorts.length - 1 && Number.isFinite(lower) ? lower : null,
    decision,
  };
}

function titleOf({ ending, look }: ReplicateOutcome): string {
  switch (ending) {
    case "early-efficacy":
      return `stopped for efficacy at look ${look + 1}`;
    case "early-futility":
      return `stopped for futility at look ${look + 1}`;
    case "final-success":
      return "ran to the end and succeeded";
    case "final-failure":
      return "ran to the end without success";
  }
}
