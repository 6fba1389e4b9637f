import { invalidInput } from "../errors/domain-error.ts";
import { type ChunkTally, type ExampleCategory, tallyReplicates } from "./chunk-tally.ts";
import { addExactly } from "./exact-sum.ts";
import { EXAMPLES_PER_CATEGORY } from "./simulate-chunk.ts";

type Run = ChunkTally["runs"][number];

/**
 * Merges tallies of one cell.
 *
 * @param tallies - At least one; any order. A tally given twice counts once (a chunk may have been run again).
 * @returns Tally of the union. Counts are added, sums are exact, so the order and the partition change nothing that
 *   `summarizeSimulation` shows.
 * @throws DomainError INVALID_INPUT for no tally, tallies of different cells, or runs that overlap in part.
 */
export function mergeTallies(tallies: readonly ChunkTally[]): ChunkTally {
  const first = tallies[0];
  if (first === undefined) throw invalidInput("tallies", 0, "must hold at least one tally");
  const cells = new Set(tallies.map(({ cellIndex }) => cellIndex));
  if (cells.size > 1) throw invalidInput("tallies", [...cells], "must belong to one cell");
  const distinct = withoutRepeats(tallies);
  const merged: ChunkTally = {
    ...first,
    runs: distinct.flatMap(({ runs }) => runs).sort((a, b) => a.firstReplicate - b.firstReplicate),
    failures: mergeFailures(distinct),
    looks: first.looks.map((_, k) => ({
      efficacy: total(distinct, (tally) => tally.looks[k]!.efficacy),
      futility: total(distinct, (tally) => tally.looks[k]!.futility),
    })),
    patients: mergeHistograms(distinct.map(({ patients }) => patients)),
    months: mergeHistograms(distinct.map(({ months }) => months)),
    monthsSum: mergeSums(distinct.map(({ monthsSum }) => monthsSum)),
    monthsSquaredSum: mergeSums(distinct.map(({ monthsSquaredSum }) => monthsSquaredSum)),
    errorSum: mergeSums(distinct.map(({ errorSum }) => errorSum)),
    errorSquaredSum: mergeSums(distinct.map(({ errorSquaredSum }) => errorSquaredSum)),
    errorFourthSum: mergeSums(distinct.map(({ errorFourthSum }) => errorFourthSum)),
    covered: total(distinct, ({ covered }) => covered),
    rejectedErrorSum: mergeSums(distinct.map(({ rejectedErrorSum }) => rejectedErrorSum)),
    rejectedErrorSquaredSum: mergeSums(distinct.map(({ rejectedErrorSquaredSum }) => rejectedErrorSquaredSum)),
    rejectedCovered: total(distinct, ({ rejectedCovered }) => rejectedCovered),
    examples: earliestExamples(distinct.flatMap(({ examples }) => examples)),
  };
  return merged;
}

/** The tallies with repeats left out; a tally whose runs lie wholly inside one already taken is a repeat. */
function withoutRepeats(tallies: readonly ChunkTally[]): ChunkTally[] {
  const largestFirst = [...tallies].sort((a, b) => tallyReplicates(b) - tallyReplicates(a));
  const taken: ChunkTally[] = [];
  for (const tally of largestFirst) {
    const isInside = (run: Run) => taken.some(({ runs }) => runs.some((other) => holds(other, run)));
    const inside = tally.runs.filter(isInside);
    if (inside.length === tally.runs.length) continue;
    const overlap = tally.runs.find((run) => taken.some(({ runs }) => runs.some((other) => overlaps(other, run))));
    if (overlap !== undefined)
      throw invalidInput(
        "tallies",
        [overlap.firstReplicate, overlap.firstReplicate + overlap.count - 1],
        "must not overlap in part: these replicates are partly in another tally",
        "Run the chunks on one fixed partition of the replicates.",
      );
    taken.push(tally);
  }
  return taken;
}

function holds(outer: Run, inner: Run): boolean {
  return (
    outer.firstReplicate <= inner.firstReplicate &&
    inner.firstReplicate + inner.count <= outer.firstReplicate + outer.count
  );
}

function overlaps(a: Run, b: Run): boolean {
  return a.firstReplicate < b.firstReplicate + b.count && b.firstReplicate < a.firstReplicate + a.count;
}

function mergeFailures(tallies: readonly ChunkTally[]): ChunkTally["failures"] {
  const counts = new Map<ChunkTally["failures"][number]["reason"], number>();
  for (const { failures } of tallies)
    for (const { reason, count } of failures) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => (a.reason < b.reason ? -1 : 1));
}

function mergeHistograms(histograms: readonly ChunkTally["patients"][]): ChunkTally["patients"] {
  const counts = new Map<number, number>();
  for (const histogram of histograms)
    for (const [key, count] of histogram) counts.set(key, (counts.get(key) ?? 0) + count);
  return [...counts.entries()].sort((a, b) => a[0] - b[0]);
}

function mergeSums(sums: readonly (readonly number[])[]): number[] {
  const parts: number[] = [];
  for (const sum of sums) for (const part of sum) addExactly(parts, part);
  return parts;
}

/** The earliest replicates of each category, in the order of replicates. */
function earliestExamples(examples: ChunkTally["examples"]): ChunkTally["examples"] {
  const kept = new Map<ExampleCategory, number>();
  return [...examples]
    .sort((a, b) => a.trial.replicate - b.trial.replicate)
    .filter(({ category }) => {
      const before = kept.get(category) ?? 0;
      kept.set(category, before + 1);
      return before < EXAMPLES_PER_CATEGORY;
    });
}

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
