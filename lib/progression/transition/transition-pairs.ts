import type { MemberTraining } from "../member.ts";
import { DAYS_PER_YEAR, SHORTEST_GAP_DAYS } from "./design-columns.ts";
import { addToSummary, clearSummary, SUMMARY } from "./history-summary.ts";

/** Pairs (history, next observed visit) of one endpoint over all patients; a gap in between makes one longer pair. */
export interface TransitionPairs {
  readonly endpoint: number;
  readonly count: number;
  readonly patient: Int32Array;
  /** Position of the visit that is predicted. */
  readonly visit: Int32Array;
  /** Position of the visit of the last value before; −1 = baseline. */
  readonly from: Int32Array;
  /** Value at the visit minus last value. */
  readonly change: Float64Array;
  /** Years since the last value, and since baseline. */
  readonly gap: Float64Array;
  readonly time: Float64Array;
  /** [count × SUMMARY.size] history of the endpoint before the visit. */
  readonly summaries: Float64Array;
  /** [count × E] last value of each endpoint before the visit; NaN = none. */
  readonly lastValues: Float64Array;
}

/**
 * Pairs of adjacent observed visits of every patient, per endpoint. METHODS.md, equation (TM1).
 *
 * @param training - Patients.
 * @param baseline - [n × E] values at day 0, NaN = missing.
 * @returns One set of pairs an endpoint, patients in order, visits in order within a patient.
 */
export function transitionPairs({ table }: MemberTraining, baseline: Float64Array): TransitionPairs[] {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const size = SUMMARY.size;
  const sets = Array.from({ length: E }, (_, e) => emptyPairs(e, pairCount(baseline, table, e), E));
  const at = new Int32Array(E);
  const state = new Float64Array(E * size);
  const from = new Int32Array(E);
  const lastDay = new Float64Array(E);
  for (let i = 0; i < table.count; i++) {
    for (let e = 0; e < E; e++) {
      clearSummary(state, e * size);
      from[e] = -2;
      const value = baseline[i * E + e]!;
      if (Number.isNaN(value)) continue;
      addToSummary(state, e * size, value, 0);
      state[e * size + SUMMARY.baseline] = value;
      from[e] = -1;
      lastDay[e] = 0;
    }
    for (let v = 0; v < V; v++) {
      for (let e = 0; e < E; e++) {
        const cell = (i * E + e) * V + v;
        const value = table.outcomes[cell]!;
        if (Number.isNaN(value) || from[e] === -2) continue;
        const day = dayOf(table.days[cell]!, table.visits[v]!.targetDay, lastDay[e]!);
        const set = sets[e]!;
        const r = at[e]!++;
        set.patient[r] = i;
        set.visit[r] = v;
        set.from[r] = from[e]!;
        set.change[r] = value - state[e * size + SUMMARY.last]!;
        set.gap[r] = (day - lastDay[e]!) / DAYS_PER_YEAR;
        set.time[r] = day / DAYS_PER_YEAR;
        set.summaries.set(state.subarray(e * size, (e + 1) * size), r * size);
        for (let f = 0; f < E; f++) set.lastValues[r * E + f] = state[f * size + SUMMARY.last]!;
      }
      // Values of this visit become history only when all endpoints have been read.
      for (let e = 0; e < E; e++) {
        const cell = (i * E + e) * V + v;
        const value = table.outcomes[cell]!;
        if (Number.isNaN(value)) continue;
        const earliest = from[e] === -2 ? 0 : lastDay[e]!;
        lastDay[e] = dayOf(table.days[cell]!, table.visits[v]!.targetDay, earliest);
        addToSummary(state, e * size, value, lastDay[e]!);
        from[e] = v;
      }
    }
  }
  return sets;
}

/** Day of a value: as measured, else as planned; never before the value it follows. */
export function dayOf(measured: number, planned: number, lastDay: number): number {
  return Math.max(Number.isNaN(measured) ? planned : measured, lastDay + SHORTEST_GAP_DAYS);
}

function pairCount(baseline: Float64Array, table: MemberTraining["table"], e: number): number {
  const E = table.endpoints.length;
  const V = table.visits.length;
  let pairs = 0;
  for (let i = 0; i < table.count; i++) {
    let values = Number.isNaN(baseline[i * E + e]!) ? 0 : 1;
    for (let v = 0; v < V; v++) if (!Number.isNaN(table.outcomes[(i * E + e) * V + v]!)) values++;
    pairs += Math.max(0, values - 1);
  }
  return pairs;
}

function emptyPairs(endpoint: number, count: number, E: number): TransitionPairs {
  return {
    endpoint,
    count,
    patient: new Int32Array(count),
    visit: new Int32Array(count),
    from: new Int32Array(count),
    change: new Float64Array(count),
    gap: new Float64Array(count),
    time: new Float64Array(count),
    summaries: new Float64Array(count * SUMMARY.size),
    lastValues: new Float64Array(count * E),
  };
}
