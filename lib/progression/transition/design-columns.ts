import type { LinearEndpoint } from "./transition-parameters.ts";

/** Summaries of an endpoint's own history, in this order: last, baseline, mean, change that the slope would bring. */
export const HISTORY_BASES = 4;
export const DAYS_PER_YEAR = 365.25;
/** A visit is at least this long after the one before, however the days were recorded. */
export const SHORTEST_GAP_DAYS = 1;

/** A penalised column of the linear law: a base quantity, alone or times a context. */
export interface DesignColumn {
  /** 0 … 3 own history; then the last value of each endpoint f at 4 + f; then covariate column p at 4 + E + p. */
  readonly base: number;
  /** 0 none; 1 gap to the next visit; 2 its time since baseline; 3 one over the number of values so far. */
  readonly context: 0 | 1 | 2 | 3;
  readonly group: "history" | "covariates" | "interactions";
}

/**
 * Penalised columns of the linear law of endpoint e, in their one order. METHODS.md, equation (TM2).
 *
 * @param endpoint - e.
 * @param endpoints - E.
 * @param covariates - Number of covariate columns.
 */
export function designColumns(endpoint: number, endpoints: number, covariates: number): DesignColumn[] {
  const columns: DesignColumn[] = [];
  for (let base = 0; base < HISTORY_BASES; base++) {
    columns.push({ base, context: 0, group: "history" });
    for (const context of [1, 2, 3] as const) columns.push({ base, context, group: "interactions" });
  }
  for (let f = 0; f < endpoints; f++) {
    if (f === endpoint) continue;
    columns.push({ base: HISTORY_BASES + f, context: 0, group: "history" });
    columns.push({ base: HISTORY_BASES + f, context: 1, group: "interactions" });
  }
  for (let p = 0; p < covariates; p++) {
    const base = HISTORY_BASES + endpoints + p;
    columns.push({ base, context: 0, group: "covariates" });
    for (const context of [1, 2] as const) columns.push({ base, context, group: "interactions" });
  }
  return columns;
}

/** [4] contexts of a step: 1, and scaled gap, time and 1/count. */
export function contextValues(
  contexts: LinearEndpoint["contexts"],
  gapYears: number,
  timeYears: number,
  count: number,
): [number, number, number, number] {
  const [gap, time, reciprocal] = contexts;
  return [
    1,
    (gapYears - gap.centre) / gap.scale,
    (timeYears - time.centre) / time.scale,
    (1 / count - reciprocal.centre) / reciprocal.scale,
  ];
}
