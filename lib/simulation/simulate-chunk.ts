import { invalidInput } from "../errors/domain-error.ts";
import { normalUpperQuantile } from "../numerics/normal.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { ChunkTally, ExampleCategory } from "./chunk-tally.ts";
import { addExactly } from "./exact-sum.ts";
import { type PreparedCell, prepareCell } from "./prepared-cell.ts";
import { encodeFlags } from "./replicate-flags.ts";
import {
  createReplicateWorkspace,
  describeReplicate,
  type ReplicateOutcome,
  type ReplicateWorkspace,
  runReplicate,
} from "./run-replicate.ts";
import type { SimulationSpec } from "./simulation-document.ts";
import { TScaleBound } from "./t-scale-bound.ts";

/** Example trials kept per way of ending. */
export const EXAMPLES_PER_CATEGORY = 2;
/** Bins of the duration histogram per month. */
export const BINS_PER_MONTH = 10;
const INTERVAL_TAIL = 0.025;

/**
 * Simulates a run of consecutive replicates of one cell.
 *
 * @param spec - Designs, scenarios, seed, primary endpoint.
 * @param model - Frozen model, or null when every scenario is parametric.
 * @param cellIndex - Scenario index · designs + design index, see `cellAt`.
 * @param firstReplicate - Whole number ≥ 0.
 * @param count - Replicates to run, ≥ 1.
 * @returns A tally in plain JSON. Replicate r depends on (seed, scenario id, r) only, so any partition of the replicates
 *   into chunks, run anywhere and repeated at will, merges to the same tally (`mergeTallies`).
 * @throws DomainError when the specification is inadmissible; never for a replicate, whose failure is counted.
 *
 * @remarks METHODS.md eq. (M1)–(M10).
 */
export function simulateChunk(
  spec: SimulationSpec,
  model: FrozenModel | null,
  cellIndex: number,
  firstReplicate: number,
  count: number,
): ChunkTally {
  return simulatePreparedChunk(prepareCell(spec, model, cellIndex), firstReplicate, count);
}

/** {@link simulateChunk} for a cell that is already prepared; a worker with many chunks of one cell saves the preparation. */
export function simulatePreparedChunk(cell: PreparedCell, firstReplicate: number, count: number): ChunkTally {
  assertRange(firstReplicate, count);
  const workspace = createReplicateWorkspace(cell);
  const interval = new TScaleBound(normalUpperQuantile(INTERVAL_TAIL), cell.totalPatients);
  const collector = createCollector(cell);
  for (let i = 0; i < count; i++) {
    const outcome = runReplicate(cell, firstReplicate + i, workspace);
    if (outcome.status === "estimated") collectEstimated(collector, cell, outcome, firstReplicate + i, interval);
    else collector.failures.set(outcome.status, (collector.failures.get(outcome.status) ?? 0) + 1);
    collector.rejected.push(outcome.status === "estimated" && isSuccess(outcome) ? 1 : 0);
    collector.failed.push(outcome.status === "estimated" ? 0 : 1);
  }
  return tallyOf(collector, cell, workspace, firstReplicate, count);
}

/** What grows while a chunk runs. */
interface Collector {
  readonly rejected: number[];
  readonly failed: number[];
  readonly failures: Map<ChunkTally["failures"][number]["reason"], number>;
  readonly looks: { efficacy: number; futility: number }[];
  readonly patients: Map<number, number>;
  readonly months: Map<number, number>;
  readonly sums: Pick<
    ChunkTally,
    | "monthsSum"
    | "monthsSquaredSum"
    | "errorSum"
    | "errorSquaredSum"
    | "errorFourthSum"
    | "rejectedErrorSum"
    | "rejectedErrorSquaredSum"
  >;
  readonly exampleReplicates: { category: ExampleCategory; replicate: number }[];
  covered: number;
  rejectedCovered: number;
}

