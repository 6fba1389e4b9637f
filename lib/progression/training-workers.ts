/**
 * Number of values a training works on: the size of what every thread holds a copy of.
 *
 * @param table - Patients and variables.
 */
export function trainingValues(table: {
  readonly count: number;
  readonly endpoints: readonly unknown[];
  readonly visits: readonly unknown[];
  readonly covariates: readonly unknown[];
}): number {
  const { count, endpoints, visits, covariates } = table;
  return count * (endpoints.length * (visits.length + 1) + covariates.length);
}

/**
 * Threads for a training. Each holds the data and a fit of its own, so that large histories get fewer.
 *
 * @param threads - Most there are.
 * @param values - From {@link trainingValues}.
 * @param together - Values that all threads may hold together.
 * @returns At least 1.
 */
export function trainingWorkers(threads: number, values: number, together: number): number {
  return Math.max(1, Math.min(threads, Math.floor(together / Math.max(1, values))));
}
