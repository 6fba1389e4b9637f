import { createProblemList, type FileProblem } from "./file-problem.ts";

/** What is counted while a data set is put together; becomes diagnostics and figures of the quality report. */
export type FindingCode =
  /** A value outside the admissible range was set missing. */
  | "out-of-range"
  /** A covariate outside its admissible range was set missing. */
  | "covariate-out-of-range"
  /** A value recorded after an event that ends the variable was not used. */
  | "after-event"
  /** A record later than the patient's last day of follow-up. */
  | "after-follow-up"
  /** A record without a day or visit cannot be placed. */
  | "no-time"
  /** The same value recorded twice for the same time. */
  | "duplicate"
  /** A record that names a planned visit, and whose day lies on or before time zero. */
  | "visit-before-zero"
  /** A record that names a planned visit, and whose day lies outside of its window. */
  | "visit-outside-window"
  /** A value that falls into no planned visit. */
  | "unscheduled"
  /** The baseline column differs between rows of one patient. */
  | "baseline-differs"
  /** No record is flagged, so another rule gave the baseline. */
  | "baseline-not-flagged"
  /** Several records are flagged as baseline. */
  | "several-flags"
  /** A covariate is known only from records after time zero that differ. */
  | "covariate-after-baseline"
  /** The site differs between rows of one patient. */
  | "site-differs"
  /** A patient's records are not in order of time in the file. */
  | "out-of-order";

/** Where a finding was made: a 0-based row of the source, and the column where one can be named. */
export interface FindingPlace {
  readonly row: number;
  readonly column?: string;
  /** Endpoint concerned, where the finding is counted by endpoint. */
  readonly endpointId?: string;
}

/** Collects findings: how many of each kind, in how many rows, and the sentences for those that are listed. */
export interface Findings {
  /** Counts a finding; with a message it is also listed. */
  add(code: FindingCode, place: FindingPlace, message?: string): void;
  count(code: FindingCode, endpointId?: string): number;
  /** Number of different source rows with the finding. */
  rowCount(code: FindingCode): number;
  /** Listed findings with their places, in the order they were made. */
  readonly listed: readonly FileProblem[];
  markUsed(row: number): void;
  readonly rowsUsed: number;
}

/** No findings yet. */
export function createFindings(): Findings {
  const counts = new Map<string, number>();
  const keyOf = (code: FindingCode, endpointId: string | undefined) =>
    endpointId === undefined ? code : `${code}/${endpointId}`;
  const rows = new Map<FindingCode, Set<number>>();
  const places = createProblemList();
  const used = new Set<number>();
  return {
    add(code, place, message) {
      for (const key of new Set([code, keyOf(code, place.endpointId)])) counts.set(key, (counts.get(key) ?? 0) + 1);
      rows.set(code, (rows.get(code) ?? new Set()).add(place.row));
      if (message === undefined) return;
      places.add(code, message, {
        row: place.row + 1,
        ...(place.column === undefined ? {} : { column: place.column }),
      });
    },
    count: (code, endpointId) => counts.get(keyOf(code, endpointId)) ?? 0,
    rowCount: (code) => rows.get(code)?.size ?? 0,
    listed: places.problems,
    markUsed: (row) => used.add(row),
    get rowsUsed() {
      return used.size;
    },
  };
}