function createCollector(cell: PreparedCell): Collector {
  return {
    rejected: [],
    failed: [],
    failures: new Map(),
    looks: cell.cohorts.map(() => ({ efficacy: 0, futility: 0 })),
    patients: new Map(),
    months: new Map(),
    sums: {
      monthsSum: [],
      monthsSquaredSum: [],
      errorSum: [],
      errorSquaredSum: [],
      errorFourthSum: [],
      rejectedErrorSum: [],
      rejectedErrorSquaredSum: [],
    },
    exampleReplicates: [],
    covered: 0,
    rejectedCovered: 0,
  };
}

function isSuccess(outcome: ReplicateOutcome): boolean {
  return outcome.ending === "early-efficacy" || outcome.ending === "final-success";
}

function collectEstimated(
  collector: Collector,
  cell: PreparedCell,
  outcome: ReplicateOutcome,
  replicate: number,
  interval: TScaleBound,
): void {
  const look = collector.looks[outcome.look]!;
  if (isSuccess(outcome)) look.efficacy++;
  else if (outcome.ending === "early-futility") look.futility++;
  increment(collector.patients, outcome.patients);
  increment(collector.months, Math.round(outcome.months * BINS_PER_MONTH));
  const { sums } = collector;
  addExactly(sums.monthsSum, outcome.months);
  addExactly(sums.monthsSquaredSum, outcome.months * outcome.months);
  const error = outcome.estimate - cell.scenario.effect;
  const squared = error * error;
  addExactly(sums.errorSum, error);
  addExactly(sums.errorSquaredSum, squared);
  addExactly(sums.errorFourthSum, squared * squared);
  const covers = Math.abs(error) <= interval.at(outcome.degreesOfFreedom) * outcome.standardError ? 1 : 0;
  collector.covered += covers;
  if (isSuccess(outcome)) {
    addExactly(sums.rejectedErrorSum, error);
    addExactly(sums.rejectedErrorSquaredSum, squared);
    collector.rejectedCovered += covers;
  }
  const { exampleReplicates } = collector;
  const kept = exampleReplicates.reduce((sum, { category }) => sum + (category === outcome.ending ? 1 : 0), 0);
  if (kept < EXAMPLES_PER_CATEGORY) exampleReplicates.push({ category: outcome.ending, replicate });
}

function tallyOf(
  collector: Collector,
  cell: PreparedCell,
  workspace: ReplicateWorkspace,
  firstReplicate: number,
  count: number,
): ChunkTally {
  const byKey = (histogram: Map<number, number>) => [...histogram.entries()].sort((a, b) => a[0] - b[0]);
  return {
    format: "understudy-tally/1",
    cellIndex: cell.cellIndex,
    runs: [
      {
        firstReplicate,
        count,
        rejected: encodeFlags(Uint8Array.from(collector.rejected)),
        failed: encodeFlags(Uint8Array.from(collector.failed)),
      },
    ],
    failures: [...collector.failures].map(([reason, failures]) => ({ reason, count: failures })),
    looks: collector.looks,
    patients: byKey(collector.patients),
    months: byKey(collector.months),
    ...collector.sums,
    covered: collector.covered,
    rejectedCovered: collector.rejectedCovered,
    examples: collector.exampleReplicates.flatMap(({ category, replicate }) => {
      const trial = describeReplicate(cell, replicate, workspace);
      return trial === null ? [] : [{ category, trial }];
    }),
  };
}

function increment(histogram: Map<number, number>, key: number): void {
  histogram.set(key, (histogram.get(key) ?? 0) + 1);
}

function assertRange(firstReplicate: number, count: number): void {
  if (!(Number.isSafeInteger(firstReplicate) && firstReplicate >= 0))
    throw invalidInput("firstReplicate", firstReplicate, "must be a whole number of at least 0");
  if (!(Number.isSafeInteger(count) && count >= 1))
    throw invalidInput("count", count, "must be a whole number of at least 1");
}
