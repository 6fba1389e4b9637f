/**
 * Steps of patients to a visit, to learn from: row r is patient `patient[r]` with the last value `last[r]` (−1 at the first visit) and
 * the value `value[r]` at the visit of threshold set `visit[r]`, counted `weight[r]` times.
 */
export interface TransitionRows {
  readonly patient: Int32Array;
  readonly last: Int32Array;
  readonly value: Int32Array;
  /** Position among the visits that are fitted together. */
  readonly visit: Int32Array;
  readonly weight: Float64Array;
}

/** A growing list of rows. */
export interface RowList {
  add(patient: number, last: number, value: number, visit: number, weight: number): void;
  rows(): TransitionRows;
}

export function rowList(): RowList {
  const patient: number[] = [];
  const last: number[] = [];
  const value: number[] = [];
  const visit: number[] = [];
  const weight: number[] = [];
  return {
    add(i, j, k, v, w) {
      patient.push(i);
      last.push(j);
      value.push(k);
      visit.push(v);
      weight.push(w);
    },
    rows: () => ({
      patient: Int32Array.from(patient),
      last: Int32Array.from(last),
      value: Int32Array.from(value),
      visit: Int32Array.from(visit),
      weight: Float64Array.from(weight),
    }),
  };
}

/** Rows for which a condition on the patient holds. */
export function rowsOfPatients(rows: TransitionRows, wanted: (patient: number) => boolean): TransitionRows {
  const kept: number[] = [];
  rows.patient.forEach((i, r) => {
    if (wanted(i)) kept.push(r);
  });
  const take = (from: Int32Array) => Int32Array.from(kept, (r) => from[r]!);
  return {
    patient: take(rows.patient),
    last: take(rows.last),
    value: take(rows.value),
    visit: take(rows.visit),
    weight: Float64Array.from(kept, (r) => rows.weight[r]!),
  };
}

/** Rows of one visit, as visit 0. */
export function rowsOfVisit(rows: TransitionRows, visit: number): TransitionRows {
  const kept: number[] = [];
  rows.visit.forEach((v, r) => {
    if (v === visit) kept.push(r);
  });
  const take = (from: Int32Array) => Int32Array.from(kept, (r) => from[r]!);
  return {
    patient: take(rows.patient),
    last: take(rows.last),
    value: take(rows.value),
    visit: new Int32Array(kept.length),
    weight: Float64Array.from(kept, (r) => rows.weight[r]!),
  };
}
