/** Work and time of a finished run, or work of a planned one. */
export interface RunSize {
  readonly designs: number;
  readonly scenarios: number;
  readonly replicates: number;
}

/**
 * Seconds that a run will take, in proportion to the trials that an earlier one simulated.
 *
 * @param planned - Size of the run to come.
 * @param earlier - Size of a finished run with its start and end as ISO instants.
 * @returns Seconds, or null when the earlier run says nothing.
 */
export function estimatedSeconds(
  planned: RunSize,
  earlier: RunSize & { readonly startedAt: string; readonly finishedAt: string },
): number | null {
  const seconds = secondsBetween(earlier.startedAt, earlier.finishedAt);
  const trials = trialsOf(earlier);
  return seconds > 0 && trials > 0 ? (seconds * trialsOf(planned)) / trials : null;
}

/**
 * Seconds left of work in progress.
 *
 * @param progress - Share done; in (0, 1].
 * @param startedAt - ISO instant.
 * @param now - ISO instant.
 * @returns Seconds, or null before two per cent are done: too early to tell.
 */
export function remainingSeconds(progress: number, startedAt: string, now: string): number | null {
  const elapsed = secondsBetween(startedAt, now);
  return progress < 0.02 || elapsed <= 0 ? null : (elapsed * (1 - progress)) / progress;
}

/** Trials that a run simulates: designs × scenarios × replicates. */
export function trialsOf(run: RunSize): number {
  return run.designs * run.scenarios * run.replicates;
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1_000;
}
